"""The write path: from articles to passages, vectors and the store."""
