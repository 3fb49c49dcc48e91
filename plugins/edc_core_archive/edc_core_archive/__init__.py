"""The archive of a whole study, and the way back from it."""
