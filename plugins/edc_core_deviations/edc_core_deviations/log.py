"""What deviated from the protocol: what checks, windows and sites tell, each with the judgement that counts. Pure.

A finding is the query of a check, a visit that was missed or not done, or what a site entered as a deviation. A person
judges it as an important deviation (ICH E3, questions and answers of 2012, 7), another one, or none (REQ-QRY-06).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from edc_core.api import EntryStatus, PartialDate, QueryState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edc_core.api import FoundListing, ItemPath, ListedForm, QueryFact, StudyNote, VisitNotDone

WINDOW = "EDC.WINDOW"  #: the check of the framework on dates outside their windows
MISSED = "missed visit"
ENTERED = "entered by the site"
TERM = "DV.DVTERM"  #: what an item is called in SDTM (SDTMIG 3.4, 6.2.5) that holds the words of a deviation
WORD = "deviation"  #: a check whose message has it speaks of one, until somebody chooses the checks


class Category(StrEnum):
    """How a finding was judged."""

    IMPORTANT = "important"  #: it may affect the data, or rights, safety or well-being of the subject
    OTHER = "other"
    NONE = "no deviation"


@dataclass(frozen=True, slots=True)
class Found:
    """:param key: what a judgement is kept by; it holds no number of a subject. :param where: visit, form and item in words.

    :param check: OID of the check that found it, ``missed visit`` or ``entered by the site``.
    :param query_id: its query; empty for others. :param holds: the data still say so.
    :param at: UTC ISO 8601, or the last day of a window. :param was: the key that judgements were kept by before.
    :param form: where a site entered it. :param details: what else it entered there, question and answer.
    """

    key: str
    subject_key: str
    site: str
    where: str
    what: str
    check: str
    at: str
    query_id: str = ""
    holds: bool = True
    was: str = ""
    form: ItemPath | None = None
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """:param n: of its entry in the chain of the study. :param report: an authority or an ethics committee is to be told.

    :param words: what happened, or why it is no deviation. :param who: name and role.
    """

    n: int
    category: Category
    report: bool
    words: str
    who: str
    role: str
    at: str


@dataclass(frozen=True, slots=True)
class Line:
    """A finding. :param judgements: newest first; the first one counts."""

    found: Found
    judgements: tuple[Judgement, ...] = ()

    @property
    def judgement(self) -> Judgement | None:
        return self.judgements[0] if self.judgements else None

    @property
    def state(self) -> str:
        """A category, or ``to judge``."""
        return self.judgement.category.value if self.judgement else "to judge"


def checks_at_first(queries: Iterable[QueryFact]) -> frozenset[str]:
    """The checks that count before anybody chose: visit windows, and those whose question names a deviation."""
    return frozenset(
        query.check_oid
        for query in queries
        if query.check_oid and (query.check_oid == WINDOW or WORD in query.text.lower())
    )


def of_queries(queries: Iterable[QueryFact], checks: frozenset[str]) -> list[Found]:
    """What these checks found, as their queries tell."""
    return [
        Found(
            f"query-{query.query_id}", query.subject_key, query.site, query.where, query.text, query.check_oid,
            query.opened_at, query.query_id, query.state is not QueryState.RESOLVED,
        )
        for query in queries
        if query.check_oid in checks
    ]  # fmt: skip


def missed_visits(forms: Iterable[ListedForm], not_done: Iterable[VisitNotDone]) -> list[Found]:
    """Visits whose window is over without anything begun, and those that were said not to have taken place: as a whole, or
    by a mark on every form.
    """
    found = {}
    for one in not_done:
        what = f"The visit was marked as not done: {one.reason}"
        key = _key("visit", one.subject_id, one.path)
        found[key] = Found(
            key, one.subject_key, one.site, one.visit, what, MISSED, "", was=_key("visit", one.subject_key, one.path)
        )  # fmt: skip
    visits: dict[tuple[str, str], list[ListedForm]] = defaultdict(list)
    for form in forms:
        visits[form.subject_id, str(form.path.event)].append(form)
    for (subject_id, event), of_visit in visits.items():
        first = of_visit[0]
        if all(form.status is EntryStatus.NOT_DONE for form in of_visit):
            what = "Every form of the visit is marked as not done."
        elif first.standing == "overdue" and not first.visit_begun:
            day = PartialDate.parse(first.last_day[:10]).display()
            what = f"Nothing was entered, and the window ended on {day}."
        else:
            continue
        key, was = _key("visit", subject_id, event), _key("visit", first.subject_key, event)
        missed = Found(key, first.subject_key, first.site, first.visit, what, MISSED, first.last_day, was=was)
        found.setdefault(key, missed)
    return list(found.values())


def entered(term: str, rows: FoundListing, forms: Mapping[tuple[str, str], ListedForm]) -> list[Found]:
    """What sites entered as deviations, as rows of a form tell.

    :param term: OID of the item with the words. :param forms: by (subject id, path of the form); rows elsewhere stand in a
        visit that was removed.
    """
    found = []
    for row in rows.rows:
        place = row.path
        form = forms.get((row.subject_id, str(place.form_path)))
        cells = [(column, cell) for column, cell in zip(rows.columns, row.cells, strict=True) if cell]
        if form is None or not cells:
            continue
        words = next((cell for column, cell in cells if column.oid == term), "")
        at_row = f", row {place.groups[-1].key}" if place.groups else ""
        details = tuple((column.label, cell) for column, cell in cells if column.oid != term)
        found.append(
            Found(
                _key("entry", row.subject_id, place), row.subject_key, row.site, f"{form.visit}, {form.title}{at_row}",
                words or "What happened is not written yet.", ENTERED, form.at, form=form.path, details=details,
            )
        )  # fmt: skip
    return found


def _key(kind: str, subject: str, place: object) -> str:
    return f"{kind}-{hashlib.sha256(f'{subject}/{place}'.encode()).hexdigest()[:32]}"


def judgements_of(notes: Iterable[StudyNote]) -> dict[str, tuple[Judgement, ...]]:
    """By the key of the finding, newest first; each person's newest."""
    found: dict[str, list[Judgement]] = defaultdict(list)
    for note in sorted(notes, key=lambda one: one.n, reverse=True):
        said = note.content
        found[note.name].append(
            Judgement(
                note.n, Category(said["category"]), said["report"], said["words"], note.full_name, note.role, note.at
            )
        )  # fmt: skip
    return {key: tuple(many) for key, many in found.items()}


def lines_of(found: Iterable[Found], judgements: Mapping[str, tuple[Judgement, ...]]) -> Sequence[Line]:
    """What is to be judged and was not comes first, then by site and subject.

    What no longer holds needs no judgement; where it has one, it stays in the log.
    """
    lines = [Line(one, judgements.get(one.key, ()) + judgements.get(one.was, ())) for one in found]
    kept = [line for line in lines if line.found.holds or line.judgement]
    return sorted(
        kept,
        key=lambda line: (line.judgement is not None, line.found.site, line.found.subject_key, line.found.at),
    )
