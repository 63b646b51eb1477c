"""Nouns, ports and walls that every other part stands on; imports nothing of ours."""
