"""Fits the weights of evidence and abstention, with the very code that serves."""
