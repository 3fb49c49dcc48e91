"""A person's own account: password, sessions."""
