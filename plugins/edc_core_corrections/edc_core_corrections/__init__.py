"""What stands at the wrong place, put right: a subject's number, its site, data of another subject."""
