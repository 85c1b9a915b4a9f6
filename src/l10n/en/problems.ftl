# What stands in the way of what somebody asked for
ask-no-such-message = there is no message { $id } here
ask-no-such-message-hint = `restante list` shows what there is
ask-id-reused = the id { $id } already names another letter
ask-on-its-way = the letter is on its way and cannot be taken back any more
ask-on-its-way-hint = write another one to say what is wrong with it
ask-letter = the letter cannot be sent: { $why }
ask-no-such-page = `before` is not what a page before gave as next_before
ask-no-interval = an interval is at least 1s
ask-no-time-of-peace = a time of peace is from 1s to 24h
ask-signed-out = nobody is signed in
ask-signed-out-hint = sign in with `restante login URL`
ask-offline = offline mode is on, so nothing is sent or fetched
ask-offline-hint = leave it with `restante offline off`
ask-no-address = server "{ $server }" does not begin with https:// or http://
ask-no-address-hint = give the URL that your administrator told you
ask-unencrypted = { $server } would carry the password and the mail readable for everyone on the way
ask-unencrypted-hint = plain http:// is for this machine only; ask your administrator for the https:// address
ask-unsent = { $count ->
    [one] { $user } still has { $count } unsent letter or draft here
   *[other] { $user } still has { $count } unsent letters or drafts here
}
ask-unsent-hint = send or delete them first, or sign in with another --profile
ask-server-hint = check the URL, and that the server runs
ask-wrong-credentials-hint = check organisation, user and password
ask-invalid-hint = choose another one
ask-refused-hint = ask your administrator
ask-later-hint = try again later
ask-unanswered = the connection ended before the server answered; it may have done it all the same
ask-unanswered-hint = ask again when you are online
ask-no-such-setting = there is no key { $key }
ask-no-such-setting-hint = `restante config show` shows every key
ask-setting-overruled = { $key } is set by { $place }
ask-setting-overruled-hint = whoever set it there can change it
ask-settings-broken = the settings file was not changed: { $why }
ask-settings-broken-hint = mend the file, then try again
ask-storage = it could not be written down: { $why }
ask-storage-hint = check the free space and the rights of the state folder

# Where the token is kept
keyring-locked = the keyring is locked
keyring-locked-hint = unlock it: the agent signs itself in at the next check
keyring-absent = there is no keyring in this session
keyring-absent-hint = start it, or sign in again: without a keyring the token is kept in a file
keyring-failed = the keyring fails: “{ $why }”
keyring-failed-hint = start it anew: the agent signs itself in at the next check
keyring-silent = the keyring does not answer
keyring-no-token = what the keyring holds is no token
keyring-no-token-hint = sign in anew: `restante login URL`
token-file = the file of the token, { $file }, cannot be used: { $why }
token-file-hint = check the rights of the file and of its folder, and the free space
token-file-spoilt = there is no token in { $file } (line { $line }, column { $column })
token-file-spoilt-hint = remove the file and sign in anew: `restante login URL`

# The agent's databases
database-disk-full = the disk is full
database-damaged = a database of the agent is damaged: “{ $said }”
database-newer = { $path } was written by a newer version of restante (schema { $found }, this version knows { $known })
database-closed = a database of the agent cannot be opened or written: “{ $said }”
database-busy = another program holds a database of the agent
database-disk-broken = the disk does not read or write: “{ $said }”
database-other = a database of the agent fails: “{ $said }”

# Why the agent does not start
start-already-running = an agent is already running on { $folder }
start-already-running-hint = `restante open` opens its mailbox; a second account takes --profile NAME
start-not-locked = could not lock { $file }: { $why }
start-folders-hint = check that the folders of XDG_STATE_HOME, XDG_CACHE_HOME and XDG_RUNTIME_DIR can be written
start-database-hint = check the free space and the rights of the state folder
start-newer-hint = update restante on this computer
start-no-socket = could not listen on { $socket }: { $why }
start-no-scheduler = could not start the scheduler: “{ $said }”
start-bug-hint = start it again, with --log-level debug, and report what it says
start-no-runtime = could not start: { $why }
certificates-unreadable = certificates in { $path } cannot be read: { $why }
certificates-none = { $path } holds no certificates that can be used: “{ $said }”
proxy-unusable = proxy { $url } cannot be used: “{ $said }”
http-unusable = the network cannot be used: “{ $said }”
start-network-hint = mend [network] in the settings file

# What is wrong with a letter
letter-no-recipient = nobody to send it to
letter-too-many-recipients = more than { $limit } recipients
letter-subject-too-long = the subject is longer than { $limit } bytes
letter-subject-control = the subject holds a line break or another control character
letter-body-too-long = the text is longer than { $limit } bytes
letter-body-control = the text holds a control character that cannot be sent
letter-no-recipient-hint = name somebody: --to LOGIN
letter-too-long-hint = shorten it, or send it in parts
letter-control-hint = send plain text

# What the server refuses
server-unauthenticated = no device has this token; sign in anew
server-wrong-credentials = organisation, user and password do not fit
server-wrong-old-password = the old password is another
server-wrong-old-password-hint = give the one that you have signed in with until now
server-not-found = your mailbox at the server has no such message or draft
new-password-too-short = the new password is too short: it needs at least 15 characters
new-password-too-long = the new password is too long
new-password-common = the new password is a common one: it, or what it is put together from, is among the first that are tried
new-password-same = the new password is the old one
new-password-hint = take at least 15 characters that nobody guesses: a few words that do not belong together
server-invalid = the server does not take it: “{ $why }”
server-too-large = it is too large for the server: “{ $why }”
server-too-many-requests = { $seconds ->
    [one] too many wrong passwords from here; try again in { $seconds } second
   *[other] too many wrong passwords from here; try again in { $seconds } seconds
}
server-id-reused = the id already names another letter at the server
server-unknown-recipient = nobody here is called { $names }
server-interval-locked = the interval is locked
server-revision-conflict = it was changed elsewhere meanwhile
server-cursor-reset = the mailbox must be fetched anew
server-office = message server not available: { $why }
server-office-hint = call the administrator of the message server
server-no-office = no post office is attached
server-office-is-older = upgrade the database
server-office-is-newer = the database is newer than the server: upgrade the server
server-office-cannot-be-opened = its database cannot be opened
server-client-too-old = the agent is of version { $version }, the organisation needs { $needed } or newer
server-client-too-old-hint = update restante on this computer, or call the administrator
server-busy = the server is busy
server-internal = the server failed; its log says why

# No answer, or not the server's
server-no-answer-in-time = no answer in time
server-refuses-connections = connection refused
server-no-way-to-it = the network does not reach it
server-connection-cut = the connection was cut
server-no-answer = no answer: “{ $said }”
server-name-unknown = the network knows no server of this name
server-certificate-untrusted = this computer does not trust the authority that issued the server's certificate; if it is your organisation's own, name its file: extra_ca_file in [network] of the settings file
server-certificate-ended = the server's certificate has expired, or the clock of this computer is wrong; call the administrator of the server
server-certificate-not-yet = the server's certificate does not hold yet, or the clock of this computer is wrong; call the administrator of the server
server-certificate-of-another-name = the server's certificate is for another name; check the address, or call the administrator of the server
server-certificate-bad = the server's certificate cannot be used: “{ $said }”; call the administrator of the server
server-no-tls = whoever answers there speaks no TLS: “{ $said }”; check whether the address begins with https:// or http://
server-not-ours = what answered is not a restante server: “{ $why }”

# What is wrong in the settings file; behind the place of each
settings-no-such-key = there is no key { $key }
settings-bad-value = { $key } { $why }
settings-no-table = { $name } must be a table
settings-not-utf-eight = is not UTF-8 text
settings-too-large = is larger than { $limit ->
    [one] { $limit } byte
   *[other] { $limit } bytes
}
settings-unreadable = could not be read: { $why }
settings-unwritten = could not be written: { $why }
settings-value-table = must be a value, not a table
settings-value-no-text = must be text in quotes
settings-value-empty = must not be empty or hold control characters
settings-value-no-url = must begin with https:// or http://, not "{ $given }"
settings-value-no-text-of-duration = must be a duration in quotes, such as "5m"
settings-value-no-duration = must be a whole number with a unit, such as "300s", "5m", "24h" or "7d", not "{ $given }"
settings-value-duration-outside = must be from "{ $least }" to "{ $most }", not "{ $given }"
settings-value-no-length = must be at least "1s"
settings-value-no-number = must be a whole number of seconds from 0 to { $most }
settings-value-no-switch = must be true or false
settings-value-no-sound = must be true, false or the name of a sound
settings-value-no-times-of-day = must be two different times of day, such as "22:00-07:00"
settings-value-no-program = must be a program and its arguments, such as ["/usr/bin/play", "-q"]
settings-value-none-of = must be one of { $possible }
