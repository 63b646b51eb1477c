"""Short answers inside quotes: what a question asks for, and where the quote says it."""
