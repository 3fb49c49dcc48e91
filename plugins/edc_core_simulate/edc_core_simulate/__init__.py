"""Made-up subjects for any study."""
