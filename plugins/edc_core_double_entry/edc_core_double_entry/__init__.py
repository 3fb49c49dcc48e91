"""Double data entry: a form typed again, compared, and decided."""
