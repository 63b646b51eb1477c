"""The archive as tools of the Model Context Protocol: search, answer, fetch_article."""
