# A failed check never looks like an empty mailbox.
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
check due
    asks what changed since 1
    checks every 300 s
    tray: 1 unread, 0 important, Unreachable
server back
check due
    asks what changed since 1
    checks every 300 s
    tray: 1 unread, 0 important, Ok
in the end: 1 unread, 0 important; outbox 0 waiting, 0 refused; 0 drafts; Online, Ok; every 300 s
