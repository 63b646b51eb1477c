"""Who may ask: keys of programs, tokens of visitors, sites and their origins."""
