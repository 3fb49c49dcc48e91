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

    def pointed(self, text: str) -> str:
        """The line of the expression with carets under the part concerned."""
        begin = text.rfind("\n", 0, self.start) + 1
        stop = text.find("\n", begin)
        line = text[begin : stop if stop >= 0 else len(text)]
        offset = self.start - begin
        width = max(1, min(self.end - begin, len(line)) - offset)
        return f"{line}\n{' ' * offset}{'^' * width}"
