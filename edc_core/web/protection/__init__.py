"""The lock page."""
