"""The read path: from a question to passages and a cited answer."""
