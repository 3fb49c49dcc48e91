"""Who has access to a study: roles on a day, the review of them, signed."""
