"""Items that came into a form, left it, or stand elsewhere in it: found by place, so that a move is no loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.domain.index import MetaDataIndex


@dataclass(frozen=True, slots=True)
class ItemPlace:
    """Where an item stands. :param group_oids: from the outermost."""

    form_oid: str
    group_oids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """An item that moved, came (``before`` is ``None``) or went (``after`` is)."""

    element: ClassVar[str] = "ItemDef"
    oid: str
    before: ItemPlace | None
    after: ItemPlace | None


def place_changes(old: MetaDataIndex, new: MetaDataIndex) -> Iterator[PlaceChange]:
    """Every item whose places differ, in the order of the newer version; what is gone comes last."""
    before, after = _places(old), _places(new)
    for oid in [*after, *(oid for oid in before if oid not in after)]:
        gone = [place for place in before.get(oid, ()) if place not in after.get(oid, ())]
        come = [place for place in after.get(oid, ()) if place not in before.get(oid, ())]
        moves = min(len(gone), len(come))
        yield from (PlaceChange(oid, was, now) for was, now in zip(gone, come, strict=False))
        yield from (PlaceChange(oid, was, None) for was in gone[moves:])
        yield from (PlaceChange(oid, None, now) for now in come[moves:])


def _places(index: MetaDataIndex) -> dict[str, list[ItemPlace]]:
    """Item OID to every place it stands at, in the order of the study."""
    found: dict[str, list[ItemPlace]] = {}
    for form in index.version.forms:
        for placed in index.placed_items(form.oid):
            found.setdefault(placed.item.oid, []).append(ItemPlace(form.oid, placed.group_oids))
    return found
