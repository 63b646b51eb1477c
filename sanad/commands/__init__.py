"""The commands, one a file; each builds what it needs and closes it."""
