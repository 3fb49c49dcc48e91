"""Kept states of a study, and what differs between two."""
