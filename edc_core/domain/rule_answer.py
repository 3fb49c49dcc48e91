"""What a plugin's function answered to a rule that calls it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """:param key: SHA-256 of the rule, its place and everything it read; ``spot`` of the rule and its place alone.

    :param text: canonical text of the answer; ``None`` when it is missing or undecided.
    :param reads: path texts of what was read.
    """

    key: str
    spot: str
    text: str | None
    reads: tuple[str, ...] = ()
