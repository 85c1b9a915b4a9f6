# What the commands of restante-server say. Keys start with server-.

# Failures
server-name-taken = { $what } "{ $name }" exists already
server-unknown = there is no { $what } "{ $name }"
server-served = another server has the data folder { $folder }
server-served-by = another server has the data folder { $folder } (process { $process })
server-unavailable = organisation "{ $organisation }": { $why }
server-none-attached = no post office is attached
server-upgrade-needed = its { $part } database is of schema { $found }, this server needs { $needed }: the database must be upgraded
server-too-old = its { $part } database is of schema { $found }, this server knows only { $known }: the server must be upgraded
server-log-lost = its database { $location } has lost what was written last, since its log { $location }-wal is not there: put the log back, or restore a backup; if the database is a copy that was put there on purpose, remove { $location }-note
server-unreachable = its database { $location } cannot be opened: { $reason }
server-thing-organisation = organisation
server-thing-office = post office
server-thing-user = user
server-thing-administrator = administrator
server-thing-registry = registry
server-starting = starting: { $why }

# What to do about them
server-hint-name-taken = choose another name; nothing was changed
server-hint-organisations = `restante-server organisation list` shows what there is
server-hint-offices = `restante-server office list` shows what there is
server-hint-users = `restante-server user list ORG` shows who there is
server-hint-administrators = `restante-server administrator list` shows who there is
server-hint-folder = choose a folder that this user may write: --data DIR or RESTANTE_DATA
server-hint-upgrade = `restante-server organisation upgrade { $organisation }` upgrades it, after a copy
server-hint-served = stop it, or name another data folder with --data DIR
server-hint-busy = try again in a moment
server-hint-away = see whether PostgreSQL runs there and lets this role in
server-hint-malformed = `restante-server doctor` looks for the damage, `restore` brings a backup back
server-hint-disk-full = make room on the disk
server-hint-doctor = `restante-server doctor` looks for the damage

# Data folder and settings
server-no-data-folder = { $folder } is no data folder of a server
server-data-folder-absent = there is no data folder { $folder }
server-hint-data-folder = name it with --data DIR or RESTANTE_DATA; `restante-server organisation create NAME` makes a new one
server-hint-settings = server.example.toml holds every key with its default
server-settings-right = the settings are right
server-settings-key = KEY
server-settings-value = VALUE
server-settings-from = FROM
server-settings-default = default
server-settings-command-line = command line

# Administrators
server-administrator-added = { $name } can use the administrators' pages
server-administrator-removed = { $name } can no longer use the administrators' pages
server-administrator-absent = there is no administrator "{ $name }"
server-title-administrator = ADMINISTRATOR
server-title-since = SINCE

# Agents and devices
server-title-mode = MODE
server-title-last-seen = LAST SEEN
server-title-organisation = ORGANISATION
server-title-login = LOGIN
server-title-interval = INTERVAL
server-title-version = VERSION
server-title-device = DEVICE
server-title-device-id = DEVICE ID
server-never = never
server-device-absent = { $login } of { $organisation } has no device "{ $device }"
server-hint-devices = `restante-server agents list` shows them
server-device-revoked = { $device } of { $login } is signed out

# Backups
server-backup-postgresql = PostgreSQL makes and restores its own backups
server-hint-backup-postgresql = pg_dump --format=custom --file=restante.dump URL, for each database; pg_restore brings them back
server-hint-backup-nothing = nothing was written; `restante-server doctor` looks for damage
server-backup-opening = opening { $file }: { $why }
server-hint-backup-archive = name an archive that `restante-server backup --to FILE` made, one that this user may read
server-hint-restore-empty = name an empty data folder, or say --keep-old-in DIR; the archive is only read
server-backed-up = written to { $place }, as of { $moment }: databases { $databases }, messages { $messages }, drafts { $drafts }
server-restored = restored in { $place }, as of { $moment }: databases { $databases }, messages { $messages }, drafts { $drafts }
server-restored-anew = every agent fetches its mailbox anew at its next check, without a second alert
server-restored-devices = devices that were revoked after the backup was made are signed in again: revoke them anew

# Moving to PostgreSQL
server-title-rows = ROWS
server-title-table = TABLE
server-title-database = DATABASE
server-migrated = every row is there with its content; serve with --database from now on

# Organisations and post offices
server-organisation-created = organisation { $name } is there
server-title-users = USERS
server-title-office = OFFICE
server-title-lifetime = LIFETIME
server-title-placement = PLACEMENT
server-title-organisations = ORGANISATIONS
server-organisation-unavailable = message server not available: { $why }
server-schema-same = { $part } database { $database } is of schema { $schema } already
server-schema-upgraded = { $part } database { $database } went from schema { $before } to { $schema }
server-schema-upgraded-copy = { $part } database { $database } went from schema { $before } to { $schema }; as it was: { $copy }
server-hint-office = `restante-server office --help` shows how it is written
server-office-in-missing = --placement current needs --in ORG
server-office-not-current = --dir and --url go with --placement separate
server-office-not-separate = --in goes with --placement current
server-office-at-least = { $key } is at least 1s
server-office-lock = lock-interval is true or false
server-office-unknown-key = "{ $key }" is none of { $keys }
server-office-version = a version is written 1.2.3
server-office-detached = { $office } is detached from { $organisation }
server-office-none = organisation { $organisation } has no post office
server-lifetime-short = warning: messages not read within { $lifetime } are deleted

# Users
server-ask-password = Password
server-password-reading = reading the password: { $why }
server-password-no-terminal = there is no terminal to ask for a password
server-hint-password-stdin = give it by --password-stdin
server-password-too-short = the password has { $characters } characters, it needs at least { $least }
server-password-too-long = the password is longer than { $most } bytes
server-password-common = the password is a common one: it, or what it is put together from, is among the first that are tried
server-password-hash = the password could not be hashed
server-hint-password = at least 15 characters of any kind, and not what many others have: a sentence is easy to remember
server-user-added = { $login } is a user of { $organisation }
server-title-name = NAME
server-title-devices = DEVICES
server-user-note-disabled = (disabled)
server-user-disabled = { $login } can no longer sign in
server-user-enabled = { $login } can sign in again
server-user-password = { $login } has another password

# Ledger
server-ledger-writing = writing the ledger: { $why }

# Import
server-import-reading = reading { $file }: { $why }
server-import-none = { $file } is not imported, nothing was changed
server-import-line = line { $line }: { $why }
server-hint-import-lines = mend these lines, and import the whole file again
server-import-passwords = writing the passwords to { $file }: { $why }
server-hint-import-passwords = name another file by --passwords-to; nothing was changed
server-imported = users of { $organisation } imported: { $count }
server-import-made = passwords made: { $count }; give them out from { $file }, then delete it
server-import-columns = the first line does not name the columns login and name
server-hint-import-columns = for example: login,name,password
server-import-nobody = the file names nobody
server-hint-import-nobody = one user a line, below the first
server-import-there = { $login } is a user already
server-import-twice = { $login } is in this file twice
server-import-fields = { $fields } fields where the first line has { $columns }
server-import-not-utf-eight = not UTF-8: save the file as "CSV UTF-8"
server-import-login = login "{ $value }" is not 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit
server-import-name = name: { $why }

# Doctor
server-doctor-ok = ok
server-doctor-warn = warn
server-doctor-fail = FAIL
server-doctor-wrong = something is wrong, see above
server-doctor-will-not-start = the server will not start
server-doctor-damaged = restore a backup into another folder and compare; see `restante-server restore --help`
server-doctor-databases-above = see the databases above
server-doctor-no-certificate = none: plain HTTP, for this machine or for a TLS proxy on it
server-doctor-both = set both, or neither
server-doctor-own-user = run it as the server's user
server-doctor-folder-closed = { $folder } is closed to others
server-doctor-folder-open = others may enter or read { $open }
server-doctor-folder-close = chmod -R go= on the data folder
server-doctor-disk-unknown = how full it is cannot be told here
server-doctor-disk-free = { $free } MiB are free for { $folder }
server-doctor-disk-none = make room: no mail can be taken
server-doctor-disk-little = make room soon
server-doctor-clock = it is { $now }
server-doctor-clock-behind = it is { $now }, and files were written { $seconds } s later than that
server-doctor-clock-set = set the clock (NTP): mail expires by it
server-doctor-unnamed = { $path } belongs to no organisation and no post office
server-doctor-unnamed-hint = where it holds mail, the registry is older than it: restore a backup of both
server-doctor-database = { $database }: all is as stored, messages { $messages }, drafts { $drafts }
server-doctor-organisation = { $name } has its mail
server-doctor-why = { $name }: { $why }
server-doctor-attach = restante-server office attach OFFICE --to ORG
server-doctor-upgrade = restante-server organisation upgrade ORG
server-doctor-heard = every user with a device was heard within a week: { $all }
server-doctor-user = { $login } of { $organisation }
server-doctor-silent = not heard for a week, { $count } of { $all }: { $names }
server-doctor-silent-hint = `restante-server user list ORG` shows when each was last seen
server-doctor-plain = plain HTTP on { $addresses }: passwords and mail can be read on the way
server-doctor-plain-refused = plain HTTP on { $addresses }: passwords and mail can be read on the way; the server will not start
server-doctor-plain-hint = give a certificate, or put a TLS proxy in front
server-doctor-certificate-hint = give a certificate: [tls] in server.toml
server-doctor-certificate-unusable = the server cannot start with it
server-doctor-certificate = { $file } holds until { $moment }
server-doctor-certificate-ended = renew it: agents refuse it
server-doctor-certificate-ends = renew it; the server takes the new one by itself
server-doctor-key-open = everybody may read the key { $file }
server-doctor-key-close = chmod o= it
server-doctor-setting-off = { $database }: { $setting } is off: { $what }
server-doctor-fsync = a power cut can lose all mail
server-doctor-fsync-hint = set fsync = on in postgresql.conf and reload it
server-doctor-pages = a power cut can damage what was stored long ago
server-doctor-pages-hint = set full_page_writes = on in postgresql.conf and reload it
server-doctor-commit = a crash can lose mail that was accepted
server-doctor-commit-hint = set synchronous_commit = on; the database or the role may have it off for itself (ALTER DATABASE, ALTER ROLE)
server-doctor-old = { $database }: PostgreSQL { $version } is older than { $oldest }
server-doctor-old-hint = upgrade PostgreSQL
server-doctor-standby = { $database } is a standby: no mail can be taken
server-doctor-standby-hint = name the primary, or promote this one
server-doctor-not-waited = { $database }: no COMMIT waits for the { $standbys } connected standbys: a failover may lose the newest mail
server-doctor-not-waited-hint = name them in synchronous_standby_names
server-doctor-local = { $database }: synchronous_commit is local, so that no COMMIT waits for { $names }: a failover may lose the newest mail
server-doctor-local-hint = set synchronous_commit = on
server-doctor-alone = { $database }: no standby is connected, and COMMIT waits for { $names }: no mail can be taken
server-doctor-alone-hint = start a standby, or empty synchronous_standby_names
server-doctor-sound = { $database }: PostgreSQL { $version } keeps what is accepted; no standby is connected
server-doctor-sound-waits = { $database }: PostgreSQL { $version } keeps what is accepted; COMMIT waits for { $names }

# Serving
server-hint-certificates = `restante-server doctor` looks at certificates
server-sockets = taking over systemd's sockets: { $why }
server-plain = { $address } is not a loopback address, and this is plain HTTP
server-hint-plain = give a certificate (--tls-certificate, --tls-key), or listen on 127.0.0.1 with a TLS proxy in front (and --behind-proxy), or say --plain-http-anyway
server-binding = listening on { $address }: { $why }
server-hint-binding = another program may have it: choose another one with --listen ADDR

# What the store says
server-no-file = no such file
server-file-of-another = it is the database of another one: were files put in each other's place?
server-said = “{ $said }”
server-path = { $path }: { $why }
server-database-gate = { $database }: { $why }
server-database-corrupt = { $database }: table { $table }, row { $row } is damaged: “{ $said }”
server-database-busy = { $database }: others hold the database for too long
server-database-disk-full = { $database }: the disk is full
server-database-away = { $database }: the database does not answer: { $why }
server-database-malformed = { $database }: the database is damaged: { $why }
server-database-disk-broken = { $database }: the disk is damaged: { $why }
server-database-fails = { $database }: the database fails: { $why }
server-ended-damaged = a database or its disk is damaged: the server stopped rather than go on from a guess

# What the store does not do
server-refused-on-postgresql = the installation is on PostgreSQL already
server-refused-database-not-empty = { $database } is not empty: an installation moves into new databases only
server-refused-not-moved = table { $table } of { $database }: { $rows } rows came of { $expected }, or other ones
server-refused-backup-of-postgresql = the installation is on PostgreSQL: pg_dump makes a copy of it
server-refused-backup-of-office = { $name } lies in PostgreSQL: pg_dump makes a copy of it, and this cannot
server-refused-backup-there = { $path } is there already: a backup takes no other file's place
server-refused-no-address = a database elsewhere is named by postgres://HOST/DATABASE
server-refused-bad-address = the URL of PostgreSQL: { $said }
server-refused-database-taken = the database { $database } is post office “{ $office }” already
server-refused-folder = the installation is on PostgreSQL, and several servers may share it: a folder of this machine cannot hold its post offices
server-refused-path = { $path } is not UTF-8
server-refused-registry-gone = { $folder } holds mail, but its registry restante.db is empty or gone: put it back, or restore a backup
server-refused-database-of-others = { $database } is there already and no post office or organisation of this installation: move it away first
server-refused-office-unavailable = post office “{ $office }”: { $why }
server-refused-may-not-create = the role “{ $role }” may not create the database “{ $database }”: make it by hand and name it with --url, or use --placement current
server-refused-lent = { $database }: a pooler lends its connections for a transaction at a time, and the server needs its own: let it lend them for a session (PgBouncer: pool_mode = session), or name PostgreSQL itself
server-refused-folder-not-empty = the data folder { $folder } is not empty
server-refused-there = { $path } is there already
server-refused-no-whole-backup = { $archive } is no whole backup: { $said }
server-refused-backup-form = { $archive } is of form { $form }, and this program knows { $known }: use the program that made it, { $program }

# The certificate
server-tls-unreadable = { $file } cannot be read: { $why }
server-tls-no-certificate = { $file } holds no certificate in PEM
server-tls-no-key = { $file } holds no key in PEM
server-tls-unusable = { $file } cannot be used: “{ $said }”
server-tls-other-key = the key in { $key } is not that of the certificate in { $file }
server-tls-ended = the certificate in { $file } ended at { $moment }
server-tls-fails = TLS cannot be set up: “{ $said }”

# What is wrong with the settings; other reasons are those of the agent's
server-settings-unknown-key = { $key } is no key of the server's settings
server-settings-value-wrong = its value { $why }
server-settings-certificate-alone = tls.certificate_file is set and tls.key_file is not
server-settings-key-alone = tls.key_file is set and tls.certificate_file is not
server-settings-no-list = must be a list of texts in quotes
server-settings-no-addresses = must name at least one address
server-settings-no-mode = must be octal digits from "0" to "0777"
server-settings-no-network = has “{ $value }”, which is no network such as 10.0.0.0/8
server-settings-no-number = must be a whole number from 1 to { $most }
