"""The chat widget for the pages of news sites: a JavaScript module; no Python."""
