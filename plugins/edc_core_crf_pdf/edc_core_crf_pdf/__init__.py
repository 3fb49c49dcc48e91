"""The case report form of a study as PDF."""
