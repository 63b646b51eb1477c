"""Which sentences of the found passages answer a question: candidates, signals, ranking."""
