# Read on another device: popup and count go.
mail 1 normal waiting
mail 2 high waiting
check due
    asks for everything
    reports everything to 2 as here
    popup 1: message 1
    important window: 2
    tray: 2 unread, 1 important, Ok
    wants to be woken at 300 s
    reports 2, 1 as alerted
    tray: 2 unread, 1 important, Ok
    tray: 2 unread, 1 important, Ok
copy 1 of boris read
copy 2 of boris read
check due
    asks what changed since 2
    takes popup 1 away
    closes the important window
    reports everything to 4 as here
    need not be woken
    tray: 0 unread, 0 important, Ok
    tray: 0 unread, 0 important, Ok
list inbox
    shows [2 Read; 1 Read]
in the end: 0 unread, 0 important; outbox 0 waiting, 0 refused; 0 drafts; Online, Ok; every 300 s
