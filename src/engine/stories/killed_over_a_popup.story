# Killed while the desktop was asked: ordinary mail was perhaps seen and stays in the count, important mail comes again.
mail 1 normal waiting
mail 2 high waiting
killed over a page
    reports everything to 2 as here
    popup 1: message 1
    important window: 2
    tray: 2 unread, 1 important, Ok
    does Housekeeping every 3600 s
    asks the keyring
    wants to be woken at 0 s
    tray: 2 unread, 1 important, Untried
    checks every 300 s
    asks for the settings
    tray: 2 unread, 1 important, Untried
    asks what changed since 2
    tray: 2 unread, 1 important, Ok
    reports everything to 2 as here
    important window: 2
    need not be woken
    tray: 2 unread, 1 important, Ok
    wants to be woken at 300 s
    reports 2 as alerted
    tray: 2 unread, 1 important, Ok
    asks who is there
    tray: 2 unread, 1 important, Ok
    tray: 2 unread, 1 important, Ok
notifications here
in the end: 2 unread, 1 important; outbox 0 waiting, 0 refused; 0 drafts; Online, Ok; every 300 s
