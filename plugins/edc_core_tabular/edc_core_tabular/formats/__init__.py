"""How tables are written: one module or package for each format."""
