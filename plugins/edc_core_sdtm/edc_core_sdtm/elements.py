"""Elements: the parts of the study that a subject passed through (SDTMIG 3.4, sections 5.3 SE and 7.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from edc_core.api import ArmDef, EpochDef, MetaDataIndex, Step
from edc_core_sdtm.dates import is_whole
from edc_core_sdtm.plan import StudyPlan
from edc_core_sdtm.record import Record
from edc_core_sdtm.visits import Visit

_OTHER = re.compile(r"[^A-Z0-9]")
_TREATMENTS = frozenset({"EC", "EX"})


@dataclass(frozen=True, slots=True)
class Element:
    """:param code: ETCD, at most eight characters. :param order: TAETORD. :param epoch: OID of its epoch, as EPOCH."""

    code: str
    name: str
    epoch: str
    order: int
    visits: tuple[str, ...]  #: OIDs of the visits in it


@dataclass(frozen=True, slots=True)
class Stretch:
    """How long a subject was in an element. :param end: empty where nothing is known."""

    element: Element
    start: str
    end: str


def elements_of(index: MetaDataIndex, plan: StudyPlan, arm: str) -> list[Element]:
    """The elements of an arm: one for each epoch; an epoch with study treatment has one of its own in each arm."""
    arms = {one.oid: one for one in index.version.arms}
    return [_element(index, plan, epoch, arms.get(arm), n) for n, epoch in enumerate(index.version.epochs, 1)]


def _element(
    index: MetaDataIndex, plan: StudyPlan, epoch: EpochDef, arm: ArmDef | None, order: int
) -> Element:
    visits = tuple(e.oid for e in index.version.events if e.epoch == epoch.oid)
    forms = {ref.form_oid for e in index.version.events if e.epoch == epoch.oid for ref in e.form_refs}
    is_treated = any(one.domain in _TREATMENTS for form in forms for one in plan.records.get(form, ()))
    title = epoch.title.in_language("en") or epoch.name
    if is_treated and arm is not None:
        suffix = _OTHER.sub("", arm.oid.upper())[:3]
        code = _OTHER.sub("", epoch.oid.upper())[: 8 - len(suffix)] + suffix
        return Element(
            code, f"{title}, {arm.title.in_language('en') or arm.name}"[:200], epoch.oid, order, visits
        )
    return Element(_OTHER.sub("", epoch.oid.upper())[:8], title, epoch.oid, order, visits)


def stretches(
    elements: Sequence[Element], visits: Mapping[Step, Visit], consent: str, last_day: str
) -> list[Stretch]:
    """When each element that a subject entered began and ended: with its first visit, and with the next element."""
    begun = []
    for element in elements:
        days = [v.start for v in visits.values() if v.event.oid in element.visits and is_whole(v.start)]
        start = min(days, default="")
        if element.order == 1 and is_whole(consent) and (not start or consent[:10] <= start[:10]):
            start = consent
        if start:
            begun.append((start, element))
    begun.sort(key=lambda pair: (pair[0][:10], pair[1].order))
    ends = [start for start, _ in begun[1:]] + [last_day] if begun else []
    return [Stretch(element, start, end) for (start, element), end in zip(begun, ends, strict=True)]


def element_records(found: Sequence[Stretch]) -> Iterator[Record]:
    """SE."""
    for stretch in found:
        element = stretch.element
        values = {
            "ETCD": element.code, "ELEMENT": element.name, "TAETORD": str(element.order), "EPOCH": element.epoch,
            "SESTDTC": stretch.start, "SEENDTC": stretch.end,
        }  # fmt: skip
        yield Record("SE", {name: text for name, text in values.items() if text})


def epoch_at(found: Sequence[Stretch], day: str) -> str:
    """The epoch of the last element that began on or before a day; empty when the day isn't whole, or before all."""
    if not is_whole(day):
        return ""
    epoch = ""
    for stretch in found:
        if stretch.start[:10] > day[:10]:
            break
        epoch = stretch.element.epoch
    return epoch
