"""Verification against the source, and review."""
