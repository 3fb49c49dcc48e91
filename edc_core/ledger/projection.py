"""What an entry means for the projection tables: one pure function per kind, used when writing and when replaying.

A projection is nothing but the fold of these over a chain, so ``edc verify --rebuild`` can prove it equal.
"""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson

from edc_core.domain.casebook import ITEM_FACTS
from edc_core.domain.coding import CodingState
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import EntryFacts, EntryKind
from edc_core.domain.query import ASKED, QueryState
from edc_core.domain.signature import SignatureState
from edc_core.ledger.changes import Patch, Put
from edc_core.ledger.study_changes import OF_THE_STUDY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from edc_core.ledger.changes import Change, Row

#: Primary keys of the projection tables; ``study_id`` stands first in each but those of the installation.
KEYS: dict[str, tuple[str, ...]] = {
    "study": ("study_id",),
    "meta_data_version": ("study_id", "oid"),
    "site": ("study_id", "site_id"),
    "study_release": ("study_id", "meta_data_version"),
    "site_activation": ("study_id", "n"),
    "plugin_upgrade": ("study_id", "plugin", "state"),
    "subject": ("study_id", "subject_id"),
    "event_data": ("study_id", "subject_id", "path"),
    "form_data": ("study_id", "subject_id", "path"),
    "group_data": ("study_id", "subject_id", "path"),
    "item_data": ("study_id", "subject_id", "path"),
    "protection": ("study_id", "chain", "scope", "path"),
    "signature": ("study_id", "subject_id", "path"),
    "signature_acceptance": ("study_id", "subject_id", "n"),
    "waiver": ("study_id", "subject_id", "path", "why", "ref"),
    "query": ("study_id", "query_id"),
    "query_message": ("study_id", "query_id", "n"),
    "review_mark": ("study_id", "subject_id", "path", "review"),
    "coding": ("study_id", "subject_id", "path"),
    "user_account": ("user_id",),
    "role_grant": ("grant_id",),
    "access_evidence": ("study_id", "user_id", "kind", "site_id", "task"),
}

_PLACE = ("form_path", "event_oid", "event_key", "form_oid", "form_key", "group_path", "item_oid")
#: Columns of the rows in ``Tables.items``, in their order.
ITEM_COLUMNS = (*KEYS["item_data"], *_PLACE, *ITEM_FACTS, "n")

#: Columns that follow from the key: a row that is there has them already, and their indexes need no second look.
FROM_KEY: dict[str, frozenset[str]] = {
    "form_data": frozenset({"event_oid", "event_key", "form_oid", "form_key"}),
    "group_data": frozenset({"form_path"}),
    "item_data": frozenset(_PLACE),
}


def _key_of(columns: tuple[str, ...]) -> Callable[[Row], tuple[Any, ...]]:
    if len(columns) > 1:
        return itemgetter(*columns)
    (column,) = columns
    return lambda row: (row[column],)


_KEY_OF = {table: _key_of(columns) for table, columns in KEYS.items()}


@lru_cache(maxsize=4096)
def _form_of(form_path: str) -> tuple[str, str, str, str]:
    path = ItemPath.parse(form_path)
    assert path.event is not None and path.form is not None  # noqa: PT018
    return path.event.oid, path.event.key, path.form.oid, path.form.key


@lru_cache(maxsize=16384)
def _place_of(path: str) -> tuple[str, ...]:
    """The columns ``_PLACE`` of an item."""
    form_path, groups, item = split_item_path(path)
    return form_path, *_form_of(form_path), groups, item


def split_item_path(path: str) -> tuple[str, str, str]:
    """Form path, group path and item OID (still encoded) of an item path's text, without parsing its steps."""
    event, form, rest = path.split("/", 2)
    groups, _, item = rest.rpartition("/")
    return f"{event}/{form}", groups, item


def form_path_of(path: str) -> str:
    """The first two steps of a path's text; shorter paths as they are."""
    return "/".join(path.split("/", 2)[:2])


def _subject(e: EntryFacts) -> Row:
    return {"study_id": e.study_id, "subject_id": e.chain}


def _subject_add(e: EntryFacts) -> Iterator[Change]:
    p = e.payload
    row = {"subject_key": p["subject_key"], "site_id": p["site_id"], "status": p["status"], "added_at": e.at}
    yield Put("subject", _subject(e) | row)


def _subject_patch(column: str) -> Callable[[EntryFacts], Iterator[Change]]:
    def rule(e: EntryFacts) -> Iterator[Change]:
        yield Patch("subject", _subject(e), {column: e.payload["new"]})

    return rule


def _event(*, removed: bool) -> Callable[[EntryFacts], Iterator[Change]]:
    def rule(e: EntryFacts) -> Iterator[Change]:
        row = {"path": e.path, "removed": removed, "reason": e.reason_text, "status": ""}
        yield Put("event_data", _subject(e) | row)

    return rule


def _event_status(e: EntryFacts) -> Iterator[Change]:
    row = {"path": e.path, "removed": False, "reason": e.reason_text, "status": e.payload["status"]}
    yield Put("event_data", _subject(e) | row)


def _form_status(e: EntryFacts) -> Iterator[Change]:
    event_oid, event_key, form_oid, form_key = _form_of(e.path)
    yield Put(
        "form_data",
        _subject(e)
        | {
            "path": e.path,
            "event_oid": event_oid,
            "event_key": event_key,
            "form_oid": form_oid,
            "form_key": form_key,
            "meta_data_version": e.meta_data_version,
            "status": e.payload["status"],
            "was_complete": e.payload["was_complete"],
            "reason": e.reason_text,
            "n": e.n,
            "at": e.at,
            "actor": e.actor,
        },
    )


def _form_removed(e: EntryFacts) -> Iterator[Change]:
    values = {
        "status": EntryStatus.REMOVED.value,
        "reason": e.reason_text,
        "n": e.n,
        "at": e.at,
        "actor": e.actor,
    }
    yield Patch("form_data", _subject(e) | {"path": e.path}, values)


def _form_restored(e: EntryFacts) -> Iterator[Change]:
    values = {"status": e.payload["status"], "reason": e.reason_text, "n": e.n, "at": e.at, "actor": e.actor}
    yield Patch("form_data", _subject(e) | {"path": e.path}, values)


def _group(*, removed: bool) -> Callable[[EntryFacts], Iterator[Change]]:
    def rule(e: EntryFacts) -> Iterator[Change]:
        row = {"path": e.path, "form_path": form_path_of(e.path), "removed": removed, "reason": e.reason_text}
        yield Put("group_data", _subject(e) | row)

    return rule


_NO_STANDARD: Row = {"value": None, "unit": ""}


def _item_row(e: EntryFacts) -> tuple[Any, ...]:
    p = e.payload
    standard = p["standard"] or _NO_STANDARD
    return (
        e.study_id, e.chain, e.path, *_place_of(e.path), p["raw"], p["value"], p["missing"], p["unit"], p["parsed"],
        p["version"], standard["value"], standard["unit"], e.n,
    )  # fmt: skip


def _said(e: EntryFacts) -> tuple[str, str, str]:
    """Who wrote a line of a thread, in which role and when: of a query that an import brought, as its source has it."""
    source = e.payload.get("imported")
    if source is None:
        return e.actor, e.role, e.at
    return source["actor"] or e.actor, source["role"], source["at"] or e.at


def _query_open(e: EntryFacts) -> Iterator[Change]:
    p = e.payload
    author, role, at = _said(e)
    told = ("query_id", "state", "source", "text", "check_oid", "finding_key", "fingerprint", "plugin")
    row = {name: p[name] for name in told}
    row |= {"path": e.path, "form_path": form_path_of(e.path), "asked": p["state"] != QueryState.CANDIDATE}
    row |= {"author": author, "author_role": role, "opened_at": at, "state_at": at, "version": 1}
    row |= {"modified_after_close": p.get("modified_after_close", False), "recipient": p.get("recipient", "")}
    yield Put("query", _subject(e) | row)
    yield _message(e, 1)


def _message(e: EntryFacts, n: int) -> Put:
    actor, role, at = _said(e)
    row = {name: e.payload[name] for name in ("query_id", "text", "state")}
    return Put("query_message", _subject(e) | row | {"n": n, "actor": actor, "role": role, "at": at})


def _query_state(e: EntryFacts) -> Iterator[Change]:
    """A change of state is a line of the thread, with or without words of its own; a fingerprint alone is none.

    Who it was forwarded to answers next; whatever else happens ends that.
    """
    p = e.payload
    if "text" not in p:
        key = {"study_id": e.study_id, "query_id": p["query_id"]}
        yield Patch("query", key, {"fingerprint": p["fingerprint"]})
        return
    values: Row = {"state": p["state"], "state_at": _said(e)[2], "version": p["version"]}
    values["recipient"] = p.get("recipient", "")
    if p["state"] in ASKED:
        values["asked"] = True
    for optional in ("fingerprint", "modified_after_close", "plugin"):
        if optional in p:
            values[optional] = p[optional]
    yield Patch("query", {"study_id": e.study_id, "query_id": p["query_id"]}, values)
    yield _message(e, p["version"])


def _query_message(e: EntryFacts) -> Iterator[Change]:
    p = e.payload
    yield Patch("query", {"study_id": e.study_id, "query_id": p["query_id"]}, {"version": p["version"]})
    yield _message(e, p["version"])


def _protect_set(e: EntryFacts) -> Iterator[Change]:
    p = e.payload
    key = {"study_id": e.study_id, "chain": e.chain, "scope": p["scope"], "path": e.path}
    values = {"state": p["state"], "requested": p["requested"], "requested_by": p["requested_by"]}
    since = p.get("since") or {"reason": e.reason_text, "at": e.at, "actor": e.actor}
    yield Put("protection", key | values | since)


def _sign_set(e: EntryFacts) -> Iterator[Change]:
    columns = ("zone", "full_name", "meaning", "language", "hides", "sha256")
    row = {column: e.payload[column] for column in columns}
    row |= {"path": e.path, "n": e.n, "at": e.at, "actor": e.actor, "role": e.role}
    yield Put(
        "signature", _subject(e) | row | {"state": SignatureState.SIGNED.value, "since": "", "reason": ""}
    )
    if e.payload["accepted"]:
        accepted = {"n": e.n, "actor": e.actor, "full_name": e.payload["full_name"], "at": e.at}
        yield Put("signature_acceptance", _subject(e) | accepted)


def _sign_end(state: SignatureState) -> Callable[[EntryFacts], Iterator[Change]]:
    def rule(e: EntryFacts) -> Iterator[Change]:
        values = {"state": state.value, "since": e.at, "reason": e.reason_text}
        yield Patch("signature", _subject(e) | {"path": e.path}, values)

    return rule


def _review_set(e: EntryFacts) -> Iterator[Change]:
    p = e.payload
    row = {"path": e.path, "review": p["review"], "form_path": form_path_of(e.path), "state": "verified"}
    row |= {"question": p["question"], "version": p["version"], "cause": "", "at": e.at, "actor": e.actor}
    yield Put("review_mark", _subject(e) | row)


def _review_drop(e: EntryFacts) -> Iterator[Change]:
    cause = e.payload["cause"]
    state = "required" if cause == "person" else "dropped"
    key = _subject(e) | {"path": e.path, "review": e.payload["review"]}
    yield Patch("review_mark", key, {"state": state, "cause": cause, "at": e.at, "actor": e.actor})


def _coding_set(e: EntryFacts) -> Iterator[Change]:
    p = e.payload
    same = ("state", "dictionary", "dictionary_version", "language", "method", "synonym", "version")
    row = {"path": e.path, "form_path": form_path_of(e.path), "cause": "", "n": e.n, "at": e.at}
    row |= {"levels": orjson.dumps(p["levels"], option=orjson.OPT_SORT_KEYS).decode()}
    row |= {"coded_by": p["by"], "approved_by": p["approved_by"]}
    yield Put("coding", _subject(e) | row | {name: p[name] for name in same})


def _coding_reset(e: EntryFacts) -> Iterator[Change]:
    values = {"state": CodingState.RESET.value, "cause": e.payload["cause"], "n": e.n, "at": e.at}
    yield Patch("coding", _subject(e) | {"path": e.path}, values)


def _waiver_set(e: EntryFacts) -> Iterator[Change]:
    columns = ("why", "ref", "full_name")
    row = {"path": e.path, "n": e.n, "actor": e.actor, "at": e.at, "reason": e.reason_text}
    row["state"] = e.payload.get("state", "waived")
    yield Put("waiver", _subject(e) | row | {column: e.payload[column] for column in columns})


def _form_migrate(e: EntryFacts) -> Iterator[Change]:
    yield Patch("form_data", _subject(e) | {"path": e.path}, {"meta_data_version": e.payload["to"]})


_K = EntryKind
_BY_KIND: dict[EntryKind, Callable[[EntryFacts], Iterable[Change]]] = {
    **OF_THE_STUDY,
    _K.SUBJECT_ADD: _subject_add,
    _K.SUBJECT_KEY: _subject_patch("subject_key"),
    _K.SUBJECT_SITE: _subject_patch("site_id"),
    _K.SUBJECT_STATUS: _subject_patch("status"),
    _K.EVENT_ADD: _event(removed=False),
    _K.EVENT_REMOVE: _event(removed=True),
    _K.EVENT_RESTORE: _event(removed=False),
    _K.EVENT_STATUS: _event_status,
    _K.FORM_STATUS: _form_status,
    _K.FORM_MIGRATE: _form_migrate,
    _K.FORM_REMOVE: _form_removed,
    _K.FORM_RESTORE: _form_restored,
    _K.GROUP_ADD: _group(removed=False),
    _K.GROUP_REMOVE: _group(removed=True),
    _K.GROUP_RESTORE: _group(removed=False),
    _K.QUERY_OPEN: _query_open,
    _K.QUERY_STATE: _query_state,
    _K.QUERY_MESSAGE: _query_message,
    _K.REVIEW_SET: _review_set,
    _K.REVIEW_DROP: _review_drop,
    _K.PROTECT_SET: _protect_set,
    _K.SIGN_SET: _sign_set,
    _K.SIGN_BREAK: _sign_end(SignatureState.BROKEN),
    _K.SIGN_WITHDRAW: _sign_end(SignatureState.WITHDRAWN),
    _K.WAIVER_SET: _waiver_set,
    _K.CODING_SET: _coding_set,
    _K.CODING_RESET: _coding_reset,
}
_RULES = {kind.value: rule for kind, rule in _BY_KIND.items()}


_ITEM_KINDS = frozenset({_K.ITEM_SET.value, _K.DERIVED_SET.value})


class Tables:
    """Projection rows in memory: table name to {key: row}. The target of a replay and the merge of one operation.

    Rows of items are kept apart, as plain tuples: there are a hundred of them to each other row, and none is patched.
    """

    def __init__(self) -> None:
        self.rows: dict[str, dict[tuple[Any, ...], Row]] = {name: {} for name in KEYS if name != "item_data"}
        self.patches: dict[str, dict[tuple[Any, ...], Row]] = {name: {} for name in self.rows}
        self.items: dict[tuple[str, str, str], tuple[Any, ...]] = {}

    def of(self, name: str) -> dict[tuple[Any, ...], Row]:
        """Rows of a table as mappings, those of items too."""
        if name != "item_data":
            return self.rows[name]
        return {key: dict(zip(ITEM_COLUMNS, row, strict=True)) for key, row in self.items.items()}

    def apply(self, entries: Iterable[EntryFacts]) -> None:
        """Fold what entries change, one after the other."""
        items = self.items
        for entry in entries:
            if entry.kind in _ITEM_KINDS:
                items[entry.study_id, entry.chain, entry.path] = _item_row(entry)
                continue
            rule = _RULES.get(entry.kind)
            if rule is None:
                EntryKind(entry.kind)  # a kind of another release is no kind without rows
                continue
            for change in rule(entry):
                self._change(change)

    def _change(self, change: Change) -> None:
        if isinstance(change, Put):
            table, row = change
            key = _KEY_OF[table](row)
            self.rows[table][key] = row
            self.patches[table].pop(key, None)
            return
        key = _KEY_OF[change.table](change.key)
        known = self.rows[change.table].get(key)
        if known is not None:
            known.update(change.values)
        else:
            self.patches[change.table].setdefault(key, {}).update(change.values)
