"""Queries: the list and one thread."""
