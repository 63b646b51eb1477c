"""A small news site over the index, with the chat widget on every page: what `make run` opens."""
