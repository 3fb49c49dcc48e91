"""Pages of user administrators: who there is, and what each may do."""
