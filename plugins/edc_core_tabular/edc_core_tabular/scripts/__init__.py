"""Programs that read an export into Python, R or SAS, with types, labels and codes: made of the same datasets."""
