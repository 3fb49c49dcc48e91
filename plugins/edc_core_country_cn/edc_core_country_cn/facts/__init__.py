"""Facts of this plugin that are tables."""
