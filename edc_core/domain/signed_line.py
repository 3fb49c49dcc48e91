"""One line of what was signed as it would read otherwise, word by word."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from edc_core.domain.manifest import SignedItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edc_core.domain.manifest import Difference

#: What of an item can read otherwise: the field of ``SignedItem``, and the word for it.
_READ = (("question", "question"), ("shown", "value"), ("missing", "missing reason"), ("unit", "unit"))


class SignedLine(NamedTuple):
    """:param path: of the item, form or visit. :param what: ``question``, ``value``, ``unit``, ``status`` and the like.

    :param before: the words that were signed; ``after`` what would stand there. Empty where there is nothing.
    """

    path: str
    what: str
    before: str
    after: str


def lines_of(found: Iterable[Difference]) -> tuple[SignedLine, ...]:
    """The lines that differ, in the order of the pages."""
    return tuple(line for one in found for line in _lines(one))


def _lines(one: Difference) -> Iterator[SignedLine]:
    before, after = one.before, one.after
    if not (isinstance(before, SignedItem) or isinstance(after, SignedItem)):
        yield SignedLine(one.path, "status" if one.what == "form" else one.what, before or "", after or "")
        return
    was, now = (part if isinstance(part, SignedItem) else None for part in (before, after))
    said = [
        SignedLine(one.path, word, str(getattr(was, name, "") or ""), str(getattr(now, name, "") or ""))
        for name, word in _READ
    ]
    differ = [line for line in said if line.before != line.after]
    if any(line.what == "value" for line in differ):
        differ = [line for line in differ if line.what != "unit"]  # it stands in the words of the value
    was_code, now_code = (part.value if part else None for part in (was, now))
    if not differ:
        differ = [
            SignedLine(
                one.path,
                "code" if was_code != now_code else "value, written again",
                was_code or "",
                now_code or "",
            )
        ]
    yield from differ
