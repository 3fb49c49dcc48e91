"""Requests of subjects about their data, and what was done."""
