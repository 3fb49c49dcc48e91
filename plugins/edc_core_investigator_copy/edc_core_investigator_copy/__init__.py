"""The copy of a site's records for its investigator."""
