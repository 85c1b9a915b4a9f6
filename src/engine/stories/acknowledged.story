# Known of, important mail is not repeated; its sender hears of it once the server can be had.
mail 1 high waiting
check due
    asks for everything
    reports everything to 1 as here
    important window: 1
    tray: 1 unread, 1 important, Ok
    wants to be woken at 300 s
    reports 1 as alerted
    tray: 1 unread, 1 important, Ok
    tray: 1 unread, 1 important, Ok
server away
acknowledge 1
    answers
    closes the important window
    reports 1 as acknowledged
    need not be woken
    checks every 300 s
    tray: 1 unread, 1 important, Unreachable
server back
check due
    reports 1 as acknowledged
    asks what changed since 1
    tray: 1 unread, 1 important, Ok
    checks every 300 s
    tray: 1 unread, 1 important, Ok
list inbox
    shows [1 Delivered, bold]
in the end: 1 unread, 1 important; outbox 0 waiting, 0 refused; 0 drafts; Online, Ok; every 300 s
