"""The browser's side of the house: the only package that knows Flask."""
