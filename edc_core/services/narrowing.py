"""A version that would lose or reread what was collected is neither published nor put in force (REQ-BLD-05)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.domain.change_class import ChangeClass
from edc_core.domain.data_impact import NARROWS, Harmed, harm_to
from edc_core.domain.version_diff import version_changes
from edc_core.errors import NarrowsData
from edc_core.store import amendment_readers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from edc_core.domain.index import MetaDataIndex
    from edc_core.store.unit_of_work import Source

NAMED = 5  #: places that the sentence names; all of them are in the details
REMEDY = (
    "Keep what they need: a code is retired, not removed; an item that is not asked any more keeps its place under a "
    "condition; a changed type or unit is a new item."
)


@dataclass(frozen=True, slots=True)
class NarrowedPlace:
    subject_key: str
    harmed: Harmed

    def __str__(self) -> str:
        return f"{self.subject_key} {self.harmed.path} {self.harmed.words}"


def require_room(source: Source, study_id: str, target: MetaDataIndex, site_ids: Collection[str]) -> None:
    """Refuse a version for which a value collected at some sites would be unknown, or another value.

    :raises NarrowsData: with every place in ``details['places']``.
    """
    places = [str(place) for place in narrowed(source, study_id, target, site_ids)]
    if not places:
        return
    named = "; ".join(places[:NAMED])
    more = f"; and {len(places) - NAMED} more" if len(places) > NAMED else ""
    raise NarrowsData(
        f"Version {target.version.oid} narrows what holds data: {named}{more}. {REMEDY}", places=places
    )


def narrowed(
    source: Source, study_id: str, target: MetaDataIndex, site_ids: Collection[str]
) -> Iterator[NarrowedPlace]:
    """Places at some sites whose values the version would lose or read differently."""
    for oid in sorted(amendment_readers.versions_in_use(source.connection, study_id)):
        if oid == target.version.oid:
            continue
        kept = source.versions.get(source.connection, study_id, oid)
        forms = _forms_at_risk(kept, target)
        if not forms:
            continue
        for subject_key, data in amendment_readers.values_under(
            source.connection, study_id, oid, forms, site_ids
        ):
            harmed = harm_to(kept, target, data)
            if harmed is not None and harmed.harm in NARROWS:
                yield NarrowedPlace(subject_key, harmed)


def _forms_at_risk(kept: MetaDataIndex, target: MetaDataIndex) -> frozenset[str]:
    """OIDs of forms that a change touches which can break a value; only their values are looked at."""
    forms: set[str] = set()
    for one in version_changes(kept, target):
        if one.change_class is not ChangeClass.BREAKS:
            continue
        if one.change.element == "StudyEventDef":
            forms.update(ref.form_oid for ref in kept.events[one.change.oid].form_refs)
        else:
            forms.update(one.forms)
    return frozenset(forms)
