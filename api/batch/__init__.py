"""Many articles in one request: read line by line, indexed together, told line by line."""
