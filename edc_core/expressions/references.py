"""What an expression reads, as data: values of items, and rows to go through. Addresses are relative to its home."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edc_core.domain.function import Kind


class Aspect(StrEnum):
    """What is read of an item."""

    VALUE = "value"
    STATE = "state"  #: ``present``, ``missing``, ``unreadable`` or ``blank``
    REASON = "reason"  #: the missing reason's code
    UNIT = "unit"  #: OID of the unit it was given in
    STANDARD = "standard"  #: the number in the item's standard unit
    ENTERED_AT = "entered_at"  #: local date-time of its last change


class Occurrence(StrEnum):
    """Which occurrences of a form are meant."""

    SAME = "same"  #: the form at hand
    NEAR = "near"  #: the form in the event at hand, else the only one of the study
    NAMED = "named"  #: the form in the event named
    EVERY = "every"  #: all, in the order of the schedule
    BEFORE = "before"  #: those before the event at hand


@dataclass(frozen=True, slots=True)
class Home:
    """Where an expression stands.

    :param form: empty for what stands in the schedule: it speaks of other forms only.
    :param groups: OIDs of the item groups around it, from the outermost; the repeating ones are rows at hand.
    :param event: OID of the event, for what stands in the schedule.
    """

    form: str
    groups: tuple[str, ...] = ()
    event: str = ""


class _Hashed:
    """Holds the hash of a reference: each look at a value asks for it, and the hash of an enumeration takes a call."""

    __slots__ = ("_hash",)
    _hash: int


@dataclass(frozen=True, slots=True)
class Ref(_Hashed):
    """One value.

    :param groups: OIDs of the groups the item stands in, from the outermost.
    :param event: OID of the event for ``Occurrence.NAMED``.
    :param partial: a time or date-time of which parts may be unknown.
    """

    occurrence: Occurrence
    form: str
    groups: tuple[str, ...]
    item: str
    kind: Kind
    aspect: Aspect = Aspect.VALUE
    event: str = ""
    partial: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash(_fields(self)))

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[Ref], tuple[object, ...]]:
        """Made anew when read elsewhere, for the hash of a text is another in each process."""
        return (type(self), _fields(self))


_fields = attrgetter("occurrence", "form", "groups", "item", "kind", "aspect", "event", "partial")


@dataclass(frozen=True, slots=True)
class RowScope:
    """Rows to go through: those of a repeating group, or occurrences of a form when ``groups`` is empty.

    :param others: the row at hand is left out.
    :param refs: what is read of each row; their groups begin with ``groups``.
    """

    occurrence: Occurrence
    form: str
    groups: tuple[str, ...]
    event: str = ""
    others: bool = False
    refs: tuple[Ref, ...] = ()
