"""Labels of REDCap may hold HTML; questions here are plain text."""

from __future__ import annotations

import html
import re

_ATTRIBUTE = r"""\s+[A-Za-z-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+)"""
#: Tags of rich text, with whole attributes only: ``a<b and b > c`` is no tag.
_TAG = re.compile(
    rf"""<!--.*?-->|</?(?P<name>a|abbr|b|big|blockquote|br|center|code|del|div|em|font|h[1-6]|hr|i|iframe|img|ins|label|li|
    mark|ol|p|pre|s|small|span|strong|sub|sup|table|tbody|td|th|thead|tr|u|ul)(?:{_ATTRIBUTE})*\s*/?>""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "table", "ul", "ol", "blockquote"})  # fmt: skip


def has_markup(text: str) -> bool:
    return _TAG.search(text) is not None


def plain_text(text: str) -> str:
    """The words of a label, one line a paragraph; a text without markup stays as it is."""
    if not has_markup(text):
        return text
    broken = _TAG.sub(lambda tag: "\n" if (tag["name"] or "").lower() in _BREAKS else "", text)
    lines = (" ".join(line.split()) for line in html.unescape(broken).split("\n"))
    return "\n".join(line for line in lines if line)
