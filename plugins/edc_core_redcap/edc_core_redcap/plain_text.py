"""Labels of REDCap may hold HTML; questions here are plain text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_MARKUP = re.compile(r"<[A-Za-z/!][^<>]*>")
_BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS:
            self.parts.append("\n")


def has_markup(text: str) -> bool:
    return _MARKUP.search(text) is not None


def plain_text(text: str) -> str:
    """The words of a label, one line a paragraph; a text without markup stays as it is."""
    if not has_markup(text):
        return text
    reader = _Texts()
    reader.feed(text)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)
