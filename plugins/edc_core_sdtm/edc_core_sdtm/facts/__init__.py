"""Facts of the standards as data, each file with its source."""
