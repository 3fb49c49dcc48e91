"""The dose levels of the escalation, in mg/kg, from the lowest on."""

from __future__ import annotations

from decimal import Decimal

LEVELS = ("0.3", "0.6", "1.2", "2.4", "3.6", "4.8", "6.0")


def dose_step(level: str) -> Decimal | None:
    """Which level it is, counted from 1; ``None`` for what is no level."""
    return Decimal(LEVELS.index(level) + 1) if level in LEVELS else None
