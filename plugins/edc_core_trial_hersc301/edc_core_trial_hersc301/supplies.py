"""EC32 and EC49 across subjects: kits and barcodes, of which each belongs to one subject of the study."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from edc_core.api import StudyFinding, StudyRow, StudyView

LAST = datetime.max.replace(tzinfo=UTC)  #: a dose whose time is not known yet counts as the later one


def kit_used_twice(study: StudyView) -> Iterator[StudyFinding]:
    """EC32.TWICE asks about each use of a kit after the first one, in this subject or in another."""
    first: dict[str, StudyRow] = {}
    for row in sorted(_with(study, "EX_TRA", "KITNO"), key=_given):
        before = first.setdefault((row.text("KITNO") or "").upper(), row)
        if before is not row:
            yield StudyFinding(
                row,
                "KITNO",
                "A kit of this number was given before. Please check the number on the carton.",
                rests_on=(before,),
            )


def barcode_of_another(study: StudyView) -> Iterator[StudyFinding]:
    """EC49.SUBJECT asks about a result whose barcode is on a sample of another subject and on none of this one."""
    taken: dict[str, list[StudyRow]] = {}
    for form, item in (("PC", "PCREFID"), ("IS", "ISREFID")):
        for row in _with(study, form, item):
            taken.setdefault((row.text(item) or "").upper(), []).append(row)
    for row in _with(study, "CLR", "CLREFID"):
        samples = taken.get((row.text("CLREFID") or "").upper(), [])
        own = [sample for sample in samples if sample.subject == row.subject]
        if samples and not own:
            yield StudyFinding(
                row,
                "CLREFID",
                "This barcode is on a sample of another subject. Please check it with the laboratory.",
                rests_on=tuple(samples),
            )


def result_of_another_visit(study: StudyView) -> Iterator[StudyFinding]:
    """EC49.VISIT asks about a result that the laboratory files under another visit than that of its sample."""
    taken: dict[tuple[str, str], StudyRow] = {}
    for form, item in (("PC", "PCREFID"), ("IS", "ISREFID")):
        for row in _with(study, form, item):
            taken[row.subject.subject_id, (row.text(item) or "").upper()] = row
    for row in _with(study, "CLR", "CLRVISIT"):
        sample = taken.get((row.subject.subject_id, (row.text("CLREFID") or "").upper()))
        if sample is not None and sample.event.oid != row.text("CLRVISIT"):
            yield StudyFinding(
                row,
                "CLRVISIT",
                "The sample of this barcode was taken at another visit. Please check it with the laboratory.",
                rests_on=(sample,),
            )


def _with(study: StudyView, form: str, item: str) -> Iterator[StudyRow]:
    return (row for row in study.rows(form) if row.text(item) is not None)


def _given(row: StudyRow) -> datetime:
    return row.instant("ECSTDAT", "ECSTTIM") or LAST
