"""Datasets as one Excel workbook for people: a sheet for each, one of all variables and one of the code lists."""
