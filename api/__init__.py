"""The HTTP door to the read path and, through a port, to the write path."""
