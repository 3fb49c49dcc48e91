"""For authors of studies: begin a folder, explain its keys to editors, write a definition as YAML, compare two.

Nothing here runs in production: a published version is read from the database, not from files.
"""
