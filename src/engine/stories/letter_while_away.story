# A letter written while the server is away goes out once, under its id.
server away
send 7 to anna
    answers
    posts 7 to anna
    asks for everything
    checks every 300 s
    tray: 0 unread, 0 important, Unreachable
list outbox
    shows [7 Waiting]
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
    posts 7 to anna
    tray: 0 unread, 0 important, Ok
    asks for everything
    tray: 0 unread, 0 important, Ok
    asks who is there
    need not be woken
    tray: 0 unread, 0 important, Ok
    checks every 300 s
    tray: 0 unread, 0 important, Ok
check due
    asks for everything
    tray: 0 unread, 0 important, Ok
list sent
    shows [7 Waiting, bold]
in the end: 0 unread, 0 important; outbox 0 waiting, 0 refused; 0 drafts; Online, Ok; every 300 s
