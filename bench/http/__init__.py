"""Saving one item over HTTP: our server and a bare one, each in a process of its own, and the clients in another."""
