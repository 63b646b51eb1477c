"""A running server at the doors of the read path: measured as its clients find it."""
