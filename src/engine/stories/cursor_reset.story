# A cursor of another time: everything is fetched anew, and alerts for nothing twice.
mail 1 normal waiting
check due
    asks for everything
    reports everything to 1 as here
    popup 1: message 1
    tray: 1 unread, 0 important, Ok
    reports 1 as alerted
    tray: 1 unread, 0 important, Ok
    tray: 1 unread, 0 important, Ok
mail 1 normal waiting
mail 2 normal waiting
refused cursor_reset
    asks for everything
    reports everything to 3 as here
    popup 2: message 2
    tray: 2 unread, 0 important, Ok
    reports 2 as alerted
    tray: 2 unread, 0 important, Ok
    tray: 2 unread, 0 important, Ok
list inbox
    shows [2 Delivered, bold; 1 Delivered, bold]
in the end: 2 unread, 0 important; outbox 0 waiting, 0 refused; 0 drafts; Online, Ok; every 300 s
