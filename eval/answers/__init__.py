"""Answers measured: asked, checked against the archive, and told with intervals."""
