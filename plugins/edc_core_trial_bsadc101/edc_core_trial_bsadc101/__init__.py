"""Checks of trial BSADC-101 that look across its subjects, and its statistics."""
