"""The doors to a redaction: one person asks, another one decides."""
