"""Define-XML 2.1 of the datasets."""
