"""A study while it is written."""
