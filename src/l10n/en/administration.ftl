# The administrators' pages. Keys start with administration-.

administration-title = Administration
administration-menu = Pages
administration-skip = To the content
administration-sign-in = Sign in
administration-sign-out = Sign out
administration-administrator = Administrator
administration-password = Password
administration-wrong = administrator and password do not fit
administration-too-many = too many wrong passwords from here: try again in { $seconds } s
administration-busy = too many sign-ins at once: try again in { $seconds } s
administration-form-old = This form is too old, or was not sent from here. Nothing was changed.
administration-again = Begin again
administration-missing = There is no such page
administration-offices = Message servers
administration-office = Message server
administration-agents = Agents
administration-organisation = Organisation
administration-organisations = Organisations
administration-database = Database
administration-interval = Check interval of the client's agent (s)
administration-interval-short = Interval
administration-lifetime = Lifetime of messages
administration-lifetime-hint = A changed lifetime holds for mail that still waits too; agents follow a changed interval at their next check.
administration-nobody = nobody
administration-locked = interval locked
administration-none-attached = none attached
administration-no-organisation = There is no organisation yet: restante-server organisation create NAME
administration-no-office = There is no message server yet.
administration-no-user = There is no user yet.
administration-users-count = { $count ->
    [one] { $count } user
   *[other] { $count } users
}
administration-users-of = Users of { $name }
administration-create = Create
administration-create-title = Create a message server
administration-attach = Attach
administration-attach-title = Attach a message server: { $name }
administration-available = Available message servers
administration-detach = Detach
administration-detach-warning = Its users get no mail until a message server is attached; what waits at { $name } stays there.
administration-change = Change
administration-save = Save
administration-cancel = Cancel
administration-office-title = Message server { $name }
administration-name = Name
administration-placement = Placement
administration-separate = a database of its own
administration-current = in the organisation's database
administration-recommended = recommended
administration-folder = Folder
administration-data-folder = the data folder
administration-range = What users may choose
administration-shortest = Shortest interval (s)
administration-longest = Longest interval (s)
administration-lock = Lock the interval: users may not choose
administration-oldest-client = Oldest version of agents
administration-any-version = any
administration-oldest-client-hint = Older agents are refused and tell their users which version they need, such as 1.2.0.
administration-unit = Unit
administration-days = days
administration-hours = hours
administration-minutes = minutes
administration-seconds = seconds
administration-seconds-short = s
administration-span-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
administration-span-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
administration-span-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
administration-span-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
administration-bad-name = a name has 1 to 64 letters, digits, dots, dashes or underscores, and begins with a letter or digit
administration-bad-folder = a folder is given whole, beginning with /
administration-bad-interval = an interval is a whole number of seconds from 1 to 31536000
administration-bad-range = the shortest interval is longer than the longest
administration-bad-version = a version is written 1.2.3, or left empty
administration-bad-lifetime = a lifetime is a whole number, at most ten years
administration-name-taken = “{ $name }” is there already
administration-unknown = there is no “{ $name }”
administration-failed = it could not be done: { $why }
administration-done-created = The message server is created. Attach it to an organisation.
administration-done-attached = The message server is attached.
administration-done-detached = The message server is detached.
administration-done-changed = Saved.
administration-done-disabled = The user can no longer sign in, on any device.
administration-done-enabled = The user can sign in again.
administration-done-revoked = The device is signed out.
administration-login = Login
administration-called = Name
administration-user = User
administration-device = Device
administration-devices = Devices
administration-version = Version
administration-last-seen = Last seen
administration-never = never
administration-mode = State
administration-mode-silent = silent
administration-mode-never = never signed in
administration-mode-online = online
administration-mode-disabled = disabled
administration-silence-hint = Silent is who did not ask for longer than two of his intervals: switched off, without a network, or in offline mode, in which an agent asks nobody.
administration-disable = Disable
administration-enable = Enable
administration-revoke = Sign out
