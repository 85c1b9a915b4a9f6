# Read in a popup while the server is away: it hears of it when it can.
mail 1 normal waiting
check due
    asks for everything
    reports everything to 1 as here
    popup 1: message 1
    tray: 1 unread, 0 important, Ok
    reports 1 as alerted
    tray: 1 unread, 0 important, Ok
    tray: 1 unread, 0 important, Ok
server away
popup 1 read
    reports 1 as read
    tray: 0 unread, 0 important, Ok
    checks every 300 s
    tray: 0 unread, 0 important, Unreachable
restarted
    does Housekeeping every 3600 s
    asks the keyring
    wants to be woken at 0 s
    tray: 0 unread, 0 important, Untried
    checks every 300 s
    asks for the settings
    tray: 0 unread, 0 important, Untried
    checks every 300 s
    tray: 0 unread, 0 important, Unreachable
server back
check due
    asks for the settings
    reports 1 as read
    tray: 0 unread, 0 important, Ok
    asks what changed since 1
    tray: 0 unread, 0 important, Ok
    asks who is there
    need not be woken
    tray: 0 unread, 0 important, Ok
    checks every 300 s
    tray: 0 unread, 0 important, Ok
in the end: 0 unread, 0 important; outbox 0 waiting, 0 refused; 0 drafts; Online, Ok; every 300 s
