"""What is wrong with an expression, and where in its text."""

from __future__ import annotations


class ExpressionError(Exception):
    """An expression that cannot be compiled.

    :param message: what is wrong and what would be right, in words of the study.
    :param start: offset of the first character concerned, from 0.
    :param end: offset after the last one.
    :param suggestion: the known name that was probably meant; empty when none is near.
    """

    def __init__(self, message: str, start: int = 0, end: int = 0, *, suggestion: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = max(end, start + 1)
        self.suggestion = suggestion
