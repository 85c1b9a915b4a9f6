# A draft is kept over a crash, and sent once.
draft 5 to anna
    answers
    does DraftAutosave every 30 s
    wants to be woken at 30 s
restarted
    does Housekeeping every 3600 s
    asks the keyring
    wants to be woken at 0 s
    tray: 0 unread, 0 important, Untried
    checks every 300 s
    asks for the settings
    tray: 0 unread, 0 important, Untried
    saves draft 5
    tray: 0 unread, 0 important, Ok
    asks for everything
    tray: 0 unread, 0 important, Ok
    asks who is there
    need not be woken
    tray: 0 unread, 0 important, Ok
    tray: 0 unread, 0 important, Ok
list drafts
    shows [5 Draft]
send draft 5
    answers
    posts 5 to anna
    throws draft 5 away
    tray: 0 unread, 0 important, Ok
    asks for everything
    tray: 0 unread, 0 important, Ok
    tray: 0 unread, 0 important, Ok
list drafts
    shows []
list outbox
    shows []
in the end: 0 unread, 0 important; outbox 0 waiting, 0 refused; 0 drafts; Online, Ok; every 300 s
