"""Items that came into a form, left it, or stand elsewhere in it: told by place, so that a move is no loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.domain.change_class import ChangeClass, ChangeKind, Said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.metadata import ItemDef

Place = tuple[str, tuple[str, ...]]  #: form OID, OIDs of the groups from the outermost


@dataclass(frozen=True, slots=True)
class Move:
    """An item that came, went or moved. :param forms: OIDs of the forms concerned."""

    kind: ChangeKind
    oid: str
    name: str
    said: Said
    forms: tuple[str, ...]


def places(index: MetaDataIndex) -> dict[str, list[Place]]:
    """Item OID to every place it stands at, in the order of the study."""
    found: dict[str, list[Place]] = {}
    for form in index.version.forms:
        for placed in index.placed_items(form.oid):
            found.setdefault(placed.item.oid, []).append((form.oid, placed.group_oids))
    return found


def moves(old: MetaDataIndex, new: MetaDataIndex) -> Iterator[Move]:
    """Every item whose places differ, in the order of the newer version; what is gone comes last."""
    before, after = places(old), places(new)
    for oid in [*after, *(oid for oid in before if oid not in after)]:
        gone = [place for place in before.get(oid, ()) if place not in after.get(oid, ())]
        come = [place for place in after.get(oid, ()) if place not in before.get(oid, ())]
        item = new.items.get(oid) or old.items[oid]
        for was, now in zip(gone, come, strict=False):
            yield _moved(old, new, item, was, now)
        for was in gone[len(come) :]:
            text = f"Item {item.name} was removed from {_where(old, was)}."
            said = Said(text, ChangeClass.BREAKS, _question(item), "", "removed")
            yield Move("removed", oid, item.name, said, (was[0],))
        for now in come[len(gone) :]:
            text = f"Item {item.name} was added to {_where(new, now)}."
            change_class = ChangeClass.MIGRATION if now[0] in old.forms else ChangeClass.SAFE
            yield Move(
                "added", oid, item.name, Said(text, change_class, "", _question(item), "added"), (now[0],)
            )


def _moved(old: MetaDataIndex, new: MetaDataIndex, item: ItemDef, was: Place, now: Place) -> Move:
    text = f"Item {item.name} moved from {_where(old, was)} to {_where(new, now)}; its values stay at the old place."
    said = Said(text, ChangeClass.BREAKS, _where(old, was), _where(new, now), "moved")
    return Move("moved", item.oid, item.name, said, tuple(dict.fromkeys((was[0], now[0]))))


def _where(index: MetaDataIndex, place: Place) -> str:
    form, groups = place
    name = index.forms[form].name
    last = index.groups[groups[-1]].name if groups else ""
    return f"form {name}" if last in ("", name) else f"form {name}, group {last}"


def _question(item: ItemDef) -> str:
    return item.question.in_language("en")
