"""The audit trail: the one gateway that writes clinical data, and those who read it back."""
