# More than three at once are one summary.
mail 1 normal waiting
mail 2 normal waiting
mail 3 normal waiting
mail 4 normal waiting
check due
    asks for everything
    reports everything to 4 as here
    popup 1: 4 messages
    tray: 4 unread, 0 important, Ok
    reports 1, 2, 3, 4 as alerted
    tray: 4 unread, 0 important, Ok
    tray: 4 unread, 0 important, Ok
in the end: 4 unread, 0 important; outbox 0 waiting, 0 refused; 0 drafts; Online, Ok; every 300 s
