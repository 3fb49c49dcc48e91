"""What exactly is signed, as one canonical text, and how it differs from what stands there now (21 CFR 11.70)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath
from edc_core.domain.query import QueryState
from edc_core.domain.values import display
from edc_core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from edc_core.domain.casebook import Casebook, FormData, ItemData
    from edc_core.domain.index import MetaDataIndex

_T = TypeVar("_T")
FORMAT = "edc-manifest-1"
_SHOWN_QUERIES = (QueryState.OPEN, QueryState.ANSWERED)


def as_canonical(content: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON with sorted keys and no blanks."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


class SignedItem(NamedTuple):
    """One value as it was read.

    :param version: of the value, counted from 1. :param shown: the value in words: decode, unit, what cannot be read.
    :param missing: reason code given instead of a value.
    """

    path: str
    version: int
    question: str
    value: str | None
    shown: str
    missing: str
    unit: str


class SignedForm(NamedTuple):
    """:param status: EntryStatus value; the items of a removed form are not signed."""

    path: str
    meta_data_version: str
    status: str
    items: tuple[SignedItem, ...]


class SignedQuery(NamedTuple):
    path: str
    state: str
    text: str


@dataclass(frozen=True)
class Manifest:
    """Everything a signature attests, in the order of the pages.

    :param scope: path text of what is signed; empty for the casebook.
    :param hides: sensitivities of items that the signer may not see: they are not signed.
    :param not_done: visits that were marked as not done.
    :param queries: open and answered ones, as they stood; a later query breaks no signature.
    :param milestone: OID of the milestone that it is signed for, or empty; ``statement`` what it attests then.
    """

    study: str
    subject_key: str
    scope: str
    language: str
    hides: tuple[str, ...]
    not_done: tuple[str, ...]
    forms: tuple[SignedForm, ...]
    queries: tuple[SignedQuery, ...]
    milestone: str = ""
    statement: str = ""

    @cached_property
    def canonical(self) -> bytes:
        """UTF-8 JSON with sorted keys and no blanks: what the hash is of."""
        forms = [form._asdict() | {"items": [item._asdict() for item in form.items]} for form in self.forms]
        content = {
            "format": FORMAT,
            "study": self.study,
            "subject": self.subject_key,
            "scope": self.scope,
            "language": self.language,
            "hides": self.hides,
            "not_done": self.not_done,
            "forms": forms,
            "queries": [query._asdict() for query in self.queries],
        }
        own = {"milestone": self.milestone, "statement": self.statement} if self.milestone else {}
        return as_canonical(content | own)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.canonical).hexdigest()

    @property
    def items(self) -> dict[str, SignedItem]:
        return {item.path: item for form in self.forms for item in form.items}


def as_seen(book: Casebook, index_of: Callable[[str], MetaDataIndex], hides: frozenset[str]) -> Casebook:
    """A casebook without what its reader may not see: items of these sensitivities, and queries about them.

    :param index_of: a MetaDataVersion by its OID.
    """

    def is_seen(path: ItemPath) -> bool:
        form = book.forms.get(ItemPath(path.event, path.form))
        item = index_of(form.meta_data_version).items.get(path.item or "") if form else None
        return item is None or item.sensitivity not in hides

    return replace(
        book,
        items={path: item for path, item in book.items.items() if is_seen(path)},
        queries={key: query for key, query in book.queries.items() if is_seen(query.path)},
    )


def manifest_of(
    book: Casebook,
    index_of: Callable[[str], MetaDataIndex],
    scope: ItemPath,
    *,
    study: str,
    language: str,
    hides: frozenset[str],
    only: ItemPath | None = None,
) -> Manifest:
    """What is to be signed at a place.

    :param book: of the subject, as the signer sees it (``as_seen``). :param index_of: a MetaDataVersion by its OID.
    :param hides: sensitivities of items that the signer may not see.
    :param only: a form: leave out what is collected in others (``book`` need not hold it).
    """
    begun = [
        form
        for path, form in book.forms.items()
        if form.status is not EntryStatus.NOT_STARTED and scope.contains(path) and only in (None, path)
    ]
    by_form: dict[ItemPath, list[ItemData]] = {}
    for path, item in book.items.items():
        by_form.setdefault(path.form_path, []).append(item)
    forms = tuple(
        _form(book, index_of(form.meta_data_version), form, by_form.get(form.path, ()), language)
        for form in sorted(begun, key=lambda one: _rank(index_of, one))
    )
    asked = sorted(
        SignedQuery(str(query.path), query.state.value, query.text)
        for query in book.queries.values()
        if query.state in _SHOWN_QUERIES and scope.contains(query.path)
    )
    not_done = sorted(str(p) for p, event in book.events.items() if event.not_done and scope.contains(p))
    return Manifest(
        study, book.subject.subject_key, str(scope), language, tuple(sorted(hides)), tuple(not_done), forms,
        tuple(asked),
    )  # fmt: skip


def _rank(index_of: Callable[[str], MetaDataIndex], form: FormData) -> tuple[object, ...]:
    """The order of the study: its events, then the forms of each."""
    index, path = index_of(form.meta_data_version), form.path
    assert path.event is not None
    assert path.form is not None
    event = index.events.get(path.event.oid)
    refs = [ref.form_oid for ref in event.form_refs] if event else []
    place = refs.index(path.form.oid) if path.form.oid in refs else len(refs)
    order = index.event_order.get(path.event.oid, len(index.event_order))
    return (order, path.event.oid, path.event.rank, place, path.form.oid, path.form.rank)


def _form(
    book: Casebook, index: MetaDataIndex, form: FormData, items: Iterable[ItemData], language: str
) -> SignedForm:
    removed = book.is_removed(form.path)
    status = EntryStatus.REMOVED if removed else form.status
    assert form.path.form is not None
    order = _order(index, form.path.form.oid)
    stand = [item for item in items if not removed and not book.is_removed(item.path)]
    stand.sort(key=lambda item: _place(order, item.path))
    return SignedForm(
        str(form.path),
        form.meta_data_version,
        status.value,
        tuple(signed_item(index, item, language) for item in stand),
    )


def _order(index: MetaDataIndex, form_oid: str) -> dict[str, int]:
    """Groups and items of a form by where they stand on its page."""
    order: dict[str, int] = {}
    if form_oid in index.forms:
        for placed in index.placed_items(form_oid):
            for oid in (*placed.group_oids, f"/{placed.item.oid}"):
                order.setdefault(oid, len(order))
    return order


def _place(order: Mapping[str, int], path: ItemPath) -> tuple[object, ...]:
    last = len(order)
    rows = tuple((order.get(step.oid, last), step.rank) for step in path.groups)
    return (rows, order.get(f"/{path.item}", last), str(path))


def signed_item(index: MetaDataIndex, data: ItemData, language: str) -> SignedItem:
    """A value with its question and its words, as a version shows them in a language."""
    try:
        item = index.place(data.path).item
    except NotFound:  # collected by another version; it goes by its OID
        words = data.value if data.value is not None else data.raw
        return SignedItem(str(data.path), data.version, data.path.item or "", data.value, words, data.missing, data.unit)  # fmt: skip
    listed = index.code_lists.get(item.code_list_oid or "")
    terms = listed.items if listed else ()
    decodes = {
        one.coded_value: one.decode.in_language(language) if one.decode else one.coded_value for one in terms
    }
    shown = display(item, decodes or None, data.value) if data.value is not None else data.raw
    units = item.measurement_unit_oids
    unit_oid = data.unit or (units[0] if len(units) == 1 else "")  # the only one is printed beside the box
    unit = index.units.get(unit_oid)
    symbol = (unit.symbol.in_language(language) or unit.name) if unit else unit_oid
    return SignedItem(
        str(data.path),
        data.version,
        item.question.in_language(language) or item.odm_name or item.name,
        data.value,
        f"{shown} {symbol}".strip() if shown else "",
        data.missing,
        unit_oid,
    )


class Difference(NamedTuple):
    """One thing that is not as it was.

    :param before: SignedItem, status or words as they were; ``None`` where there was nothing.
    """

    path: str
    what: Literal["item", "form", "visit", "subject", "query"]
    before: SignedItem | str | None
    after: SignedItem | str | None


def differences(before: Manifest, after: Manifest) -> tuple[Difference, ...]:
    """The exact difference, in the order of the pages; those of queries come last and break no signature.

    A form's MetaDataVersion alone is no difference, nor is a blank item that comes or goes with its row: only what a
    person would read is.
    """
    found: list[Difference] = []
    if before.subject_key != after.subject_key:
        found.append(Difference("", "subject", before.subject_key, after.subject_key))
    for path in _either(before.not_done, after.not_done):
        if (path in before.not_done) != (path in after.not_done):
            was, now = ("not done" if path in one.not_done else None for one in (before, after))
            found.append(Difference(path, "visit", was, now))
    old, new = ({form.path: form for form in one.forms} for one in (before, after))
    was_read, is_read = before.items, after.items
    for path in _either(old, new):
        was_form, now_form = old.get(path), new.get(path)
        statuses = (was_form and was_form.status, now_form and now_form.status)
        if statuses[0] != statuses[1]:
            found.append(Difference(path, "form", *statuses))
        items = [item.path for form in (now_form, was_form) if form for item in form.items]
        found += [
            Difference(item, "item", was_read.get(item), is_read.get(item))
            for item in dict.fromkeys(items)
            if _given(was_read.get(item)) != _given(is_read.get(item))
        ]
    for query in _either(before.queries, after.queries):
        was_asked, is_asked = query in before.queries, query in after.queries
        if was_asked != is_asked:
            words = f"{query.state}: {query.text}"
            found.append(
                Difference(query.path, "query", words if was_asked else None, words if is_asked else None)
            )
    return tuple(found)


def _given(item: SignedItem | None) -> SignedItem | None:
    """An item that a person reads something of: one that was cleared shows as one that was never answered."""
    return item if item and (item.shown or item.missing) else None


def _either(before: Iterable[_T], after: Iterable[_T]) -> list[_T]:
    return list(dict.fromkeys((*after, *before)))


def breaking(found: Iterable[Difference]) -> tuple[Difference, ...]:
    """Those that break a signature: of what was collected, not of what is asked about it."""
    return tuple(one for one in found if one.what != "query")
