# The windows. A key without a variable becomes a property of the global `Words` in the .slint files.

# For all programs
moment = { $date } at { $time }
span-seconds = { $count } s
span-minutes = { $count } min
span-hours = { $count } h
span-days = { $count } d
messages-count = { $count ->
    [one] { $count } message
   *[other] { $count } messages
}
interval-every = every { $interval }
interval-from-office = set by the post office
interval-from-user = chosen by you
interval-from-lock = locked by { $who }
interval-from-lock-of-administrator = locked by the administrator
interval-from-built-in = built in, until the server has answered
interval-wished = you asked for { $interval }
interval-range = allowed { $min } to { $max }
interval-pending = not yet saved on the server
interval-pending-office-again = goes back to the post office's with the next check
interval-last-answer = last answer { $moment }
interval-no-answer-yet = no answer yet
interval-next-check = next check { $moment }

# Folders
mail = Mail
folders = Folders
folder-inbox = Inbox
folder-sent = Sent
folder-drafts = Drafts
folder-outbox = Outbox
folder-empty = Nothing here yet
folder-inbox-empty = No mail yet. What comes for you is here.
folder-sent-empty = Nothing sent yet. Here you see who has received and read it.
folder-drafts-empty = No drafts. A letter that you do not finish is kept here.
folder-outbox-empty = Nothing waits to be sent.
folder-loading = One moment …
folder-spoken-unread = { $name }, { $unread ->
    [one] { $unread } unread message
   *[other] { $unread } unread messages
}
folder-spoken-bold = { $name }, not yet received by everybody
folder-spoken-count = { $name }, { $count ->
    [one] { $count } message
   *[other] { $count } messages
}

# Toolbar
write = Write
check = Check mail
checking = Checking …
reply = Reply
offline-mode = Offline mode
switch-pane = Switch reading pane
hide-pane = Hide reading pane
show-pane = Show reading pane
menu = Menu
about = About Restante
close = Close
quit-window = Close the window
cut = Cut
copy = Copy
paste = Paste
select-all = Select all

# List
messages = Messages
from = From
to = To
subject = Subject
date = Date
written = Written
importance = Importance
importance-normal = Importance: normal
importance-high = Importance: high
not-delivered = Not delivered
why = Why not sent
no-subject = (no subject)
no-recipient = (nobody yet)
and-more = { $first } and { $count } more
row-unread = unread
row-high = high importance
row-not-delivered = not delivered to { $names }
row-refused = not sent: { $why }
row-expired = expired unread
row-retracted = taken back

# Reading pane
reading-pane = Message
nothing-selected = Choose a message to read it
to-names = to: { $names }
expired-here = Expired: the post office has deleted it. This copy stays readable here.
retracted-here = The sender has taken it back.
expires = The post office keeps it until { $moment }.
refused-letter = Not sent: { $why }
waiting-letter = Waits to be sent.
delivery-waiting = Not delivered: { $names }
delivery-delivered = Delivered, not yet read: { $names }
delivery-read = Read: { $names }
expired-unread = Expired unread: { $names }
edit-draft = Go on writing
write-again = Correct and send again
take-back = Take back and go on writing
text = Text

# Status line and strip
status-connected = Connected. Last answer: { $last }
status-connected-next = Connected. Last answer: { $last }, next check: { $next }
status-unreachable = The server does not answer
status-unreachable-since = The server does not answer. Last answer: { $last }
status-offline = Offline mode: nothing is sent or fetched
status-offline-since = Offline mode. Last answer: { $last }
status-signed-out = Not signed in
status-office-unavailable = Message server not available
status-client-too-old = This version is too old for your organisation
status-untried = Not checked yet
status-agent-away = The mail agent is not running. Waiting for it; what you read and write here stays.
status-agent-foreign = The mail agent is of another version now. Close the windows of the mail and open them again.
status-agent-outdated = The mail agent is older than this window, so only the beginning of a list is shown. Sign out of the computer and in again.
status-connecting = Connecting to the mail agent …
status-detail = { $what }: { $detail }
status-next-try = { $what }, next try: { $next }
outbox-waiting = { $count ->
    [one] { $count } letter waits to be sent
   *[other] { $count } letters wait to be sent
}
outbox-refused = { $count ->
    [one] { $count } letter was not sent
   *[other] { $count } letters were not sent
}
unread-count = { $count } unread

# Compose
new-mail = New message
send = Send
sending = Sending …
save-draft = Save draft
discard = Discard
important = High importance
add-recipient = Add a recipient
remove = Remove
found = People found
reply-subject = Re: { $subject }
reply-quote = { $name } wrote on { $moment }:
problem-no-recipient = Nobody to send it to: add a recipient
problem-unknown-recipient = Nobody here is called “{ $name }”
problem-many-recipients = Several people are meant by “{ $name }”: choose one
problem-too-many-recipients = Too many recipients
problem-subject-too-long = The subject is too long
problem-subject-control = The subject holds a character that cannot be sent
problem-body-too-long = The text is too long: at most 1 MiB can be sent
problem-body-control = The text holds a character that cannot be sent
problem-not-sent = Not sent: { $why }. Nothing is lost: the letter stays here.
problem-not-saved = The draft could not be saved: { $why }. The window stays open so that nothing is lost.
problem-agent-away = the mail agent is not running
draft-saved = Draft saved at { $time }
discard-sure = Discard this letter?

# Important mail
important-mail = Important message
important-mails = { $count ->
    [one] { $count } important message
   *[other] { $count } important messages
}
important-from = { $name }, { $moment }
important-more = { $count ->
    [one] and { $count } more important message
   *[other] and { $count } more important messages
}
open = Open
later = Later
acknowledge = Got it
remind-ten-minutes = Remind in 10 minutes
cannot-open = Cannot be opened now: { $why }

# About
version = Version { $version }
licences = Licences
about-what = Poste restante for an organisation’s desktops

# Said on the command line when there is no window
no-display = no display to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set
no-window = the window could not be opened: “{ $why }”
agent-not-running = the mail agent is not running: no answer on { $socket }
agent-not-running-hint = start it: restante-agent
nothing-to-show = none of these messages is unread any more

# What is wrong with what is kept on this device; the command line says it too
storage-cache-rebuilding = the copy of your mail was damaged; it is being fetched again, and nothing is lost
storage-cache-rebuilt = the copy of your mail was damaged and has been fetched again
storage-ledger-set-aside = drafts and outgoing letters were damaged; what could be read was kept, the damaged file is { $path }
storage-disk-full = the disk is full: nothing new can be kept until there is room; it is tried again at every check
storage-disk-failing = the agent's files cannot be read or written; it is tried again at every check

# Sign in
sign-in = Sign in
signing-in = Signing in …
sign-in-what = Your administrator tells you what to fill in here.
server = Server
organisation = Organisation
user = User
password = Password
sign-in-missing = Please fill this in
sign-in-wrong = These organisation, user and password do not fit together
sign-in-unreachable = There is no answer from this address
sign-in-bad-server = This is no address of a server: it begins with https://
sign-in-failed = The sign-in did not work: { $why }

# Settings
settings = Settings
settings-place = A change counts at once. It is kept in { $file }
settings-failed = Not changed: { $why }
settings-checking = Checking mail
settings-alerts = New mail
settings-writing = Reading and writing
setting-interval = Check for mail
setting-now = Now { $state }
setting-every = every { $span }
setting-interval-office = as the post office says
setting-ordinary = Ordinary mail is announced
setting-by-desktop = by the desktop, in the corner
setting-by-window = by a window of ours, in the corner
setting-off = not at all
setting-important = Important mail is announced
setting-by-modal = by a window in the centre
setting-preview = Show sender and subject in popups
setting-sound = Sound for new mail
setting-no-sound = none
setting-new-mail-sound = the desktop’s
setting-quiet-hours = Quiet hours
setting-quiet-hours-hint = Ordinary mail waits until they end; then one popup tells of it all.
setting-quiet-hours-bad = Two different times of day, such as 22:00 and 07:00
setting-from = from
setting-to = to
setting-speak-important = Speak important mail aloud
setting-respect-full-screen = Hold popups back while a window has the whole screen
setting-important-in-quiet-hours = Important mail comes in quiet hours too
setting-mark-read = An open message counts as read
setting-at-once = at once
setting-after = after { $span }
setting-undo = Send can be undone
setting-undo-never = not at all
setting-undo-for = for { $span }
setting-locked-policy = Locked by your administrator ({ $place })
setting-locked-environment = Set by { $place }, which is stronger than your file
setting-locked-office = Locked by { $who }
setting-locked-administrator = Locked by your administrator
setting-bad-in-file = Not understood in { $place }: { $why }

# Mailbox, more
reply-all = Reply to all
forward = Forward
delete = Delete
delete-sure = Delete this? It is gone for good. Delete again to do it, Esc to keep it.
mark-read = Mark read
mark-unread = Mark unread
shortcut-mark = Mark read or unread
shortcut-hide-pane = Hide or show the reading pane
sorted-ascending = sorted, ascending
sorted-descending = sorted, descending
sent-now = Will be sent in { $count } s
undo-send = Undo
undo-too-late = It has gone out already
undo-failed = Not taken back: { $why }. It waits in the outbox.
delete-mail-sure = Delete this from your mailbox, on all your devices? Delete again to do it, Esc to keep it.
search = Search
search-hint = Search (Ctrl+F)
unread-only = Unread only
nothing-found = Nothing found
nothing-unread = Everything is read
shortcuts = Keyboard shortcuts
shortcut-folders = To the folders
shortcut-rows = Another message
shortcut-open = Open; go on with a draft
shortcut-back = Back to the list
forward-subject = Fw: { $subject }
forward-quote = { $name } wrote on { $moment } to { $names }:
recipients = Recipients
recipient-waiting = not delivered
recipient-delivered = delivered, not yet read
recipient-read = read
recipient-expired = expired unread
recipient-retracted = taken back
recipient-acknowledged = { $state }, acknowledged
recipient-disabled = the account is disabled
recipient-never-signed-in = has never signed in
recipient-offline = offline
recipient-offline-since = offline, last seen { $moment }
recipient-not-fetched-yet = comes with the next check
retract = Take back
retract-sure = Take back for good? Press again
retract-failed = Not taken back: { $why }
recipient-since = since { $moment }
part-of = A long message: part { $part } of { $parts }
part-before = Back
part-after = Further
