"""Pages of verification and review."""
