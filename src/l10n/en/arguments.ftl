# What every program says of what is typed after its name, as its parser has it. Keys start with arguments- or hint.

hint = hint: { $hint }

# Help
arguments-usage = Usage: { $usage }
arguments-usage-options = [OPTIONS]
arguments-usage-command = <COMMAND>
arguments-usage-command-optional = [COMMAND]
arguments-commands = Commands:
arguments-arguments = Arguments:
arguments-options = Options:
arguments-options-everywhere = Options of every command:
arguments-help = Print help
arguments-help-command = Print this message or the help of the given subcommand(s)
arguments-version = Print version
arguments-variable = [env: { $what }]
arguments-default = [default: { $what }]
arguments-possible-values = [possible values: { $what }]
arguments-possible-commands = [subcommands: { $what }]

# Mistakes
arguments-mistake = error: { $what }
arguments-missing = the following required arguments were not provided:
arguments-command-missing = '{ $command }' requires a subcommand but one was not provided
arguments-unknown = unexpected argument '{ $argument }' found
arguments-unknown-command = unrecognized subcommand '{ $command }'
arguments-no-value = a value is required for '{ $argument }' but none was supplied
arguments-bad-value = invalid value '{ $value }' for '{ $argument }'
arguments-too-many-values = unexpected value '{ $value }' for '{ $argument }' found; no more were expected
arguments-twice = the argument '{ $argument }' cannot be used multiple times
arguments-conflict = the argument '{ $argument }' cannot be used with '{ $other }'
arguments-conflicts = the argument '{ $argument }' cannot be used with:
arguments-more = For more information, try '--help'.

# What comes near
arguments-tip = tip: { $tip }
arguments-quoted = '{ $name }'
arguments-near-command = { $count ->
    [one] a similar subcommand exists: { $names }
   *[other] some similar subcommands exist: { $names }
}
arguments-near-argument = { $count ->
    [one] a similar argument exists: { $names }
   *[other] some similar arguments exist: { $names }
}
arguments-near-value = { $count ->
    [one] a similar value exists: { $names }
   *[other] some similar values exist: { $names }
}
arguments-as-value = to pass '{ $value }' as a value, use '{ $line }'
arguments-elsewhere = '{ $line }' exists
arguments-no-dashes = subcommand '{ $command }' exists; to use it, remove the '--' before it

# Why a value is not taken
arguments-not-a-number = "{ $value }" is not a whole number
arguments-not-in-range = { $value } is not in { $range }
arguments-not-a-duration = duration "{ $value }" is not a whole number with a unit, such as 300s, 5m, 24h or 7d
arguments-not-a-folder = folder "{ $value }" is none of inbox, sent, drafts, outbox
arguments-not-an-id = it is not the id of a message
arguments-not-a-name = "{ $value }" is not 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit
arguments-not-one-line = 1 to 200 characters in one line
arguments-not-a-range = a range is written 30s..24h
arguments-range-backwards = a range goes from the shorter interval, at least 1s, to the longer
arguments-not-a-moment = time "{ $value }" is not in the form 2026-11-24T09:30:00Z
arguments-not-an-address = “{ $value }” is neither ADDRESS:PORT, such as 127.0.0.1:8025, nor the absolute path of a socket, such as unix:/run/restante/server.sock
