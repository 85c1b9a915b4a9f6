# Important mail opens its one window; what comes later joins it.
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
mail 2 high waiting
check due
    asks what changed since 1
    reports everything to 2 as here
    important window: 2, 1
    tray: 2 unread, 2 important, Ok
    wants to be woken at 300 s
    reports 2 as alerted
    tray: 2 unread, 2 important, Ok
    tray: 2 unread, 2 important, Ok
read 1
    answers
    reports 1 as read
    tray: 1 unread, 1 important, Ok
    asks what changed since 2
    tray: 1 unread, 1 important, Ok
    tray: 1 unread, 1 important, Ok
read 2
    answers
    closes the important window
    reports 2 as read
    need not be woken
    tray: 0 unread, 0 important, Ok
    asks what changed since 2
    tray: 0 unread, 0 important, Ok
    tray: 0 unread, 0 important, Ok
in the end: 0 unread, 0 important; outbox 0 waiting, 0 refused; 0 drafts; Online, Ok; every 300 s
