"""The pages: the log with its filters and file, one finding with its judgements, and which checks count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    Action,
    AddNote,
    Attachment,
    BadRequest,
    ListingWanted,
    MenuEntry,
    NotAllowed,
    NotFound,
    Page,
    QueryState,
    Refused,
    SeeOther,
    collector_resting,
)
from edc_core_deviations.log import (
    TERM,
    Category,
    Line,
    checks_at_first,
    entered,
    judgements_of,
    lines_of,
    missed_visits,
    of_queries,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edc_core.api import ListedForm, PageRequest, QueryFact, StudyAccess, Times
    from edc_core_deviations.log import Found

JUDGED, CHECKS = "deviations.judgement", "deviations.checks"
JUDGES = (Action.REVIEW_DATA, Action.REVIEW_MEDICAL, Action.VERIFY_SOURCE)
STATES = ("to judge", *(category.value for category in Category))
PAGE = 100
LONGEST = 2000
READ = 2000  #: deviations that sites entered, read at once
HEADER = (
    "Subject", "Site", "Where", "What was found", "Answers beside it", "Check", "Found (UTC)", "Still so", "Judged",
    "To be reported", "Words", "By", "Role", "At (UTC)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LogPage:
    """:param counts: (state, how many) over all sites and states. :param sees_judgements: else the person sees findings alone.

    :param checks: (OID, how often it asked, whether it counts). :param page: from 1, of ``pages``.
    """

    study: str
    lines: Sequence[Line]
    total: int
    counts: tuple[tuple[str, int], ...]
    sites: tuple[str, ...]
    given: Mapping[str, str]
    sees_judgements: bool
    may_judge: bool
    may_choose: bool
    checks: tuple[tuple[str, int, bool], ...]
    page: int
    pages: int
    op: str
    times: Times


@dataclass(frozen=True, slots=True)
class FindingPage:
    """:param message: why nothing was kept; ``category``, ``report``, ``said`` are as they were sent then."""

    study: str
    line: Line
    categories: tuple[Category, ...]
    may_judge: bool
    op: str
    times: Times
    message: str = ""
    category: str = ""
    report: bool = False
    said: str = ""


@collector_resting()
def log(asked: PageRequest) -> LogPage:
    """A page of the log."""
    study, given = asked.study, _given(asked)
    queries = _asked_queries(study)
    chosen = _checks(study, queries)
    every = _lines(study, queries, chosen)
    found = _narrowed(every, given)
    page, pages = asked.page_of(len(found), PAGE)
    counted = Counter(line.state for line in every)
    fired = Counter(query.check_oid for query in queries if query.check_oid)
    return LogPage(
        study=study.name,
        lines=found[(page - 1) * PAGE : page * PAGE],
        total=len(found),
        counts=tuple((state, counted[state]) for state in STATES),
        sites=tuple(sorted({line.found.site for line in every})),
        given=given,
        sees_judgements=_sees_all(study),
        may_judge=_may_judge(study),
        may_choose=_sees_all(study) and study.may(Action.REVIEW_DATA),
        checks=tuple((oid, fired[oid], oid in chosen) for oid in sorted({*fired, *chosen})),
        page=page,
        pages=pages,
        op=asked.op,
        times=asked.times,
    )


def as_csv(asked: PageRequest) -> Attachment:
    """All pages of what the filters leave."""
    queries = _asked_queries(asked.study)
    found = _narrowed(_lines(asked.study, queries, _checks(asked.study, queries)), _given(asked))
    return Attachment.table("deviations.csv", HEADER, (_cells(line) for line in found))


def finding(asked: PageRequest) -> FindingPage:
    """One finding, how it was judged before, and the form to judge it."""
    return _finding(asked, _line(asked))


def judge(asked: PageRequest) -> SeeOther | Refused:
    """Keep a judgement; the one before it stays in the ledger."""
    study, line = asked.study, _line(asked)
    if not _sees_all(study):
        raise NotAllowed("Deviations are judged by those who see every site of the study.")
    category, words = asked.text("category"), asked.text("words", longest=LONGEST)
    report = asked.text("report") == "1"
    said = ""
    if asked.text("seen") != str(line.judgement.n if line.judgement else 0):
        said = "Somebody judged it while you read. Look at the judgement above, then judge again if it is still needed."
    elif category not in {one.value for one in Category}:
        said = "Choose whether it is important, another deviation, or none."
    elif not words:
        said = "Write what happened; where it is no deviation, why."
    elif report and category == Category.NONE:
        said = "What is no deviation is not reported. Choose another category, or take the tick away."
    if not said:
        content = {"category": category, "report": report, "words": words}
        try:
            study.submit(_note(asked, JUDGED, line.found.key, content))
        except BadRequest as error:
            said = error.message
    if said:
        return Refused(_finding(asked, line, said, category, words, report=report))
    return SeeOther("", {"state": "to judge"})


def choose(asked: PageRequest) -> SeeOther:
    """Keep which checks speak of deviations."""
    study = asked.study
    if not _sees_all(study):
        raise NotAllowed("The checks are chosen by those who see every site of the study.")
    queries = _asked_queries(study)
    known = {query.check_oid for query in queries} | _checks(study, queries)
    chosen = sorted(set(asked.texts("check")) & known)
    study.submit(_note(asked, CHECKS, "checks", {"checks": chosen}))
    return SeeOther("", {}, "checks")


def _note(asked: PageRequest, topic: str, name: str, content: dict[str, object]) -> AddNote:
    op = asked.text("op", required=True)
    return AddNote(study_id=asked.study.study_id, op=op, topic=topic, name=name, content=content)


def _finding(
    asked: PageRequest, line: Line, message: str = "", category: str = "", words: str = "", *, report: bool = False
) -> FindingPage:  # fmt: skip
    return FindingPage(
        asked.study.name, line, tuple(Category), _may_judge(asked.study), asked.op, asked.times, message, category,
        report, words,
    )  # fmt: skip


def _line(asked: PageRequest) -> Line:
    """:raises NotFound: no such finding, or one that the person may not know of."""
    key, queries = asked.text("key", required=True), _asked_queries(asked.study)
    found = next(
        (line for line in _lines(asked.study, queries, _checks(asked.study, queries)) if line.found.key == key),
        None,
    )  # fmt: skip
    if found is None:
        raise NotFound(
            "This finding is not there (any more): the value was put right, the visit took place, or the row was struck."
        )
    return found


def _asked_queries(study: StudyAccess) -> tuple[QueryFact, ...]:
    return tuple(query for query in study.queries() if query.state is not QueryState.CANDIDATE)


def _checks(study: StudyAccess, queries: Sequence[QueryFact]) -> frozenset[str]:
    """As somebody chose them last; only who sees every site can know, and sees the judgements."""
    chosen = max(study.notes(CHECKS), key=lambda note: note.n, default=None)
    return checks_at_first(queries) if chosen is None else frozenset(chosen.content["checks"])


def _lines(study: StudyAccess, queries: Sequence[QueryFact], checks: frozenset[str]) -> Sequence[Line]:
    forms = study.forms()
    found = [
        *of_queries(queries, checks), *missed_visits(forms, study.visits_not_done()), *_entered(study, forms),
    ]  # fmt: skip
    return lines_of(found, judgements_of(study.notes(JUDGED)) if _sees_all(study) else {})


def _entered(study: StudyAccess, forms: Sequence[ListedForm]) -> Iterator[Found]:
    """What sites entered in forms that have an item for the words of a deviation."""
    index = study.session()[1].index
    begun = {(form.subject_id, str(form.path)): form for form in forms if form.at}
    for part in study.listing_parts():
        places = index.places_in_row[part.group] if part.group else index.places_outside_rows[part.form]
        items = (index.items[oid] for _, oid in places.values())
        term = next((item.oid for item in items if any(alias.name == TERM for alias in item.aliases)), "")
        after, more = "", bool(term)
        while more:
            rows = study.listing(ListingWanted(form=part.form, group=part.group, after=after, limit=READ))
            yield from entered(term, rows, begun)
            after, more = rows.after, bool(rows.after)


def _sees_all(study: StudyAccess) -> bool:
    """Judgements are notes of the study, which are for those who view all of its sites."""
    return study.may(Action.VIEW_DATA, "*")


def _may_judge(study: StudyAccess) -> bool:
    return _sees_all(study) and any(study.may(action) for action in JUDGES)


def _given(asked: PageRequest) -> dict[str, str]:
    """:raises BadRequest: no such state."""
    given = {name: asked.text(name) for name in ("state", "site")}
    if given["state"] not in ("", *STATES):
        raise BadRequest(f"'{given['state']}' is no state of a deviation. Known are: {', '.join(STATES)}.")
    return given


def _narrowed(lines: Sequence[Line], given: Mapping[str, str]) -> list[Line]:
    return [
        line
        for line in lines
        if given["state"] in ("", line.state) and given["site"] in ("", line.found.site)
    ]


def _cells(line: Line) -> tuple[object, ...]:
    found, judged = line.found, line.judgement
    told = (
        ("yes" if judged.report else "no", judged.words, judged.who, judged.role, judged.at)
        if judged
        else ("",) * 5
    )
    return (
        found.subject_key, found.site, found.where, found.what,
        "; ".join(f"{question} {answer}" for question, answer in found.details), found.check, found.at,
        "yes" if found.holds else "no", line.state, *told,
    )  # fmt: skip


_SEES = Action.VIEW_DATA
PAGES = (
    Page(path="", action=_SEES, handler=log, template="deviations.html", menu=MenuEntry("Deviations", under="Queries")),
    Page(path="deviations.csv", action=_SEES, handler=as_csv, leaves=True),
    Page(path="finding", action=_SEES, handler=finding, template="finding.html"),
    Page(path="finding", action=JUDGES, handler=judge, template="finding.html", method="POST"),
    Page(path="checks", action=Action.REVIEW_DATA, handler=choose, method="POST"),
)  # fmt: skip
