"""Entry: the form page and every write that starts on it."""
