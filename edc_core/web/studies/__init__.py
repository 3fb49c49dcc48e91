"""The home page, the help page."""
