"""The commands of `sanad eval`, one module each."""
