"""Answers: each sentence a verified quote, or an honest abstention."""
