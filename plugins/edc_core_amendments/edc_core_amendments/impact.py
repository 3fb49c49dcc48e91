"""What a version would mean for the data, counted and as tables: the page, the command and the files show the same."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.api import Action, ChangeClass, JobKind, Protection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from edc_core.api import AffectedForm, AffectedMark, Foresight, JobRequest


@dataclass(frozen=True, slots=True)
class CheckCount:
    """How many queries of one check would open, open again and be resolved, at how many subjects."""

    check_oid: str
    opens: int
    opens_again: int
    resolves: int
    subjects: int


def count(found: Foresight, change_class: ChangeClass) -> int:
    """How many forms are of a class."""
    return sum(form.change_class is change_class for form in found.forms)


def protected(found: Foresight) -> tuple[AffectedForm, ...]:
    """Forms that a freeze or a lock keeps at their version."""
    return tuple(form for form in found.forms if form.protection is not Protection.OPEN)


def breaks(found: Foresight) -> bool:
    """Whether a value would be lost or read differently."""
    return count(found, ChangeClass.BREAKS) > 0


def by_check(found: Foresight) -> tuple[CheckCount, ...]:
    """Sorted by check."""
    counts = Counter((query.check_oid, query.deed) for query in found.queries)
    subjects: dict[str, set[str]] = {}
    for query in found.queries:
        subjects.setdefault(query.check_oid, set()).add(query.subject_key)
    return tuple(
        CheckCount(
            oid, counts[oid, "opens"], counts[oid, "opens again"], counts[oid, "resolves"], len(subjects[oid])
        )
        for oid in sorted(subjects)
    )


def marks(found: Foresight) -> dict[str, int]:
    """How many signatures would be broken, and how many marks of each review group would fall."""
    return dict(sorted(Counter(mark.what for mark in found.marks if mark.falls).items()))


def signatures(found: Foresight) -> tuple[AffectedMark, ...]:
    """Signatures on what would move, those that would be broken first."""
    given = [mark for mark in found.marks if mark.what == "signature"]
    return tuple(sorted(given, key=lambda mark: not mark.falls))


def in_words(mark: AffectedMark) -> str:
    """What was signed and would read otherwise, line by line."""
    return "; ".join(f"{one.path} {one.what}: '{one.before}' -> '{one.after}'" for one in mark.lines)


def as_json(found: Foresight) -> dict[str, Any]:
    """The shape that ``edc study impact --json`` prints and the page shows."""
    return {
        "study": found.study,
        "meta_data_version": found.version,
        "subjects": found.subjects,
        "forms_by_class": {one.value: count(found, one) for one in ChangeClass},
        "forms": [
            {
                "subject": form.subject_key,
                "site": form.site,
                "path": form.path,
                "from": form.from_version,
                "status": form.status,
                "class": form.change_class.value,
                "moves": form.moves,
                "protection": form.protection.value,
                "held_back_by": form.held_back_by,
                "places": [{"path": path, "text": text} for path, text in form.places],
            }
            for form in found.forms
        ],
        "checks": [
            {
                "check": one.check_oid,
                "opens": one.opens,
                "opens_again": one.opens_again,
                "resolves": one.resolves,
                "subjects": one.subjects,
            }
            for one in by_check(found)
        ],
        "queries": [
            {
                "subject": query.subject_key,
                "site": query.site,
                "path": query.path,
                "check": query.check_oid,
                "does": query.deed,
                "text": query.text,
            }
            for query in found.queries
        ],
        "calculated": [{"subject": key, "path": path} for key, path in found.calculated],
        "marks": marks(found),
        "signatures": [
            {
                "subject": one.subject_key,
                "site": one.site,
                "path": one.path,
                "breaks": one.falls,
                "lines": [line._asdict() for line in one.lines],
            }
            for one in signatures(found)
        ],
        "check_failures": [
            {"check": failure.check_oid, "plugin": failure.plugin, "text": failure.text}
            for failure in found.failures
        ],
    }


def tables(found: Foresight) -> dict[str, tuple[tuple[str, ...], list[tuple[object, ...]]]]:
    """The lists as tables: name to (columns, rows); what the files of the command line and the page hold."""
    return {
        "forms": (
            ("SUBJECT", "SITE", "FORM", "FROM_VERSION", "TO_VERSION", "STATUS", "CLASS", "MOVES", "PROTECTION",
             "WHY_NOT", "PLACES"),
            [
                (form.subject_key, form.site, form.path, form.from_version, found.version, form.status,
                 form.change_class.value, "Y" if form.moves else "N", form.protection.value, form.held_back_by,
                 "; ".join(f"{path} {text}" for path, text in form.places))
                for form in found.forms
            ],
        ),
        "queries": (
            ("SUBJECT", "SITE", "PLACE", "CHECK", "DOES", "TEXT"),
            [
                (query.subject_key, query.site, query.path, query.check_oid, query.deed, query.text)
                for query in found.queries
            ],
        ),
        "marks": (
            ("SUBJECT", "SITE", "PLACE", "MARK", "FALLS", "READS_OTHERWISE"),
            [(mark.subject_key, mark.site, mark.path, mark.what, "Y" if mark.falls else "N", in_words(mark))
             for mark in found.marks],
        ),
        "checks": (
            ("CHECK", "OPENS", "OPENS_AGAIN", "RESOLVES", "SUBJECTS"),
            [(c.check_oid, c.opens, c.opens_again, c.resolves, c.subjects) for c in by_check(found)],
        ),
    }  # fmt: skip


def write_csv(file: TextIO, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """One of the tables as a file."""
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows(rows)


def _count(asked: JobRequest) -> dict[str, Any]:
    """:returns: ``{"impact": as_json(), "tables": {name: {"columns", "rows"}}}``."""
    found = asked.study.foresee(asked.study.version(asked.request["version"]), progress=asked.tell)
    held = {name: {"columns": columns, "rows": rows} for name, (columns, rows) in tables(found).items()}
    return {"impact": as_json(found) | {"partial": found.partial}, "tables": held}


IMPACT = JobKind("impact", (Action.COMPARE_VERSIONS, Action.VIEW_DATA), _count)
