"""The versions of a study: what changed, what that means for the data, and what is in force where."""
