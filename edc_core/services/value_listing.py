"""Tables of values across subjects: columns that the person may see are chosen first, then rows are read by key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.domain.item_path import ItemPath, encode
from edc_core.domain.metadata import NUMBERS
from edc_core.domain.permission import Action
from edc_core.domain.study_lists import FoundListing, ListingColumn, ListingPart, ListingRow
from edc_core.domain.values import display
from edc_core.errors import BadRequest, NotFound
from edc_core.services.reading import find_site, note_shown
from edc_core.store import value_listing
from edc_core.store.value_listing import Rows, Sorting

if TYPE_CHECKING:
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.metadata import ItemDef
    from edc_core.domain.study_lists import ListingWanted
    from edc_core.services.reading import StudyPicture

MOST = 2000  #: rows of one page or one part of a file


@dataclass(frozen=True, slots=True)
class _Place:
    """An item of the part. :param below: its path below the form or the row."""

    item: ItemDef
    below: str
    index: MetaDataIndex


def parts(picture: StudyPicture) -> tuple[ListingPart, ...]:
    """Forms of subjects and repeating groups of them that hold something for the person, in the order of the study."""
    picture.actor.role_for(Action.VIEW_DATA, picture.place())
    index, language = picture.index, picture.language()
    of_study = {
        ref.form_oid for event in index.version.events if event.study_level for ref in event.form_refs
    }
    found = []
    for form in index.version.forms:
        if form.oid in of_study:
            continue
        title = form.title.in_language(language) or form.odm_name or form.name
        if _places(picture, form.oid, ""):
            found.append(ListingPart(form.oid, "", title))
        for ref in form.group_refs:
            group = index.groups[ref.item_group_oid]
            if group.repeating and _places(picture, form.oid, group.oid):
                rows = group.title.in_language(language) or group.name
                found.append(ListingPart(form.oid, group.oid, f"{title}: {rows}"))
    return tuple(found)


def listing(picture: StudyPicture, wanted: ListingWanted) -> FoundListing:
    """A page of rows: three statements, however many rows and columns.

    :raises NotFound: the person may see no such form, column or site; the words are the same for one that is not there.
    """
    picture.actor.role_for(Action.VIEW_DATA, picture.place())
    places = _places(picture, wanted.form, wanted.group)
    if not places:
        raise NotFound("There is nothing of this name to list.")
    rows = Rows(
        wanted.form, wanted.group, _site(picture, wanted.site), wanted.subject,
        tuple((_of(places, oid).below, words) for oid, words in wanted.filters),
    )  # fmt: skip
    sorting = Sorting(descending=wanted.descending)
    if wanted.sort:
        one = _of(places, wanted.sort)
        sorting = Sorting(one.below, one.item.data_type in NUMBERS, wanted.descending)
    shown = [_of(places, oid) for oid in wanted.columns or places]
    limit = min(wanted.limit, MOST)
    connection, scope = picture.source.connection, picture.scope
    found = value_listing.page(connection, scope, rows, sorting, _cursor(wanted.after, sorting), limit + 1)
    here, more = found[:limit], len(found) > limit
    forms = {(row.subject_id, row.form_path) for row in here}
    held = value_listing.values(connection, scope.study_id, forms, [place.item.oid for place in shown])
    with_values = {path.rpartition("/")[2] for _, path in held}
    note_shown(
        picture, f"listing {wanted.form} {wanted.group}".rstrip(),
        (place.item for place in shown if encode(place.item.oid) in with_values),
    )  # fmt: skip
    columns = {oid: _column(picture, place) for oid, place in places.items()}
    return FoundListing(
        tuple(columns.values()),
        tuple(columns[place.item.oid] for place in shown),
        tuple(
            ListingRow(
                row.subject_key, picture.sites[row.site_id].number, ItemPath.parse(row.path),
                tuple(_cell(place, held.get((row.subject_id, f"{row.path}/{place.below}"))) for place in shown),
                row.subject_id,
            )
            for row in here
        ),
        value_listing.total(connection, scope, rows),
        json.dumps([here[-1].sorted, here[-1].subject_key, here[-1].path]) if more else "",
    )  # fmt: skip


def _places(picture: StudyPicture, form: str, group: str) -> Mapping[str, _Place]:
    """Items of a part by OID, of every version, as the newest has them; without those that the person may not see."""
    versions = picture.source.versions.all(picture.source.connection, picture.study.study_id).values()
    newest_last = sorted(versions, key=lambda index: index.version.oid == picture.index.version.oid)
    found: dict[str, _Place] = {}
    for index in newest_last:
        if form not in index.forms or (group and group not in index.groups):
            continue
        in_part = index.places_in_row[group] if group else index.places_outside_rows[form]
        if group and all(ref.item_group_oid != group for ref in index.forms[form].group_refs):
            continue
        for steps, oid in in_part.values():
            below = "/".join([*map(str, steps), encode(oid)])
            found[oid] = _Place(index.items[oid], below, index)
    return {oid: place for oid, place in found.items() if oid not in picture.scope.hidden}


def _of(places: Mapping[str, _Place], oid: str) -> _Place:
    if oid not in places:
        raise NotFound("There is no such column.")
    return places[oid]


def _site(picture: StudyPicture, number: str) -> str:
    site = find_site(picture, number)
    if number and site is None:
        raise NotFound(f"There is no site '{number}' in this study.")
    return site.site_id if site else ""


def _cursor(after: str, sorting: Sorting) -> tuple[Any, ...]:
    if not after:
        return ()
    try:
        found = json.loads(after)
    except ValueError:
        found = None
    kinds = [float if sorting.numeric else str, str, str]
    if not isinstance(found, list) or [type(part) for part in found] != kinds:
        raise BadRequest("This is no place in the list. Begin with its first page again.")
    return tuple(found)


def _column(picture: StudyPicture, place: _Place) -> ListingColumn:
    item = place.item
    label = item.question.in_language(picture.language()) or item.odm_name or item.name
    return ListingColumn(item.oid, item.name, label, item.data_type, item.sensitivity)


def _cell(place: _Place, held: Any) -> str:
    """As people read it; a reason why there is no value, and what could not be read, stand as they are."""
    if held is None:
        return ""
    if held.value is None:
        return str(held.missing or held.raw)
    decodes = place.index.decodes.get(place.item.code_list_oid or "")
    shown = display(place.item, decodes, held.value)
    unit = place.index.units.get(held.unit)
    return f"{shown} {unit.symbol.in_language('en') or unit.name}" if unit else shown
