"""The values of a form, or of its rows, as a table: columns, filters and order as chosen, kept under a name."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from edc_core.api import AddNote, Attachment, BadRequest, ListingWanted, NotFound, Refused, SeeOther

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.api import FoundListing, ListingPart, PageRequest, StudyNote

TOPIC = "listings.items"
PAGE, PART = 50, 2000  #: rows of a page, and of one reading of a file
FIRST = 8  #: columns of a table of which none were chosen
MOST = 100_000  #: rows in a file
FILTERS = 2


@dataclass(frozen=True, slots=True)
class ItemsPage:
    """:param given: what the table is narrowed to, as fields of the address. :param later: those of the next page.
    :param choices: what can be listed: field and title. :param filters: (item OID, words), always ``FILTERS`` of them. :param kept: tables under a name.
    """

    study: str
    choices: tuple[tuple[str, str], ...]
    title: str
    found: FoundListing | None
    wanted: ListingWanted
    given: Mapping[str, Any]
    later: Mapping[str, Any]
    filters: tuple[tuple[str, str], ...]
    sites: tuple[str, ...]
    kept: tuple[StudyNote, ...]
    own_tables: tuple[StudyNote, ...]
    op: str
    why_not: str = ""


def show(asked: PageRequest) -> ItemsPage:
    """A page of the table that the address names, or that was kept."""
    return _page(asked)


def as_csv(asked: PageRequest) -> Attachment:
    """Every row of the table, with exactly its columns.

    :raises BadRequest: more than a file from here holds.
    """
    wanted = replace(_wanted(asked), after="", limit=PART)
    found = asked.study.listing(wanted)
    if found.total > MOST:
        raise BadRequest(
            f"These are {found.total:,} rows, and a file from this page holds {MOST:,}. Narrow the table, or "
            "take an export."
        )
    header = ("Subject", "Site", "Where", *(column.label for column in found.columns))
    return Attachment.table(f"{wanted.form}.csv", header, _rows(asked, wanted, found))


def _rows(asked: PageRequest, wanted: ListingWanted, found: FoundListing) -> Iterator[tuple[str, ...]]:
    while True:
        for row in found.rows:
            yield (row.subject_key, row.site, str(row.path), *row.cells)
        if not found.after:
            return
        found = asked.study.listing(replace(wanted, after=found.after))


def keep(asked: PageRequest) -> object:
    """Keep the table under a name."""
    wanted = _wanted(asked)
    asked.study.listing(replace(wanted, limit=1))  # what cannot be shown is not kept
    content = {
        "form": wanted.form, "group": wanted.group, "columns": list(wanted.columns), "site": wanted.site,
        "subject": wanted.subject, "filters": [list(one) for one in wanted.filters], "sort": wanted.sort,
        "descending": wanted.descending,
    }  # fmt: skip
    name = asked.text("name")
    try:
        asked.study.submit(
            AddNote(
                study_id=asked.study.study_id, op=asked.text("op", required=True), topic=TOPIC, name=name,
                content=content, shared=bool(asked.text("shared")),
            )
        )  # fmt: skip
    except BadRequest as error:
        return Refused(_page(asked, why_not=str(error)))
    kept = next(note for note in _kept(asked) if note.name == name and _given(note) == content)
    return SeeOther("items", {"kept": str(kept.n)})


def give_up(asked: PageRequest) -> SeeOther:
    """Give up a table of one's own: nobody gives up another's.

    :raises EdcError: as the command does.
    """
    command = AddNote(
        study_id=asked.study.study_id, op=asked.text("op", required=True), topic=TOPIC,
        name=asked.text("name", required=True), content={}, shared=bool(asked.text("shared")),
    )  # fmt: skip
    asked.study.submit(command)
    return SeeOther("items")


def _kept(asked: PageRequest) -> tuple[StudyNote, ...]:
    return asked.study.notes(TOPIC)


def _given(note: StudyNote) -> dict[str, Any]:
    return dict(note.content)


def _page(asked: PageRequest, *, why_not: str = "") -> ItemsPage:
    parts, kept = asked.study.listing_parts(), _kept(asked)
    wanted = _wanted(asked, kept)
    found = None
    choices = tuple((named(part), part.title) for part in parts)
    if wanted.form:
        found = asked.study.listing(wanted)
        if not wanted.columns:
            wanted = replace(wanted, columns=tuple(column.oid for column in found.offered[:FIRST]))
            found = asked.study.listing(wanted)
    given = _fields(wanted)
    blank = (("", ""),) * FILTERS
    return ItemsPage(
        study=asked.study.name,
        choices=choices,
        title=dict(choices).get(named(wanted), ""),
        found=found,
        wanted=wanted,
        given=given,
        later=given | {"after": found.after} if found and found.after else {},
        filters=(*wanted.filters, *blank)[:FILTERS],
        sites=tuple(sorted({one.site for one in asked.study.subjects()})),
        kept=kept,
        own_tables=tuple(note for note in kept if note.is_own),
        op=asked.op,
        why_not=why_not,
    )


def _wanted(asked: PageRequest, kept: tuple[StudyNote, ...] = ()) -> ListingWanted:
    """:raises NotFound: there is no such table (any more)."""
    if number := asked.text("kept"):
        note = next((note for note in kept if str(note.n) == number), None)
        if note is None:
            raise NotFound("This table is not kept any more. Choose another one.")
        told = dict(note.content)
        filters = tuple((item, words) for item, words in told.pop("filters"))
        columns = tuple(told.pop("columns"))
        return ListingWanted(
            **told, columns=columns, filters=filters, after=asked.text("after", longest=3000)
        )
    form, group = _part(asked.text("part", longest=600))
    words = zip(asked.texts("where"), asked.texts("has"), strict=False)
    return ListingWanted(
        form=form,
        group=group,
        columns=asked.texts("column"),
        site=asked.text("site"),
        subject=asked.text("subject"),
        filters=tuple((item, text.strip()) for item, text in words if item and text.strip())[:FILTERS],
        sort=asked.text("sort"),
        descending=bool(asked.text("descending")),
        after=asked.text("after", longest=3000),
        limit=PAGE,
    )


def named(part: ListingPart | ListingWanted) -> str:
    """A part as one field: OIDs hold any character, so they are told apart by JSON."""
    return json.dumps([part.form, part.group])


def _part(text: str) -> tuple[str, str]:
    """:raises BadRequest: it names no part."""
    try:
        found = json.loads(text) if text else ["", ""]
    except ValueError:
        found = None
    if not isinstance(found, list) or [type(one) for one in found] != [str, str]:
        raise BadRequest("Choose a form from the list.")
    return found[0], found[1]


def _fields(wanted: ListingWanted) -> dict[str, Any]:
    """The table as fields of an address."""
    return {
        "part": named(wanted),
        "column": list(wanted.columns),
        "site": wanted.site,
        "subject": wanted.subject,
        "where": [item for item, _ in wanted.filters],
        "has": [words for _, words in wanted.filters],
        "sort": wanted.sort,
        "descending": "1" if wanted.descending else "",
    }
