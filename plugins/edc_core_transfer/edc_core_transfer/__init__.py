"""Files of other systems brought into a study: matched, rehearsed, approved, then stored."""
