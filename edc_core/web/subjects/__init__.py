"""The list of subjects and one subject's casebook."""
