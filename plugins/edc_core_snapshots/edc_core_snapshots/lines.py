"""One difference between two states, and how the entries that lie between them come together to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.api import ItemPath, value_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from edc_core.api import MetaDataIndex, TrailEntry

VALUES = ("item.set", "derived.set")
KINDS = (*VALUES, "subject.add", "form.status", "form.remove", "form.restore", "group.remove", "group.restore",
         "event.remove", "event.restore")  # fmt: skip
DONE = {"add": "added", "remove": "removed", "restore": "restored"}
THINGS = {"subject": "subject", "form": "form", "group": "row", "event": "visit"}
HEADER = (
    "subject", "site", "form", "item", "what", "change", "where", "path", "old", "new", "times_changed", "at", "who",
    "role", "reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One difference, in data or (without a subject) in the definition.

    :param what: ``subject``, ``visit``, ``form``, ``row``, ``value``, ``column`` or ``term`` of a code list; ``change``:
        ``added``, ``changed``, ``removed`` or ``restored``. :param form: OID, empty for what lies in none; likewise ``item``.
    :param old: in words, with ``new``; of values, columns and terms. :param steps: how many entries led from one to the
        other; the facts after it are those of the last.
    """

    subject: str = ""
    site: str = ""
    form: str = ""
    item: str = ""
    what: str
    change: str
    where: str
    path: str = ""
    old: str = ""
    new: str = ""
    steps: int = 0
    at: str = ""
    who: str = ""
    role: str = ""
    reason: str = ""

    @property
    def cells(self) -> tuple[object, ...]:
        """In the order of ``HEADER``."""
        return tuple(getattr(self, name) for name in self.__slots__)


def lines_of(
    entries: Iterable[TrailEntry],
    version: Callable[[str], MetaDataIndex],
    begun: Callable[[], frozenset[tuple[str, str]]],
) -> Iterator[Line]:
    """Differences by subject and place: of a value one, from what it was to what it is; nothing where that is the same.

    :param entries: by subject, oldest first. :param version: the definition of an OID. :param begun: chain and path of every
        form that had been begun in the older state; asked for when it matters.
    """
    places: dict[tuple[str, str], list[TrailEntry]] = {}
    for entry in entries:
        places.setdefault((entry.subject_key, str(entry.columns["path"])), []).append(entry)
    # Forms in the order in which they were written to, each before its rows and values.
    forms = {key: n for n, key in reversed(list(enumerate((who, _form(text)) for who, text in places)))}
    for (_, text), steps in sorted(
        places.items(), key=lambda one: (one[0][0], forms[one[0][0], _form(one[0][1])], one[0][1].count("/"))
    ):
        path = ItemPath.parse(text)
        if path.item is not None:
            yield from _of_value(path, steps, version)
        else:
            yield from _of_place(path, steps, version, begun)


def _form(path: str) -> str:
    return "/".join(path.split("/")[:2])


def _of_value(
    path: ItemPath, steps: Sequence[TrailEntry], version: Callable[[str], MetaDataIndex]
) -> Iterator[Line]:
    first, last = payload(steps[0]), payload(steps[-1])
    index, oid = version(str(steps[-1].columns["meta_data_version"])), path.item or ""
    # the unit before stands in the entry; in one of an earlier release the unit after has to do
    before = {"unit": first.get("unit", "")} | (first.get("old") or {})
    old, new = value_words(before, index, oid), value_words(last, index, oid)
    if old != new:
        change = "added" if not old else "removed" if not new else "changed"
        yield _line(path, steps, "value", change, old, new)


def _of_place(
    path: ItemPath,
    steps: Sequence[TrailEntry],
    version: Callable[[str], MetaDataIndex],
    begun: Callable[[], frozenset[tuple[str, str]]],
) -> Iterator[Line]:
    """The last thing that became of a subject, visit, form or row; a form that began, too."""
    told: tuple[str, str, TrailEntry] | None = None
    for entry in steps:
        kind, _, done = str(entry.columns["kind"]).partition(".")
        if kind == "form":
            version(str(entry.columns["meta_data_version"]))  # whose titles the lines are read by
        if done != "status":
            told = (THINGS[kind], DONE[done], entry)
    if beginning := [one for one in steps if one.columns["kind"] == "form.status" and _begins(one, begun)]:
        yield _line(path, beginning[:1], "form", "added")
    if told is not None:
        what, change, entry = told
        yield _line(path, [entry], what, change)


def _begins(entry: TrailEntry, begun: Callable[[], frozenset[tuple[str, str]]]) -> bool:
    """Whether nothing had been entered in the form before: it may be begun and completed by one entry."""
    said = payload(entry)
    if said["status"] == "in_progress":
        return not said.get("was_complete")
    place = (str(entry.columns["chain"]), str(entry.columns["path"]))
    return said["status"] == "complete" and place not in begun()


def _line(
    path: ItemPath, steps: Sequence[TrailEntry], what: str, change: str, old: str = "", new: str = ""
) -> Line:
    last = steps[-1]
    return Line(
        subject=last.subject_key, site=last.site_number, form=path.form.oid if path.form else "", item=path.item or "",
        what=what, change=change, where=last.where, path=str(path), old=old, new=new, steps=len(steps),
        at=str(last.columns["at"]), who=last.who, role=last.role, reason=last.reason,
    )  # fmt: skip


def payload(entry: TrailEntry) -> dict[str, Any]:
    """What an entry says."""
    said: dict[str, Any] = json.loads(str(entry.columns["payload"]))
    return said
