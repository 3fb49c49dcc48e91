"""A seventh country as somebody elsewhere writes it. Every fact is an example; none is what Health Canada asks."""
