"""The edit checks of a study as people read them."""
