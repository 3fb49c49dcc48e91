"""How old queries are, what each check yields, and one step for many queries."""
