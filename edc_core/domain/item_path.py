"""The one address of a collected value: event[key]/form[key]/group[key](/group[key])*/item."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

from edc_core.errors import BadRequest


class Step(NamedTuple):
    """One definition and its repeat key, both as found in the source (any Unicode, never empty)."""

    oid: str
    key: str = "1"

    def __str__(self) -> str:
        return f"{encode(self.oid)}[{encode(self.key)}]"

    @property
    def rank(self) -> tuple[int, int, str]:
        """What occurrences of one definition are sorted by: numbers in their order, then other keys."""
        if self.key.isascii() and self.key.isdecimal():
            return (0, int(self.key), "")
        return (1, 0, self.key)


@lru_cache(maxsize=16384)
def encode(text: str) -> str:
    """Percent-encode everything outside ``A-Za-z0-9._-``; ``~`` is quoted too, so the alphabet is closed."""
    return quote(text, safe="", errors="surrogatepass").replace("~", "%7E")


def decode(text: str) -> str:
    """The reverse of ``encode``.

    :raises BadRequest: when the bytes are no text.
    """
    try:
        return unquote(text, errors="surrogatepass")
    except UnicodeDecodeError:
        raise BadRequest(f"'{text}' is no percent-encoded text.") from None


class _Hashed:
    """Holds the hash of a place: a save and a page look the same few places up a hundred times and more."""

    __slots__ = ("_hash",)
    _hash: int


@dataclass(frozen=True, slots=True)
class ItemPath(_Hashed):
    """A place below a subject. The empty path is the subject; each further part names a smaller place.

    ``groups`` runs from the outermost ItemGroup to the innermost; ``item`` needs at least one group.
    """

    event: Step | None = None
    form: Step | None = None
    groups: tuple[Step, ...] = ()
    item: str | None = None

    def __post_init__(self) -> None:
        event, form, groups = self.event, self.form, self.groups
        if (
            (event is None and form is not None)
            or (form is None and groups)
            or (not groups and self.item is not None)
        ):
            raise BadRequest("An item path names every level above its last one.")
        for step in (event, form, *groups):
            if step is not None and not (step.oid and step.key):
                raise BadRequest("Every step of an item path has an OID and a key.")
        if self.item == "":
            raise BadRequest("An item path ends with an OID.")
        object.__setattr__(self, "_hash", hash((event, form, groups, self.item)))

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[ItemPath], tuple[object, ...]]:
        """Made anew when read elsewhere, for the hash of a text is another in each process."""
        return (type(self), (self.event, self.form, self.groups, self.item))

    @classmethod
    def parse(cls, text: str) -> ItemPath:
        """Read the text form.

        :raises BadRequest: when the text is not a path that ``str`` could have written.
        """
        if text == "":
            return cls()
        steps: list[Step] = []
        item: str | None = None
        parts = text.split("/")
        for position, part in enumerate(parts):
            if part.endswith("]") and "[" in part:
                oid, _, key = part[:-1].partition("[")
                steps.append(Step(decode(oid), decode(key)))
            elif position == len(parts) - 1 and position >= 3:  # event, form and a group stand before an item
                item = decode(part)
            else:
                raise BadRequest(f"'{text}' is not an item path: '{part}' has no [key].")
        path = _known(
            cls(steps[0] if steps else None, steps[1] if len(steps) > 1 else None, tuple(steps[2:]), item)
        )
        if str(path) != text:
            raise BadRequest(f"'{text}' is not an item path in its canonical spelling.")
        return path

    def __str__(self) -> str:
        return _text(self)

    @property
    def group_path(self) -> str:
        """The groups alone, as stored in the column of that name: ``G1[1]/G2[3]``."""
        return "/".join(str(step) for step in self.groups)

    @property
    def parent(self) -> ItemPath:
        """The place one level up; the subject is its own parent."""
        return _ancestors(self)[:2][-1]

    @property
    def form_path(self) -> ItemPath:
        """The form this place lies in.

        :raises BadRequest: for an event or the subject, which lie in no form.
        """
        if self.form is None:
            raise BadRequest(f"'{self}' does not name a form.")
        return _ancestors(self)[-3]  # below the event and the subject

    def ancestors(self) -> tuple[ItemPath, ...]:
        """The place itself and everything above it, down to the empty path of the subject."""
        return _ancestors(self)

    def contains(self, other: ItemPath) -> bool:
        """Say whether ``other`` is this place or lies in it."""
        return self in other.ancestors()

    def with_group(self, oid: str, key: str) -> ItemPath:
        return _with_group(self, oid, key)

    def with_item(self, oid: str) -> ItemPath:
        return _with_item(self, oid)

    @property
    def dom_id(self) -> str:
        """An HTML id: ``i`` and 16 hex digits of the SHA-256 of the text."""
        return "i" + hashlib.sha256(str(self).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def group_oids(self) -> tuple[str, ...]:
        """Definition OIDs of the groups, outermost first: what the definition is looked up by."""
        return tuple(step.oid for step in self.groups)


#: Every save and every page asks these of the same few places, again and again.
_remembered = lru_cache(maxsize=16384)


@lru_cache(maxsize=65536)
def _known(path: ItemPath) -> ItemPath:
    """The first of equal places, while it is remembered: what is looked up by the same object is not compared."""
    return path


@lru_cache(maxsize=65536)
def _with_item(path: ItemPath, oid: str) -> ItemPath:
    return _known(ItemPath(path.event, path.form, path.groups, oid))


@_remembered
def _with_group(path: ItemPath, oid: str, key: str) -> ItemPath:
    return _known(ItemPath(path.event, path.form, (*path.groups, Step(oid, key))))


@_remembered
def _text(path: ItemPath) -> str:
    parts = [str(step) for step in (path.event, path.form, *path.groups) if step is not None]
    if path.item is not None:
        parts.append(encode(path.item))
    return "/".join(parts)


@_remembered
def _ancestors(path: ItemPath) -> tuple[ItemPath, ...]:
    if path.event is None:
        return (path,)
    if path.item is not None:
        above = ItemPath(path.event, path.form, path.groups)
    elif path.groups:
        above = ItemPath(path.event, path.form, path.groups[:-1])
    else:
        above = ItemPath(path.event) if path.form is not None else ItemPath()
    return (path, *_ancestors(_known(above)))
