"""``edc``: commands as thin as views. Exit codes: 0 ok, 1 findings, 2 wrong usage or failure."""

from edc_core.cli.main import main

__all__ = ["main"]
