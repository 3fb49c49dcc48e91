"""Generic identifier scanners; those of countries come with their plugins."""
