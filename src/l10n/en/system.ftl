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
