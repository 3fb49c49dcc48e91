"""Accounts and roles, for user administrators."""
