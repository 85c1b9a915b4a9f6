# Tray, popups and what the agent says. Keys start with agent-, tray-, popup- or speech-.

agent-name = Mail

popup-message = New message
popup-important = Important message
popup-important-from = Important: { $from }
popup-important-summary = { $count ->
    [one] { $count } important message
   *[other] { $count } important messages
}
popup-important-line = { $from }: { $subject }
popup-important-more = and { $count } more
popup-no-subject = (no subject)
popup-summary = { $count ->
    [one] { $count } new message
   *[other] { $count } new messages
}
popup-summary-body = They are waiting in the mailbox.
popup-expiring = { $count ->
    [one] An unread message expires soon
   *[other] { $count } unread messages expire soon
}
popup-expiring-sent = { $count ->
    [one] A message that you sent expires soon, unread
   *[other] { $count } messages that you sent expire soon, unread
}
popup-expiring-until = { $count ->
    [one] It is kept until { $moment }.
   *[other] The first one is kept until { $moment }.
}
popup-sign-in-again = Sign in to your mail again
popup-sign-in-again-body = The server no longer knows this device. Your mail here stays as it is.
popup-open = Open
popup-mark-read = Mark read
speech-important = { $count ->
    [one] { $count } important message
   *[other] { $count } important messages
}

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
tray-interval = Checks { $told }
tray-unread = { $count ->
    [0] No unread messages
    [one] { $count } unread message
   *[other] { $count } unread messages
}
tray-unread-important = { $unread }, { $count } important
tray-offline = offline
tray-unreachable = no connection
tray-signed-out = sign in
tray-office-unavailable = no post office
tray-too-old = update needed

# The doctor
doctor-agent-runs = the agent runs, version { $version }
doctor-agent-absent = the agent is not running
doctor-agent-absent-hint = start it: restante-agent
doctor-folders-ok = the agent's folders are yours alone: { $path }
doctor-folders-hint = check the rights of XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME and XDG_RUNTIME_DIR
doctor-settings-ok = { $path } is good
doctor-settings-hint = mend the file: restante config check; config.example.toml shows every key
doctor-proxy-none = no proxy, as the settings say
doctor-proxy-none-set = no proxy is set
doctor-proxy-url = { $url }, as the settings say
doctor-proxy-environment = { $url }, from the environment; a server in the house usually needs proxy = "none"
doctor-certificates-unused = not used: the server is reached without encryption
doctor-certificates-system = those of the system
doctor-certificates-extra = those of the system, and { $path }
doctor-certificates-hint = check extra_ca_file and proxy under [network] in the settings file
doctor-server-unknown = no server is known: nobody is signed in
doctor-signed-out-hint = sign in: restante login URL
doctor-server-ok = { $url } answers
doctor-server-unreachable = { $url } does not answer: { $why }
doctor-server-hint = is the address right, does the server run, and is the way to it open?
doctor-offline = offline mode is on, so the server was not asked
doctor-offline-hint = leave it: restante offline off
doctor-hangs = no answer in 5 s
doctor-clock-ok = agrees with the server's
doctor-clock-behind = this computer's clock is { $count } s behind the server's
doctor-clock-ahead = this computer's clock is { $count } s ahead of the server's
doctor-clock-hint = set the clock, or let it be set: timedatectl set-ntp true
doctor-keyring-ok = the token is kept in the keyring
doctor-tray-ok = the icon is shown
doctor-notifications-ok = { $name } { $version } ({ $capabilities })
doctor-notifications-plain = { $name } { $version } ({ $capabilities }): it shows no buttons
doctor-notifications-hint = start a notification service, such as dunst, or set ordinary = "window" under [notifications]
doctor-speech-ok = spd-say is there: important mail is spoken
doctor-speech-absent = important mail is to be spoken, and there is no spd-say
doctor-speech-hint = install speech-dispatcher, or set speak_important = false under [notifications]
doctor-disk-unknown = how much room there is cannot be known
doctor-disk-free = { $count } MB free
doctor-disk-hint = make room in your home folder
doctor-database-ok = whole, { $count } MB
doctor-database-hint = start the agent again: it sets a damaged file aside and saves what can be read
doctor-set-aside-hint = see with restante list drafts and restante list outbox what is there, then move that file away
