"""The command line: arguments in, lines and exit codes out; the work is elsewhere."""
