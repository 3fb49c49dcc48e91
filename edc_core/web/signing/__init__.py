"""The pages about signatures."""
