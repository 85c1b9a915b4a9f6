# What expires here is no longer unread, and stays readable.
mail 1 normal waiting
check due
    asks for everything
    reports everything to 1 as here
    popup 1: message 1
    tray: 1 unread, 0 important, Ok
    reports 1 as alerted
    tray: 1 unread, 0 important, Ok
    tray: 1 unread, 0 important, Ok
expired 1
check due
    asks what changed since 1
    takes popup 1 away
    reports everything to 2 as here
    tray: 0 unread, 0 important, Ok
    tray: 0 unread, 0 important, Ok
list inbox
    shows [1 Expired]
in the end: 0 unread, 0 important; outbox 0 waiting, 0 refused; 0 drafts; Online, Ok; every 300 s
