# Why the operating system did not do something
system-not-found = there is no such file or folder
system-permission-denied = permission denied
system-already-there = there is one already
system-not-a-folder = what is there is not a folder
system-is-a-folder = what is there is a folder
system-read-only = the disk can only be read
system-disk-full = the disk is full
system-quota-exceeded = the share of the disk is used up
system-too-large = it is too large
system-out-of-memory = there is not enough memory
system-address-in-use = another program has the address already
system-address-not-here = this computer has no such address
system-other = the system says: “{ $said }”

# Folders that cannot be used
paths-bad-profile = profile “{ $name }” is not 1 to 32 letters, digits, dashes or underscores of the Latin alphabet
paths-no-home = the home folder of this user is not known (HOME is not set)
paths-socket-too-long = socket path { $path } is { $bytes } bytes long, { $limit } are allowed: set XDG_RUNTIME_DIR to a shorter folder
paths-not-ours = folder { $path } belongs to another user (id { $owner })
paths-not-a-folder = { $path } is not a folder
paths-not-created = could not create folder { $path }: { $why }
paths-not-looked-at = could not look at folder { $path }: { $why }
paths-not-closed = could not close folder { $path } to others: { $why }

# What is no TOML
toml-no-quotes = a value is missing, or text stands without quotes: "5m"
toml-no-equals-sign = a key has no value: name = value
toml-unclosed = a quote or a bracket is not closed
toml-twice = it stands in the file twice
toml-other = this is no TOML: “{ $said }”

# What the doctors look at; scripts know it by the same names
doctor-name-agent = agent
doctor-name-folders = folders
doctor-name-settings = settings
doctor-name-proxy = proxy
doctor-name-certificates = certificates
doctor-name-server = server
doctor-name-clock = clock
doctor-name-keyring = keyring
doctor-name-tray = tray
doctor-name-speech = speech
doctor-name-notifications = notifications
doctor-name-disk = disk
doctor-name-database = database
doctor-name-folder = folder
doctor-name-organisation = organisation
doctor-name-organisations = organisations
doctor-name-agents = agents
doctor-name-listen = listen
doctor-name-certificate = certificate
doctor-name-postgresql = postgresql
