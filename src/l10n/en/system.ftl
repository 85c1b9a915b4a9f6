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
