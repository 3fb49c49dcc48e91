"""Reference ranges of laboratories from CSV."""
