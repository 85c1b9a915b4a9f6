# Offline nothing is asked; what was done goes out on leaving: interval, letters, read marks, then the check.
mail 1 normal waiting
check due
    asks for everything
    reports everything to 1 as here
    popup 1: message 1
    tray: 1 unread, 0 important, Ok
    reports 1 as alerted
    tray: 1 unread, 0 important, Ok
    tray: 1 unread, 0 important, Ok
offline
    answers
    tray: 1 unread, 0 important, Ok
file says check_interval = "2m"
    checks every 120 s
    tray: 1 unread, 0 important, Ok
send 7 to anna
    answers
read 1
    answers
    takes popup 1 away
    tray: 0 unread, 0 important, Ok
check due
restarted
    does Housekeeping every 3600 s
    asks the keyring
    wants to be woken at 0 s
    tray: 0 unread, 0 important, Untried
    checks every 120 s
online
    answers
    saves the interval 120 s
    tray: 0 unread, 0 important, Untried
    asks for the settings
    tray: 0 unread, 0 important, Ok
    posts 7 to anna
    tray: 0 unread, 0 important, Ok
    reports 1 as read
    tray: 0 unread, 0 important, Ok
    asks what changed since 1
    tray: 0 unread, 0 important, Ok
    asks who is there
    need not be woken
    tray: 0 unread, 0 important, Ok
    tray: 0 unread, 0 important, Ok
in the end: 0 unread, 0 important; outbox 0 waiting, 0 refused; 0 drafts; Online, Ok; every 120 s
