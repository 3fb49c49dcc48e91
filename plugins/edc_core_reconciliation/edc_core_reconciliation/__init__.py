"""Serious adverse events of a study beside those that a safety database lists."""
