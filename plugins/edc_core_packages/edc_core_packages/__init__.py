"""Packages for authorities."""
