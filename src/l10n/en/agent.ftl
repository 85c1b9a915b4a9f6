# Tray, popups and what the agent says. Keys start with agent-, tray- or popup-.

agent-name = Mail

popup-message = New message
popup-important = Important message
popup-important-from = Important: { $from }
popup-no-subject = (no subject)
popup-summary = { $count ->
    [one] { $count } new message
   *[other] { $count } new messages
}
popup-summary-body = They are waiting in the mailbox.
popup-open = Open
popup-mark-read = Mark read

tray-check-now = Check mail now
tray-open-mail = { $count ->
    [0] Open mail
   *[other] Open mail ({ $count })
}
tray-main-account = main account
tray-account = { $account }: { $unread }
tray-open-mail-of = { $count ->
    [0] Open mail: { $account }
   *[other] Open mail: { $account } ({ $count })
}
tray-write = Write
tray-offline-mode = Offline mode
tray-settings = Settings
tray-quit = Quit
tray-interval = Checks { $every } — { $state }
tray-every-seconds = every { $count } s
tray-every-minutes = every { $count } min
tray-every-hours = every { $count } h
tray-unread = { $count ->
    [0] No unread messages
    [one] { $count } unread message
   *[other] { $count } unread messages
}
tray-unread-important = { $unread }, { $count } important
tray-never-answered = no answer yet
tray-last-answer = last answer { $when }
tray-offline = offline
tray-unreachable = no connection
tray-signed-out = sign in
tray-office-unavailable = no post office
tray-too-old = update needed
