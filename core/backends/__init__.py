"""Implementations of the ports: the only place where model and store libraries are imported."""
