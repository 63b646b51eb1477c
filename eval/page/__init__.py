"""The report of a run as one HTML page, for the person who decides on a release."""
