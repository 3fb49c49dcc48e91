"""The audit trail of a study as files that can be checked without this software."""
