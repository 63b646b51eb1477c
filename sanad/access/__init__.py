"""What says who may ask, as the operator keeps it: settings and files."""
