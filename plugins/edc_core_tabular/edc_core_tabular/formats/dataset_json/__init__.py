"""CDISC Dataset-JSON 1.1, as one JSON text for each dataset and as lines (Dataset-NDJSON)."""
