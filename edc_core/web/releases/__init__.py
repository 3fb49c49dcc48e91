"""The release page of a live study."""
