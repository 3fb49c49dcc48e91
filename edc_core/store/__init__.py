"""Tables and connections: SQLAlchemy Core on SQLite and PostgreSQL. What is stored, never what is decided."""
