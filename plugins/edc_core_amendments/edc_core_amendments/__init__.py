"""An amendment as people meet it: what changed, what it means for the data, where it is in force, and the move of forms."""
