"""A casebook before a reviewer, value by value."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from edc_core.domain.file_value import FileValue
from edc_core.domain.protection import ALLOWED, Touch
from edc_core.domain.review import RIGHTS, ReviewState
from edc_core.domain.review_plan import ReviewGroup, wanted
from edc_core.domain.review_work import Coverage, Desk, ReviewForm, ReviewRow
from edc_core.domain.value_words import MISSING_WORDS
from edc_core.domain.values import display
from edc_core.services.reading import look_at_subject, note_shown, words_of
from edc_core.services.review_coverage import counted, plan_at, review_site, study_coverage
from edc_core.services.reviewing import review_state
from edc_core.store import readers

if TYPE_CHECKING:
    from edc_core.domain.casebook import Casebook, ItemData
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import ItemDef
    from edc_core.domain.review_plan import Wanted
    from edc_core.domain.review_work import StudyCoverage
    from edc_core.services.reading import StudyPicture


def groups_of(picture: StudyPicture, subject_key: str = "") -> tuple[ReviewGroup, ...]:
    """The groups whose marks the person gives: anywhere in the study, or at a subject's site.

    :raises NotFound: no such subject in scope.
    """
    site_id = look_at_subject(picture, subject_key).site_id if subject_key else ""
    return tuple(group for group in ReviewGroup if picture.may(RIGHTS[group], site_id))


def coverage_of(picture: StudyPicture, group: ReviewGroup) -> StudyCoverage:
    """See ``StudyAccess.review_coverage``."""
    picture.actor.role_for(RIGHTS[group], picture.place())
    return study_coverage(picture, group, picture.sites_for(RIGHTS[group]) & frozenset(picture.sites))


def desk_of(picture: StudyPicture, subject_key: str, group: ReviewGroup) -> Desk:
    """See ``StudyAccess.review_desk``."""
    found = desk(picture, subject_key, group)
    picture.actor.role_for(RIGHTS[group], picture.place(found.site.site_id))
    return found


def desk(picture: StudyPicture, subject_key: str, group: ReviewGroup) -> Desk:
    """Everything a group may look at in a casebook; the casebook's statements and no more.

    :raises NotFound: no such subject in scope.
    """
    subject = look_at_subject(picture, subject_key)
    site, language = picture.sites[subject.site_id], picture.language(subject.site_id)
    book = readers.casebook(picture.source, subject)
    plan = plan_at(picture, site, group)
    asked = wanted(plan, group, subject.subject_id, site.number, site.risk)
    seen = picture.scope_at([site.site_id])
    by_form: dict[ItemPath, list[ItemPath]] = defaultdict(list)
    for path in book.items:
        if seen.shows(subject.subject_id, path):
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
    shown = (picture.version(book.forms[form].meta_data_version).items.get(path.item or "")
             for form in by_form if form in book.forms for path in by_form[form])  # fmt: skip
    note_shown(picture, f"subject:{subject.subject_id} review", shown)
    return Desk(subject, review_site(site), bool(plan), tuple(forms))


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
    coverage = sum((counted(row.state, 1) for row in rows if _is_planned(row, asked)), Coverage())
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
        return f"No value: {MISSING_WORDS.get(data.missing, data.missing)}"
    if data.value is None:
        return data.raw
    if item.file is not None:
        return FileValue.parse(data.value).display()
    decodes = index.decodes.get(item.code_list_oid or "")
    units = item.measurement_unit_oids
    unit = index.units.get(data.unit or (units[0] if len(units) == 1 else ""))
    shown = display(item, decodes, data.value)
    return f"{shown} {unit.symbol.in_language(language) or unit.name}" if unit else shown
