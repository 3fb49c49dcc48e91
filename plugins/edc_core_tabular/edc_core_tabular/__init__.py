"""A study as tables in the formats that statistical software reads."""
