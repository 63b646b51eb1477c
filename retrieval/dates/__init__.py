"""The times that a question names, and what they mean for which articles come first."""
