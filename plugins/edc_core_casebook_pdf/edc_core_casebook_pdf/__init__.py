"""Casebooks as PDF."""
