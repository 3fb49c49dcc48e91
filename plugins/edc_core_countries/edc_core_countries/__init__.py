"""Pages of country standards: what holds at a site, when reports are due, what is to be done when."""
