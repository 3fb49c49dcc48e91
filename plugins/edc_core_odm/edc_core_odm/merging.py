"""One subject out of several SubjectData, perhaps of several files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from edc_core.api import ImportedForm, ImportedQuery, ImportedSubject, ItemPath


def merged(parts: Sequence[ImportedSubject]) -> ImportedSubject:
    """One subject out of several SubjectData in the order found: what comes later adds to what came before.

    A form that was removed stays so until a later part says otherwise, and with it the values of that part.
    """
    first = parts[0]
    forms: dict[ItemPath, ImportedForm] = {}
    source: dict[str, object] = {}
    for part in parts:
        source = _beside(source, part.source)
        for form in part.forms:
            before = forms.get(form.path)
            forms[form.path] = form if before is None else _more(before, form)
    with_forms = {path.event for path in forms}
    events = dict.fromkeys(event for part in parts for event in part.events)
    return replace(
        first,
        site_number=next((part.site_number for part in reversed(parts) if part.site_number), ""),
        forms=tuple(forms.values()),
        events=tuple(event for event in events if event.event not in with_forms),
        source=source,
        queries=_threads(query for part in parts for query in part.queries),
        not_done=tuple({path: reason for part in parts for path, reason in part.not_done}.items()),
    )


def _more(before: ImportedForm, form: ImportedForm) -> ImportedForm:
    items = form.items
    if before.transaction == "Remove" and not form.transaction:
        items = tuple(item if item.transaction else replace(item, transaction="Remove") for item in items)
    return ImportedForm(
        form.path,
        (*before.items, *items),
        tuple(dict.fromkeys((*before.rows, *form.rows))),
        form.transaction or before.transaction,
        _beside(before.source, form.source),
        before.line,
    )


def _beside(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, object]:
    """Two sources as one: mappings and lists grow, anything else is replaced."""
    both = dict(before)
    for key, value in after.items():
        known = both.get(key)
        if isinstance(known, dict) and isinstance(value, dict) and key in ("events", "groups"):
            both[key] = {
                place: {**known.get(place, {}), **value.get(place, {})} for place in {**known, **value}
            }
        elif isinstance(known, list) and isinstance(value, list) and key == "queries":
            both[key] = [*known, *value]
        else:
            both[key] = value
    return both


def _threads(queries: Iterable[ImportedQuery]) -> tuple[ImportedQuery, ...]:
    """A query whose messages stand in several parts is one query."""
    found: dict[str, ImportedQuery] = {}
    for one in queries:
        known = found.setdefault(one.query.query_id, one)
        if known is not one:
            messages = {m.n: m for m in (*known.query.messages, *one.query.messages)}
            thread = tuple(messages[n] for n in sorted(messages))
            found[one.query.query_id] = replace(known, query=replace(one.query, messages=thread))
    return tuple(found.values())
