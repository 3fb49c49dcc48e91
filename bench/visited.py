"""Trials in which subjects came to visits, each with its window and its form, and in which people have work to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bench.append import item_set
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.metadata import DataType, MetaDataVersion, VisitWindow
from edc_core.domain.query import QuerySource, QueryState
from edc_core.ids import new_id
from edc_core.ledger.append import Circumstances, Effect, record, take_head
from edc_core.store import readers
from edc_core.testing.study_builder import StudyBuilder
from edc_core.testing.trial import Trial

#: Days between planned visits, and how far from its day each may be.
APART, EITHER_WAY = 7, "P3D"


def definition(visits: int) -> MetaDataVersion:
    """Visits a week apart, counted from the first; each has one form with its date and a whole number."""
    study = StudyBuilder("BENCH-1")
    for number in range(visits):
        study.with_event(f"V{number + 1}", "VS")
    study.with_item("VS.DAT", DataType.DATE)
    study.with_item("VS.PULSE", DataType.INTEGER)
    made = study.build()
    events = tuple(
        replace(
            event,
            date="VS.DAT",
            window=VisitWindow("V1", f"P{APART * number}D", EITHER_WAY, EITHER_WAY) if number else None,
        )
        for number, event in enumerate(made.events)
    )
    return replace(made, events=events)


def fill(trial: Trial, subjects: int, *, come: int, queries: int = 0, signed: bool = False) -> None:
    """Add subjects who came to their first ``come`` visits, the last of them up to three weeks ago.

    :param queries: of each subject, half of them open and half answered. :param signed: the whole casebook.
    """
    today = trial.core.clock.now()
    for number in range(subjects):
        key = trial.add_subject(f"S-{number:05}")
        first = today - timedelta(days=APART * (come - 1) + number % 21)
        effects = [
            effect
            for n in range(come)
            for effect in _visit(n, f"{first + timedelta(days=APART * n):%Y-%m-%d}")
        ]
        effects += [_query(n, come) for n in range(queries)]
        effects += [_signature()] if signed else []
        with trial.core.write(trial.crc) as uow:
            subject = readers.subject_by_key(uow.connection, trial.study_id, key)
            common = Circumstances(
                new_id(), "crc.kim", "CRC", subject.site_id, "Asia/Seoul", "Asia/Seoul", "1"
            )
            record(uow, take_head(uow, trial.study_id, subject.subject_id), effects, common)


def _form(visit: int) -> ItemPath:
    return ItemPath(Step(f"V{visit + 1}"), Step("VS"))


def _visit(visit: int, day: str) -> Iterator[Effect]:
    form = _form(visit)
    yield Effect(EntryKind.FORM_STATUS, str(form), {"status": "complete", "was_complete": True})
    group = form.with_group("VS", "1")
    pulse = item_set(str(group.with_item("VS.PULSE")), 0)
    yield pulse
    yield replace(
        pulse, path=str(group.with_item("VS.DAT")), payload=pulse.payload | {"raw": day, "value": day}
    )


def _query(number: int, come: int) -> Effect:
    state = QueryState.ANSWERED if number % 2 else QueryState.OPEN
    payload = {
        "query_id": new_id(), "state": state.value, "source": QuerySource.DATA_MANAGEMENT.value,
        "text": "Please compare with the source.", "check_oid": "", "finding_key": "", "fingerprint": "",
        "plugin": "",
    }  # fmt: skip
    place = _form(number % come).with_group("VS", "1").with_item("VS.PULSE")
    return Effect(EntryKind.QUERY_OPEN, str(place), payload)


def _signature() -> Effect:
    payload = {
        "sha256": "0" * 64, "meaning": "responsibility", "full_name": "Lee Minseo", "zone": "Asia/Seoul",
        "language": "en", "hides": "", "accepted": "",
    }  # fmt: skip
    return Effect(EntryKind.SIGN_SET, "", payload)
