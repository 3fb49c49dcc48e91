"""The form page's context, and the parts of it that an answer to a write is made of."""

from __future__ import annotations

from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from flask import render_template, request, url_for
from markupsafe import Markup

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.file_value import FileValue
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.metadata import SiteDef
from edc_core.domain.permission import Action
from edc_core.domain.second_entry import COVERED, SECOND_ENTRY_PAGES, STATE_WORDS
from edc_core.errors import Covered
from edc_core.expressions.at_site import never_asked
from edc_core.ids import new_id
from edc_core.rendering.form_builder import FormBuilder, items_of, sections_of
from edc_core.rendering.view_model import Access, Addresses, FormFacts, Issues, Level, Note
from edc_core.services import following, scheduling
from edc_core.services.late import late
from edc_core.services.reading import SHOWS, note_shown, sensitive
from edc_core.store import checks, file_entries
from edc_core.web import htmx, plugin_pages
from edc_core.web.capture.form_signature import form_signature
from edc_core.web.context import study, web
from edc_core.web.moments import moments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Response

    from edc_core.domain.file_value import FileScan
    from edc_core.domain.finding import Found
    from edc_core.domain.index import MetaDataIndex
    from edc_core.expressions.rule_book import Dependants
    from edc_core.rendering.view_model import FormPage
    from edc_core.store.readers import SiteRow
    from edc_core.web.capture.late_checks import Late
    from edc_core.web.pictures import SubjectPicture

TEMPLATE = "capture/form.html"
SECTION = "capture/section.html"
_WAITS = (EntryStatus.NOT_STARTED, EntryStatus.IN_PROGRESS)


def builder(picture: SubjectPicture, form: ItemPath, *, open_row: ItemPath | None = None) -> FormBuilder:
    """What the form page and its parts are made with.

    :raises Covered: what stands in the form is kept from the person.
    """
    if form in picture.covered:
        raise Covered(COVERED)
    index = picture.index_of(form)
    index.check(form, keys_as_found=True)
    look = following.look(picture.casebook, index, form, picture.site, picture.study.source)
    return FormBuilder(
        web().markup.of(index, index.version.language_at(picture.site.number, picture.study.actor.language)),
        picture.casebook,
        form,
        access=_access(picture, index),
        addresses=_addresses(request.script_root, str(picture.study.study), picture.subject.subject_key),
        facts=FormFacts(
            notes=_notes(picture, form, [*look.findings, *_plugin_findings(picture, form)]),
            hidden=look.hidden,
            ranges={path: (said.low, said.high, said.flag) for path, said in look.ranges.items()},
            left_out=scheduling.forms_left_out(
                picture.study.source, picture.casebook, picture.index, form.parent, picture.site
            ),
            zone=picture.site.zone,
            country=picture.site.country,
            elsewhere=partial(never_asked, index, form.form.oid if form.form else "", _site(picture.site)),
            units=cache(partial(picture.units, form)),
        ),
        open_row=open_row,
    )


def _site(row: SiteRow) -> SiteDef:
    return SiteDef(row.number, row.name, row.country)


def _plugin_findings(picture: SubjectPicture, form: ItemPath) -> list[Found]:
    """What plugin checks said last about the items of a form."""
    if picture.as_of or not picture.index.version.plugins:
        return []  # only what they say now is kept
    return checks.findings(picture.study.source.connection, picture.subject, form)


def _notes(picture: SubjectPicture, form: ItemPath, said: list[Found]) -> dict[ItemPath, tuple[Note, ...]]:
    """What checks say and no query says, and what is known of viruses in files."""
    notes, silent = _of_files(picture, form), picture.site.silent
    asked = {(query.check_oid, query.finding_key, query.path) for query in picture.casebook.queries.values()}
    language = picture.index.version.language_at(picture.site.number, picture.study.actor.language)
    for found in said:
        if (found.check_oid, found.key, found.path) not in asked and found.check_oid not in silent:
            level: Level = "info" if found.check_oid == following.NO_INPUT else "warn"
            note = Note(level, found.message.in_language(language))
            notes[found.path] = (*notes.get(found.path, ()), note)
    return notes


def _of_files(picture: SubjectPicture, form: ItemPath) -> dict[ItemPath, tuple[Note, ...]]:
    assert form.form is not None
    index = picture.index_of(form)
    given = {
        path: item.value.partition("/")[0]
        for path, item in (picture.casebook.items.items() if form.form.oid in index.file_forms else ())
        if path.form_path == form and item.value and index.items[path.item or ""].file
    }
    source = picture.study.source
    said = file_entries.scans(source.connection, picture.subject.study_id, given.values()) if given else {}
    return {path: (_of_scan(said.get(sha256)),) for path, sha256 in given.items()}


_SCANNED: dict[str, tuple[Level, str]] = {
    "clean": ("info", "No virus found"),
    "infected": ("bad", "A virus was found, so nobody can open this file. Please send a clean one"),
    "failed": ("warn", "Could not be looked through for viruses"),
}


def _of_scan(scan: FileScan | None) -> Note:
    if scan is None:
        return Note("info", "Not looked through for viruses.")
    level, words = _SCANNED[scan.state]
    return Note(level, f"{words} ({'; '.join(filter(None, [scan.found, scan.by, moments().day(scan.at)]))}).")


def _access(picture: SubjectPicture, index: MetaDataIndex) -> Access:
    kept = sensitive(index)
    unseen = {kind for kind in {kind for _, kind in kept} if not picture.shows(SHOWS[kind])}
    return Access(
        enter=picture.may(Action.ENTER_DATA),
        reopen=picture.may(Action.REOPEN_FORM),
        strike=picture.may(Action.STRIKE),
        answer=picture.may(Action.ANSWER_QUERY),
        ask=picture.may(Action.CREATE_QUERY),
        unseen=frozenset(oid for oid, kind in kept if kind in unseen),
    )


@lru_cache(maxsize=4096)
def _addresses(_root: str, study_name: str, subject_key: str) -> Addresses:
    """One address is built by the router, the rest by joining: a form has hundreds, and each save asks again."""
    probe = ItemPath(Step("E"), Step("F"), (Step("G"),), "I")
    items = url_for("capture.save_item", study=study_name, subject_key=subject_key, path=probe)
    items = items.removesuffix(quote(str(probe), safe="/[]"))
    queries = url_for("capture_queries.query", study=study_name, subject_key=subject_key, query_id="q")[:-1]
    return Addresses(
        item=lambda path: items + quote(str(path), safe="/[]"),
        query=lambda query_id: queries + query_id,
        file=lambda path: url_for(
            "capture_files.download", study=study_name, subject_key=subject_key, path=path
        ),
    )


def form_url(subject_key: str, form: ItemPath, **more: object) -> str:
    return url_for(
        "capture.form",
        study=str(study()),
        subject_key=subject_key,
        event=form.event,
        form=form.form,
        **more,  # type: ignore[arg-type]
    )


def casebook_url(subject_key: str) -> str:
    return url_for("subjects.casebook", study=str(study()), subject_key=subject_key)


def context(made: FormBuilder, page: FormPage, *, pending: bool = False) -> dict[str, object]:
    """What the form template receives; ``was`` are items whose words plugin checks at work may take away."""
    after = next_form(made)
    return block_context(page) | {
        "late": pending,
        "was": ",".join(row.path.dom_id for row in items_of(page.parts) if row.notes),
        "casebook_url": casebook_url(page.subject_key),
        "next_url": form_url(page.subject_key, after) if after else "",
        "draw": made.markup.row,
        "reasons": made.index.version.policy.words_of_reasons(made.markup.language),
        "may_ask": made.access.ask,
        "form_url": form_url(page.subject_key, page.path),
        "place_url": lambda endpoint, path, **more: url_for(
            f"capture.{endpoint}", study=str(study()), subject_key=page.subject_key, path=path, **more
        ),
    }


def block_context(page: FormPage) -> dict[str, object]:
    """What those blocks receive that an answer is made of: status, counts, late."""
    return {
        "page": page,
        "op": new_id,
        "write_url": lambda endpoint: url_for(
            f"capture.{endpoint}", study=str(study()), subject_key=page.subject_key, path=page.path
        ),
    }


def form_page(
    picture: SubjectPicture, form: ItemPath, *, open_row: ItemPath | None = None, pending: bool = False
) -> str:
    """The whole page, or ``#form`` alone.

    :param pending: plugin checks of the subject are still at work.
    """
    made = builder(picture, form, open_row=open_row)
    where = f"subject:{picture.subject.subject_id} {form}{f' as of {picture.as_of}' if picture.as_of else ''}"
    note_shown(picture.study, where, made.shown_items())
    then = then_url = ""
    if picture.as_of:
        then = moments(picture.site.zone or "UTC").second(picture.as_of)
        key = picture.subject.subject_key
        then_url = url_for("audit.then", study=str(study()), subject_key=key, on=picture.as_of)
    signature = None if then else form_signature(picture, form)
    second, second_url = ("", "") if then else _second_entry(picture, form)
    told = {"then": then, "then_url": then_url, "signature": signature}
    told |= {"second": second, "second_url": second_url}
    return htmx.page(TEMPLATE, "form", **context(made, made.page(), pending=pending), **told)


def _second_entry(picture: SubjectPicture, form: ItemPath) -> tuple[str, str]:
    """How far the second entry of a form is, in words, and where it is done; both empty where the form has none."""
    policy, subject = picture.index.version.policy, picture.subject
    if form.form is None or form.form.oid not in policy.double_entry or subject.is_record:
        return "", ""
    if not policy.enters_twice(form.form.oid, subject.subject_id):
        return "not needed for this subject", ""
    entries = late("second_entries", "second_entries")(picture.study, subject.subject_key)
    state = next((one.state for one in entries if one.path == form), None)
    if state is None:
        return "when this form is complete", ""
    return STATE_WORDS[state], second_entry_url(picture, form, "form")


def second_entry_url(picture: SubjectPicture, form: ItemPath, page: str) -> str:
    """:param page: ``form``, where it is typed a second time, or ``first``, where one is told why it is covered."""
    where = {"subject": picture.subject.subject_key, "form": str(form)}
    return plugin_pages.address(SECOND_ENTRY_PAGES, page, where)


def form_part(
    picture: SubjectPicture, form: ItemPath, *, open_row: ItemPath | None = None, focus: str = "", pending: bool = False
) -> str:  # fmt: skip
    """``#form`` after a write that may have changed all of it, with the word where focus goes.

    :param pending: plugin checks of the subject are still at work.
    """
    made = builder(picture, form, open_row=open_row)
    page = made.page()
    shown = context(made, page, pending=pending)
    return htmx.block(TEMPLATE, "form", **shown, focus=focus or page.issues.first or "complete", wish=True)


def saved(picture: SubjectPicture, path: ItemPath, *, op: str, at: str, checked: Late) -> Response:
    """The answer to a saved item: its note; its marks, the form's status and counts out of band.

    Other items come along when plugin checks say something about them, or did before. When checks are still at work
    the page asks again for what they find.
    """
    made = builder(picture, path.form_path, open_row=path.parent)
    row = made.row(path)
    depending = following.dependants(made.index, path)
    times = {path.parent.with_item(time) for time, date in made.index.days.items() if date == path.item}
    elsewhere = [
        made.row(other)
        for _, other, dom_id in (made.seen() if made.facts.notes or checked.before or times else ())
        if other != path
        and other.item not in depending.items
        and (other in made.facts.notes or dom_id in checked.before or other in times)
    ]
    return htmx.fragment(
        made.markup.note(row),
        made.markup.marks(row, oob=True),
        *(_drawn_anew(made, depending) if depending else ()),
        *(made.markup.note(other, oob=True) + made.markup.marks(other, oob=True) for other in elsewhere),
        *_state_of_form(made.summary(), checked),
        Edc_Op=op,
        Edc_Version=str(row.version),
        Edc_Saved_At=at,
        Edc_Shown=quote(row.shown if row.data.reading == "ok" else ""),
    )


class StateOfForm(NamedTuple):
    """What the status and the counts of a form show that waits for nothing to be done about its status.

    The same for many subjects, so worth keeping; the blocks read nothing else of a page.
    """

    status: str
    status_icon: str
    status_kind: str
    not_done_reason: str
    answered: int
    total: int
    issues: Issues
    can_mark_not_done: bool = False
    can_clear_not_done: bool = False


def _state_of_form(page: FormPage, checked: Late) -> Iterator[Markup]:
    if page.can_mark_not_done or page.can_clear_not_done:  # their buttons have an operation and an address
        yield htmx.block(TEMPLATE, "status", "counts", **block_context(page), oob=True)
    else:
        yield _drawn_state(StateOfForm(*(getattr(page, name) for name in _OF_STATE)))
    if checked.pending:
        was = ",".join(sorted(checked.before))
        yield htmx.block(TEMPLATE, "late", **block_context(page), late=True, was=was, oob=True)


_OF_STATE = tuple(name for name in StateOfForm._fields if not name.startswith("can_"))


@lru_cache(maxsize=4096)
def _drawn_state(page: StateOfForm) -> Markup:
    return htmx.block(TEMPLATE, "status", "counts", page=page, oob=True)


def _drawn_anew(made: FormBuilder, depending: Dependants) -> Iterator[Markup]:
    """Items that the change may hide, show or calculate, and sections that come or go with it."""
    page = made.page()
    for part in sections_of(page.parts):
        for other in part.items:
            if other.path.item in depending.items:
                yield htmx.instead(other.id, made.markup.row(other, other.layout))
        if part.group_oids in depending.groups:
            yield htmx.instead(part.id, htmx.block(SECTION, "section", **context(made, page), part=part))


def messages(picture: SubjectPicture, form: ItemPath, *, pending: bool, was: frozenset[str]) -> Response:
    """What came after the answer: notes and marks of every item that has something to say, or had, and whatever functions
    of plugins have calculated, hidden or shown.
    """
    made = builder(picture, form)
    page = made.page()
    answered = following.answered(made.index, form)
    said = [row for row in items_of(page.parts) if row.notes or row.path.dom_id in was]
    shown = block_context(page)
    return htmx.fragment(
        htmx.block(TEMPLATE, "late", **shown, late=pending, was=",".join(sorted(was))),
        *(
            made.markup.note(row, oob=True) + made.markup.marks(row, oob=True)
            for row in said
            if row.path.item not in answered.items
        ),
        *(() if pending else _drawn_anew(made, answered)),
        htmx.block(TEMPLATE, "counts", **shown, oob=True),
    )


def changed_item(picture: SubjectPicture, path: ItemPath) -> Markup:
    """What is asked about a place, and the form's counts, out of band: after something happened to a query."""
    if path.form is None:
        return Markup()
    made = builder(picture, path.form_path)
    shown = block_context(made.summary())
    counts = htmx.block(TEMPLATE, "counts", **shown, oob=True)
    if path.item is None:
        return htmx.block(TEMPLATE, "asked", **shown, oob=True) + counts
    row = made.row(path)
    return made.markup.note(row, oob=True) + made.markup.marks(row, oob=True) + counts


def not_stored(path: ItemPath, message: str, *, asks: bool) -> Response:
    """The note of an item whose value was refused. The value itself is on the screen and nowhere else.

    :param asks: a scanner refuses only until the person says that it is no identifier.
    """
    button = Markup(
        ' <button type="button" class="chip" data-do="cleared">Not an identifier: store it</button>'
    )
    note = Markup('<div class="nt" id="m-{}" aria-live="polite"><span class="bad">{}</span>{}</div>')
    text = note.format(path.dom_id, f"Not stored: {message}", button if asks else "")
    return htmx.fragment(text, status=422)


def conflict(picture: SubjectPicture, path: ItemPath, mine: str) -> Response:
    """The dialog that shows both values. Nothing is chosen for the person."""
    row = builder(picture, path.form_path).row(path)
    note_shown(picture.study, f"subject:{picture.subject.subject_id} {path}", [row.placed.item])
    if row.placed.item.file is not None and mine:
        mine = FileValue.parse(mine).display()  # it would not have come this far as anything else
    text = render_template("capture/conflict.html", row=row, mine=mine)
    return htmx.into(htmx.fragment(text, status=409), "#dialogs")


def next_form(made: FormBuilder) -> ItemPath | None:
    """The next form of the same event that waits for entry: those after this one first, then those before."""
    here = made.path
    assert here.event is not None and here.form is not None  # noqa: PT018
    oids = [ref.form_oid for ref in made.index.events[here.event.oid].form_refs]
    at = oids.index(here.form.oid) if here.form.oid in oids else -1
    for oid in (*oids[at + 1 :], *oids[: max(at, 0)]):
        candidate = ItemPath(here.event, Step(oid))
        data = made.casebook.forms.get(candidate)
        if (data is None or data.status in _WAITS) and candidate not in made.facts.left_out:
            return candidate
    return None
