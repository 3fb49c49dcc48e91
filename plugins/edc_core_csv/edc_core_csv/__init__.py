"""A study as CSV files with everything needed to read them."""
