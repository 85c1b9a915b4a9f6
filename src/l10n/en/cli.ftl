# The command line. Keys start with cli-; words that the windows say too stand in windows.ftl.

# Failures and what to do about them
cli-agent-not-running = the agent is not running: no answer on { $socket }
cli-agent-not-running-hint = start it: restante-agent
cli-agent-ended = the agent has ended
cli-broken = exchange with the agent failed: “{ $why }”
cli-broken-hint = restante and restante-agent must be of the same version: restante --version
cli-input = reading the input failed: { $why }
cli-output = writing the output failed: { $why }
cli-missing = { $option } is missing, and nobody is here to be asked
cli-missing-hint = without a terminal give everything on the command line, and the password on the input with --password-stdin
cli-bad-id = “{ $id }” is neither the id of a message nor the last 8 characters of one or more
cli-bad-id-hint = see the ids: restante list
cli-no-such-message = no message here has the id { $id }
cli-ambiguous-id = several messages have ids that end with { $id }: { $ids }
cli-not-utf-eight = the text on the input is not UTF-8
cli-not-utf-eight-hint = convert it first, for example: iconv -t UTF-8
cli-signed-out-hint = sign in: restante login URL
cli-no-window-hint = everything is here too: restante list, restante read, restante send
cli-unreachable-hint = is the address right, and is the server running?
cli-offline = offline mode is on: nothing is sent or fetched
cli-offline-hint = leave it: restante offline off
cli-letter-refused = the letter was refused: { $why }
cli-letter-waits = the letter is safe in the outbox and goes out by itself as soon as it can

# Questions
cli-ask-server = Server
cli-ask-organisation = Organisation
cli-ask-user = User
cli-ask-password = Password
cli-ask-old-password = The password that you have
cli-ask-new-password = The new one, 15 characters or more
cli-ask-again = The new one once more
cli-passwords-differ = the two are not the same; nothing was changed
cli-password-changed = the new password holds
cli-type-text = Write the text; Ctrl+D on a line of its own ends it.

# Done
cli-signed-in = signed in as { $user } of { $organisation }
cli-signed-out = signed out
cli-quit = the agent ends
cli-online = online
cli-check-started = checking for mail
cli-check-joined = a check was under way already
cli-new = { $count ->
    [0] no new mail
    [one] { $count } new message
   *[other] { $count } new messages
}
cli-nothing-found = nothing found
cli-more = only the newest { $count } are shown: --limit shows more

# Status
cli-label-account = account
cli-label-mail = mail
cli-label-server = server
cli-label-interval = checks
cli-label-last-check = last check
cli-label-outbox = outbox
cli-label-drafts = drafts
cli-label-storage = storage
cli-label-alerts = alerts
cli-label-lacks = note
cli-label-settings = settings
cli-account = { $user } of { $organisation } at { $server }
cli-connected = connected
cli-not-signed-in = Not signed in. Run: restante login URL
cli-unread = { $count ->
    [0] nothing unread
   *[other] { $count } unread
}
cli-unread-high = { $count } of high importance
cli-outbox-empty = empty
cli-outbox-held = { $count } can be taken back
cli-last-check = { $moment } ({ $trigger }): { $outcome }
cli-no-tray-host = no tray on this desktop: windows, notifications and commands do the same
cli-no-bus = no session bus: no tray and no notifications
cli-notifications-absent = no notification service answers: alerts wait for one
cli-notifications-hung = the notification service does not answer
cli-keyring-locked = the keyring is locked: unlock it to use the account
cli-keyring-absent = no keyring: to keep the token in a file, set token = "file" under [storage]
cli-keyring-unavailable = the keyring does not answer: start it anew to use the account
cli-keyring-file = the token is kept in a file that only you can read
cli-snoozed = none until { $moment }: restante snooze off ends that
cli-quiet = quiet hours until { $moment }
cli-not-snoozed = alerts are on
cli-trigger-start = start
cli-trigger-schedule = schedule
cli-trigger-manual = by hand
cli-trigger-resume = woken up
cli-trigger-online = offline mode left
cli-trigger-network = network came
cli-trigger-sign-in = signed in
cli-trigger-send = to send a letter
cli-trigger-settings = settings changed
cli-outcome-ok = done
cli-outcome-unreachable = the server did not answer
cli-outcome-refused = the server refused
cli-outcome-failed = what came could not be saved here

# The interval that explains itself

# Tables
cli-title-folder = folder
cli-title-id = id
cli-title-state = state
cli-title-job = job
cli-job-check-mail = check mail
cli-job-housekeeping = housekeeping
cli-job-draft-autosave = draft autosave
cli-title-interval = interval
cli-title-phase = phase
cli-title-last-run = last run
cli-title-outcome = outcome
cli-title-next-run = next run
cli-title-runs = runs
cli-title-joined = joined
cli-title-skipped = skipped
cli-state-waiting = waiting
cli-state-sending = sending
cli-state-refused = refused
cli-state-draft = draft
cli-state-delivered = delivered
cli-state-read = read
cli-delivery-retracted = Taken back: { $names }
cli-acknowledged = Acknowledged by { $name }, { $moment }
cli-unreached-disabled = { $name }: the account is disabled
cli-unreached-never = { $name }: has never signed in
cli-unreached-offline = { $name }: offline since { $moment }
cli-unreached-not-yet = { $name }: last seen { $moment }, fetches it at the next check

# What to do about a letter or a check
cli-letter-refused-hint = it stays in the outbox: restante outbox undo ID makes a draft of it again, restante outbox retry ID sends it as it is
cli-letter-taken-back = the letter was taken back before it went out
cli-outcome-refused-hint = restante status says why; your administrator can help
cli-outcome-failed-hint = check the free space and the rights of the agent's folders

# The doctor, and files that are written
cli-doctor-ok = ok
cli-doctor-warn = warning
cli-doctor-fail = FAILS
cli-bundle-holds = The archive will hold this and nothing else:
cli-bundle-written = written: { $path }
cli-file = { $path } could not be written: { $why }
cli-file-hint = name a file that is not there yet, in a folder that you may write to
cli-settings-good = the settings are good
cli-origin-built-in = built in
cli-origin-machine = machine
cli-origin-user = your file
cli-origin-environment = environment
cli-origin-flag = command line
cli-origin-policy = locked by the administrator

# Headings of man pages
cli-man-name = NAME
cli-man-synopsis = SYNOPSIS
cli-man-description = DESCRIPTION
cli-man-options = OPTIONS
cli-man-options-everywhere = OPTIONS OF EVERY COMMAND
cli-man-commands = COMMANDS
cli-man-extra = EXTRA
cli-man-version = VERSION
