"""Retrieval and answers measured through the same doors that serve them."""
