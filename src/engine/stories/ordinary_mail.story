# Ordinary mail is one popup and one in the count, however often it comes.
mail 1 normal waiting
check due
    asks for everything
    reports everything to 1 as here
    popup 1: message 1
    tray: 1 unread, 0 important, Ok
    reports 1 as alerted
    tray: 1 unread, 0 important, Ok
    tray: 1 unread, 0 important, Ok
mail 1 normal delivered
check due
    asks what changed since 1
    reports everything to 2 as here
    tray: 1 unread, 0 important, Ok
    tray: 1 unread, 0 important, Ok
in the end: 1 unread, 0 important; outbox 0 waiting, 0 refused; 0 drafts; Online, Ok; every 300 s
