"""The routes: schema in, domain call, schema out."""
