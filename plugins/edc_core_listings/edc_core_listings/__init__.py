"""Listings across subjects: missing pages, overdue visits, tables of values."""
