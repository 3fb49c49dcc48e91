"""Freeze and lock, what is open before a lock, what a lock would do, and the report of all locks."""
