"""Exports: formats, jobs, history."""
