"""Acceptance testing of a study, from its definition to the report that the release for live names."""
