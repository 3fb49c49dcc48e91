"""What is to be verified or reviewed: by site and subject, in a casebook, and value by value."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edc_core.domain.file_value import FileValue
from edc_core.domain.item_path import ItemPath
from edc_core.domain.protection import ALLOWED, Touch
from edc_core.domain.review import ReviewState
from edc_core.domain.review_plan import wanted
from edc_core.domain.values import display
from edc_core.services.history import MISSING
from edc_core.services.reading import look_at_subject, words_of
from edc_core.services.reviewing import review_state
from edc_core.store import readers, review_readers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edc_core.domain.casebook import Casebook, ItemData, Subject
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.metadata import ItemDef
    from edc_core.domain.review import ReviewMark
    from edc_core.domain.review_plan import ReviewGroup, ReviewRule, Wanted
    from edc_core.services.reading import StudyPicture
    from edc_core.store.readers import SiteRow


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many values the plan asks for, how many of them are marked, and how many marks a change took away."""

    planned: int = 0
    done: int = 0
    dropped: int = 0

    @property
    def remaining(self) -> int:
        return self.planned - self.done

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(self.planned + other.planned, self.done + other.done, self.dropped + other.dropped)


NO_COVERAGE = Coverage()


@dataclass(frozen=True, slots=True)
class SubjectCoverage:
    subject_key: str
    site_id: str
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class StudyCoverage:
    """One group's work in a study.

    :param has_plan: the plan in force at one of the sites has a rule for the group.
    :param sites: those where the person may give the group's marks, with what is planned there.
    """

    has_plan: bool
    sites: tuple[tuple[SiteRow, Coverage], ...]
    subjects: tuple[SubjectCoverage, ...]

    @property
    def total(self) -> Coverage:
        return sum((coverage for _, coverage in self.sites), Coverage())


def study_coverage(picture: StudyPicture, group: ReviewGroup, sites: Iterable[str]) -> StudyCoverage:
    """Planned and done, in one statement however many subjects there are.

    :param sites: ids of the sites looked at, in scope.
    """
    chosen = [picture.sites[site_id] for site_id in picture.sites if site_id in frozenset(sites)]
    has_plan = any(_plan(picture, site, group) for site in chosen)
    by_subject: dict[tuple[str, str], Coverage] = defaultdict(Coverage)
    for row in _asked_for(picture, group, chosen):
        by_subject[row.subject_key, row.site_id] += _counted(row.state, row.values)
    subjects = tuple(SubjectCoverage(*key, coverage) for key, coverage in sorted(by_subject.items()))
    return StudyCoverage(
        has_plan,
        tuple(
            (site, sum((s.coverage for s in subjects if s.site_id == site.site_id), Coverage()))
            for site in chosen
        ),
        subjects,
    )


def form_coverage(
    picture: StudyPicture, group: ReviewGroup, subjects: Iterable[str]
) -> dict[tuple[str, ItemPath], Coverage]:
    """Planned and done of each form of some subjects in scope, by subject id; one statement where there is a plan."""
    found: dict[tuple[str, ItemPath], Coverage] = defaultdict(Coverage)
    for row in _asked_for(picture, group, picture.sites.values(), frozenset(subjects)):
        found[row.subject_id, readers.path_of(row.form)] += _counted(row.state, row.values)
    return found


def _asked_for(
    picture: StudyPicture, group: ReviewGroup, sites: Iterable[SiteRow], ids: frozenset[str] | None = None
) -> Iterator[review_readers.Counted]:
    """What is there to be reviewed and what the plan in force at its site asks for."""
    plans = {site.site_id: _plan(picture, site, group) for site in sites}
    rules = list(dict.fromkeys(rule for plan in plans.values() for rule in plan))
    if not rules:
        return
    scope = picture.scope if len(plans) == len(picture.sites) else picture.scope_at(plans)
    for row in review_readers.counts(picture.source.connection, scope, group, rules, ids):
        named = (rule for rule, is_named in zip(rules, row.named, strict=True) if is_named)
        plan, number = plans[row.site_id], picture.sites[row.site_id].number
        if any(rule in plan and rule.takes(row.subject_id, number) for rule in named):
            yield row


def _plan(picture: StudyPicture, site: SiteRow, group: ReviewGroup) -> tuple[ReviewRule, ...]:
    """The rules of a group in the version in force at a site."""
    if not site.meta_data_version:
        return ()
    plan = picture.version(site.meta_data_version).version.review_plan
    return tuple(rule for rule in plan if rule.group is group)


def _counted(state: str, values: int) -> Coverage:
    return Coverage(
        values,
        values if state == ReviewState.VERIFIED else 0,
        values if state == ReviewState.DROPPED else 0,
    )


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A value as a reviewer sees it.

    :param row: its row of a table, where it stands in one.
    :param text: the value or the reason why there is none, in words.
    """

    path: ItemPath
    question: str
    row: str
    text: str
    version: int
    state: ReviewState
    mark: ReviewMark | None
    open: bool

    @property
    def is_waiting(self) -> bool:
        return self.open and self.state in (ReviewState.REQUIRED, ReviewState.DROPPED)


@dataclass(frozen=True, slots=True)
class ReviewForm:
    """One form before a reviewer, its values in the order of its page."""

    path: ItemPath
    event: str
    title: str
    rows: tuple[ReviewRow, ...]
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Desk:
    """A subject's forms that hold something, in the order of the study, for one group."""

    subject: Subject
    site: SiteRow
    has_plan: bool
    forms: tuple[ReviewForm, ...]

    def at(self, place: ItemPath) -> Desk:
        """The part below a place: a form, a visit, or all."""
        return replace(self, forms=tuple(form for form in self.forms if place.contains(form.path)))

    @property
    def coverage(self) -> Coverage:
        return sum((form.coverage for form in self.forms), Coverage())

    @property
    def waiting(self) -> tuple[ReviewRow, ...]:
        return tuple(row for form in self.forms for row in form.rows if row.is_waiting)

    def after(self, place: ItemPath) -> ItemPath | None:
        """The next form with something to do: those after a place first, then those before it."""
        paths = [form.path for form in self.forms]
        at = paths.index(place) + 1 if place in paths else 0
        ahead = [*self.forms[at:], *self.forms[: max(at - 1, 0)]]
        return next((form.path for form in ahead if any(row.is_waiting for row in form.rows)), None)


def desk(picture: StudyPicture, subject_key: str, group: ReviewGroup) -> Desk:
    """Everything a group may look at in a casebook; the casebook's statements and no more.

    :raises NotFound: no such subject in scope.
    """
    subject = look_at_subject(picture, subject_key)
    site, language = picture.sites[subject.site_id], picture.language(subject.site_id)
    book = readers.casebook(picture.source, subject)
    plan = _plan(picture, site, group)
    asked = wanted(plan, group, subject.subject_id, site.number)
    hidden = picture.hidden_at([site.site_id])
    by_form: dict[ItemPath, list[ItemPath]] = defaultdict(list)
    for path in book.items:
        if path.item not in hidden:
            by_form[path.form_path].append(path)
    forms = [
        _form(
            book,
            picture.version(book.forms[path].meta_data_version),
            path,
            by_form[path],
            group,
            asked,
            language,
        )
        for path in sorted(by_form, key=lambda form: _place(picture.index, form))
        if path in book.forms
    ]
    return Desk(subject, site, bool(plan), tuple(forms))


def _place(index: MetaDataIndex, form: ItemPath) -> tuple[object, ...]:
    """Where a form stands in the study: by visit, its occurrence, then as the visit lists its forms."""
    assert form.event is not None
    assert form.form is not None
    event = index.events.get(form.event.oid)
    oids = [ref.form_oid for ref in event.form_refs] if event else []
    at = oids.index(form.form.oid) if form.form.oid in oids else len(oids)
    return index.event_order.get(form.event.oid, len(index.events)), form.event.rank, at, form.form.rank


def _form(
    book: Casebook,
    index: MetaDataIndex,
    form: ItemPath,
    paths: list[ItemPath],
    group: ReviewGroup,
    asked: Wanted,
    language: str,
) -> ReviewForm:
    assert form.form is not None
    order = {(p.group_oids, p.item.oid): n for n, p in enumerate(index.placed_items(form.form.oid))}
    known = [path for path in paths if (path.group_oids, path.item) in order]
    first = {
        oid: min(n for (oids, _), n in order.items() if oid in oids)
        for path in known
        for oid in path.group_oids
    }

    def place(path: ItemPath) -> tuple[object, int]:
        return [(first[step.oid], step.rank) for step in path.groups], order[path.group_oids, path.item or ""]

    rows = [_row(book, index, path, group, asked, language) for path in sorted(known, key=place)]
    coverage = sum((_counted(row.state, 1) for row in rows if _is_planned(row, asked)), Coverage())
    words = words_of(index, form, language)
    return ReviewForm(form, words.event, words.form, tuple(rows), coverage)


def _is_planned(row: ReviewRow, asked: Wanted) -> bool:
    return row.state not in (ReviewState.NOT_APPLICABLE, ReviewState.NOT_REQUIRED) and asked.asks(row.path)


def _row(
    book: Casebook, index: MetaDataIndex, path: ItemPath, group: ReviewGroup, asked: Wanted, language: str
) -> ReviewRow:
    words, data = words_of(index, path, language), book.items[path]
    return ReviewRow(
        path,
        words.item,
        words.row,
        _value(index, index.place(path).item, data, language),
        data.version,
        review_state(book, group, path, asked),
        book.marks.get((path, group)),
        open=Touch.REVIEW in ALLOWED[book.protection(path)],
    )


def _value(index: MetaDataIndex, item: ItemDef, data: ItemData, language: str) -> str:
    if data.missing:
        return f"No value: {MISSING.get(data.missing, data.missing)}"
    if data.value is None:
        return data.raw
    if item.file is not None:
        return FileValue.parse(data.value).display()
    decodes = index.decodes.get(item.code_list_oid or "")
    units = item.measurement_unit_oids
    unit = index.units.get(data.unit or (units[0] if len(units) == 1 else ""))
    shown = display(item, decodes, data.value)
    return f"{shown} {unit.symbol.in_language(language) or unit.name}" if unit else shown
