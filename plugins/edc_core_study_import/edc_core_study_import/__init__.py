"""``edc study import``, and definitions written as YAML files."""
