"""CDISC ODM 2.0, on top of what it has in common with ODM 1.3.2 in the package around."""
