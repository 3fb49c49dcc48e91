"""What an increment says of a subject: the transactions after the earlier state, and Remove of what went.

As ODM 1.3.2 (2.11) and 2.0 (Transactions) have it: Remove takes an element with all that is in it, Insert brings a new one whole,
Update changes one that is there, Context only says where. What cannot be told so is removed and comes anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from edc_core.api import AuditRecord, ExportForm, ExportItem, ExportSubject, ItemPath, Query, Step

GONE = "gone"  #: status of a form that is removed from the earlier file
_Groups = tuple[Step, ...]
_Place = tuple[_Groups, str | None]


class Part(NamedTuple):
    """A subject as it is written.

    :param kinds: TransactionType by place, of an increment alone. :param elsewhere: its forms that are not written, for they are
        as they were.
    """

    subject: ExportSubject
    kinds: Mapping[ItemPath, str] = {}
    elsewhere: frozenset[ItemPath] = frozenset()


def parts_of(subject: ExportSubject, is_whole: Callable[[ExportForm], bool]) -> Iterator[Part]:
    """:param is_whole: of a form, whether it has no element of its own, so that it can only be written whole."""
    since = subject.since
    if since is None:
        yield Part(subject)
        return
    if since.before_key and since.before is None:
        gone = ExportSubject(since.before_key, "", "", (), (), (), {})
        yield Part(gone, {ItemPath(): "Remove"})
    if since.before is not None:
        yield _changed(since.before, subject, is_whole)
    elif not since.is_gone:
        yield Part(subject, {ItemPath(): "Insert"})


def _changed(before: ExportSubject, now: ExportSubject, is_whole: Callable[[ExportForm], bool]) -> Part:
    assert now.since is not None
    gone, written = set(now.since.gone), {form.path: form for form in now.forms}
    kept = {form.path: form for form in before.forms if form.path not in gone}
    forms = kept | written
    events = _events(before, before.forms)
    later = _events(now, forms.values())
    kinds = {ItemPath(): "Update"}
    kinds |= {place: "Update" if place in events else "Insert" for place in later}
    kinds |= dict.fromkeys(events - later, "Remove")

    told: list[ExportForm] = [
        _gone(form) for form in before.forms if form.path in gone and ItemPath(form.path.event) in later
    ]
    moved = before.site_number != now.site_number
    for path, form in forms.items():
        old = kept.get(path)
        if old is None:
            kinds[path] = "Insert"
            told.append(form)
            continue
        was, asked = _asked(before, path), _asked(now, path)
        signed = _signed(before, path) != _signed(now, path)
        if old == form and was == asked and not signed and not (moved and asked):
            continue
        tail = None if is_whole(form) else _tail(old, form, was, asked)
        if tail is None:
            kinds[path] = "Insert"
            told += [_gone(old), form]
        else:
            kinds[path] = "Update"
            kinds |= tail.kinds
            told.append(tail.form)
    marked = {
        place
        for place in later
        if _signed(before, place) != _signed(now, place)
        or before.not_done.get(place) != now.not_done.get(place)
    }
    shown = dict.fromkeys((*now.events, *sorted((events - later) | marked, key=str)))
    elsewhere = frozenset(forms) - {form.path for form in told}
    return Part(now._replace(forms=tuple(told), events=tuple(shown)), kinds, elsewhere)


class _Tail(NamedTuple):
    form: ExportForm
    kinds: dict[ItemPath, str]


def _tail(
    old: ExportForm, new: ExportForm, was: Mapping[_Place, list[Query]], asked: Mapping[_Place, list[Query]]
) -> _Tail | None:
    """What was written to a form since, and what else is otherwise in it; none where that is not all there is to it."""
    known = {(item.groups, item.oid): item for item in old.items}
    rows = {path.groups: struck for path, struck in old.rows}
    struck = {path.groups: removed for path, removed in new.rows}
    if (
        (old.meta_data_version, old.source) != (new.meta_data_version, new.source)
        or not known.keys() <= {(item.groups, item.oid) for item in new.items}
        or any(groups not in struck or struck[groups] < removed for groups, removed in rows.items())
    ):
        return None
    items: list[ExportItem] = []
    for item in new.items:
        place = item.groups, item.oid
        before = known.get(place)
        if before is None:
            items.append(item)
        elif before._replace(removed=item.removed) != item or place in was or place in asked:
            if item.history[: len(before.history)] != before.history:
                return None
            items.append(item._replace(history=_after(item, len(before.history))))
    touched = {groups for groups, removed in struck.items() if rows.get(groups) != removed}
    touched |= {groups for groups, oid in (*was, *asked) if oid is None and groups in struck}
    touched |= {item.groups for item in items}
    if any(rows.get(groups) for groups in touched):
        return None  # in a row that was removed already nothing can change
    touched = set(_with_outer(touched))
    there = set(_with_outer((*rows, *(groups for groups, _ in known))))
    kinds = {
        ItemPath(new.path.event, new.path.form, groups): "Update" if groups in there else "Insert"
        for groups in touched
    }
    inside = tuple((path, removed) for path, removed in new.rows if path.groups in touched)
    return _Tail(new._replace(items=tuple(items), rows=inside), kinds)


def _after(item: ExportItem, known: int) -> tuple[AuditRecord, ...]:
    """Its writes after so many; of one that has none the last as it stands, for what is beside it."""
    later = item.history[known:]
    return later or tuple(record._replace(transaction="Context") for record in item.history[-1:])


def _gone(form: ExportForm) -> ExportForm:
    """What is left to say of it. Its rows are those on the outside, for where it has no element of its own."""
    outer = dict.fromkeys(
        groups[:1]
        for groups in (*(path.groups for path, _ in form.rows), *(item.groups for item in form.items))
        if groups
    )
    rows = tuple((ItemPath(form.path.event, form.path.form, groups), False) for groups in outer)
    return ExportForm(form.path, form.meta_data_version, GONE, "open", rows, (), {})


def _events(subject: ExportSubject, forms: Iterable[ExportForm]) -> set[ItemPath]:
    return {ItemPath(form.path.event) for form in forms} | {*subject.events, *subject.not_done}


def _asked(subject: ExportSubject, form: ItemPath) -> dict[_Place, list[Query]]:
    """Queries in a form by their place."""
    found: dict[_Place, list[Query]] = {}
    for query in subject.queries:
        if query.path.form is not None and query.path.form_path == form:
            found.setdefault((query.path.groups, query.path.item), []).append(query)
    return found


def _signed(subject: ExportSubject, place: ItemPath) -> object:
    return next((one for one in subject.signatures if one.path == place), None)


def _with_outer(groups: Iterable[_Groups]) -> Iterator[_Groups]:
    """Each with all around it."""
    for one in groups:
        yield from (one[:depth] for depth in range(1, len(one) + 1))
