"""What keeps the study from being locked: verbatims that are not coded, and codings that nobody approved (REQ-LCK-02)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import InvalidDefinition, LockCheck, Obstacle, Unsettled
from edc_core_coding.declared import declared
from edc_core_coding.groups import not_coded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import MetaDataIndex, StudyAccess

TO_DO = {
    "not coded": "It is not coded yet.",
    "coding not approved": "Its coding waits for the approval of another person.",
}


def unsettled(study: StudyAccess) -> Iterator[Unsettled]:
    """Values that are to be coded or approved, locked ones too: they are opened for it, or waived."""
    items = declared(study.session()[1].index).items
    for one in not_coded(study.verbatims(items, waiting=True) if items else ()):
        yield Unsettled(one.subject_key, one.place.path, TO_DO[one.why], one.why)


def require_understood(index: MetaDataIndex) -> None:
    """:raises InvalidDefinition: an alias does not say how an item is coded, so nobody would know that it is not."""
    if problems := declared(index).problems:
        raise InvalidDefinition(" ".join(problems))


CHECK = LockCheck("CODED", "Every verbatim is coded", Obstacle.UNCODED, unsettled, page="")
