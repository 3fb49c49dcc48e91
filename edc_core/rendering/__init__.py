"""From a form definition and a casebook to what a page shows; knows widgets, not HTTP."""
