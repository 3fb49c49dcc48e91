"""Engines of conformance."""
