"""How plugins fare."""
