"""Which found sentences tell the same, which contradict one another, and who copied whom."""
