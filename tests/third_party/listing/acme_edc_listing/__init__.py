"""A listing of every form: an exporter as somebody elsewhere writes it."""
