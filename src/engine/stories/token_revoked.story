# A revoked token is one state, and deletes nothing.
mail 1 normal waiting
check due
    asks for everything
    reports everything to 1 as here
    popup 1: message 1
    tray: 1 unread, 0 important, Ok
    reports 1 as alerted
    tray: 1 unread, 0 important, Ok
    tray: 1 unread, 0 important, Ok
refused unauthenticated
    checks no more
    popup 2: SignedOut
    tray: 1 unread, 0 important, SignedOut
check due
list inbox
    shows [1 Delivered, bold]
in the end: 1 unread, 0 important; outbox 0 waiting, 0 refused; 0 drafts; Online, SignedOut; every 300 s
