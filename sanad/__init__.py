"""The `sanad` command: the only part above all others."""
