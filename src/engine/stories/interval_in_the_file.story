# An interval edited in the file is followed at once, and saved when it can be.
server away
file says check_interval = "2m"
    checks every 120 s
    saves the interval 120 s
    tray: 0 unread, 0 important, Ok
    checks every 120 s
    tray: 0 unread, 0 important, Unreachable
restarted
    does Housekeeping every 3600 s
    asks the keyring
    wants to be woken at 0 s
    tray: 0 unread, 0 important, Untried
    checks every 120 s
    saves the interval 120 s
    tray: 0 unread, 0 important, Untried
    checks every 120 s
    tray: 0 unread, 0 important, Unreachable
server back
check due
    saves the interval 120 s
    asks for the settings
    tray: 0 unread, 0 important, Ok
    asks for everything
    tray: 0 unread, 0 important, Ok
    asks who is there
    need not be woken
    tray: 0 unread, 0 important, Ok
    checks every 120 s
    tray: 0 unread, 0 important, Ok
in the end: 0 unread, 0 important; outbox 0 waiting, 0 refused; 0 drafts; Online, Ok; every 120 s
