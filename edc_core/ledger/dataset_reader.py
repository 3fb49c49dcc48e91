"""An ExportDataset read from the ledger at a cut: entries are never changed, so neither is what is read here."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import bindparam, select

from edc_core.collector import collector_resting
from edc_core.domain.casebook import Subject
from edc_core.domain.coding import CodingState
from edc_core.domain.dataset import ExportForm, ExportSignature, ExportSubject
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.export_items import NO_NOTES, NOTHING, ItemNotes, ItemRun, Items
from edc_core.domain.item_path import decode
from edc_core.domain.ledger_entry import EntryFacts, EntryKind
from edc_core.domain.protection import Protection
from edc_core.domain.query import QueryState
from edc_core.domain.signature import state_at
from edc_core.ledger.projection import Tables, form_path_of
from edc_core.ledger.replay import above, casebook_of
from edc_core.store.coding_readers import coding_of
from edc_core.store.driver import Prepared
from edc_core.store.ledger_tables import ledger_entry
from edc_core.store.row_places import path_of
from edc_core.store.signature_readers import signature_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from edc_core.domain.casebook import Casebook
    from edc_core.domain.export_items import ItemRecord
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.signature import Signature
    from edc_core.ledger.study_at_cut import StudyAtCut


@dataclass(slots=True)
class Counts:
    """What an export holds and what it leaves out, for the manifest.

    :param content_sha256: over canonical cells in reading order; it holds across releases and formats.
    """

    included: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    by_site: Counter[str] = field(default_factory=Counter)
    versions: set[str] = field(default_factory=set)
    content_sha256: str = ""


def read_subjects(
    connection: Connection,
    at: StudyAtCut,
    counts: Counts,
    *,
    unlocked: bool,
    withheld: frozenset[str] = frozenset(),
    removed: bool = False,
    stays: Callable[[ExportSubject], str] = lambda _: "",
    digest: Any = None,
) -> Iterator[ExportSubject]:
    """Subjects at the cut with the forms in scope: locked ones, or all when ``unlocked``; ``removed`` ones where asked for.

    :param withheld: OIDs of items that the reader may not see: nothing of them, and no query about them, is read.
    :param stays: tells why a subject is left out, as the manifest counts it. :param digest: see ``counted``.
    """
    counts.left_out.update(at.left_out)

    def read() -> Iterator[ExportSubject]:
        for _, chain, n in at.subjects:
            subject = read_subject(
                connection, at, chain, n, counts,
                unlocked=unlocked, withheld=withheld, removed=removed, stays=stays,
            )  # fmt: skip
            if subject is not None:
                yield subject

    return counted(read(), counts, digest)


def counted(subjects: Iterable[ExportSubject], counts: Counts, digest: Any = None) -> Iterator[ExportSubject]:
    """The same subjects, counted and digested on the way. :param digest: with ``update`` and ``hexdigest``; SHA-256 if none."""
    digest = hashlib.sha256() if digest is None else digest
    for subject in subjects:
        if subject.since is None or not subject.since.is_gone:
            _count(counts, subject, digest)
        yield subject
    counts.content_sha256 = digest.hexdigest()


def read_subject(
    connection: Connection, at: StudyAtCut, chain: str, n: int, counts: Counts, *, unlocked: bool,
    withheld: frozenset[str], removed: bool, stays: Callable[[ExportSubject], str],
) -> ExportSubject | None:  # fmt: skip
    """One of them; none when nothing of it is in scope."""
    with collector_resting():
        reader = _SubjectReader(at, chain, withheld)
        found = _CHAIN.send(connection, {"study": at.cut.study_id, "chain": chain, "n": n})
        while rows := found.fetchmany(200):
            reader.take(rows)
        subject = reader.subject(counts, unlocked=unlocked, with_removed=removed)
    if subject is not None and (why := stays(subject)):
        counts.left_out[why] += 1
        return None
    if subject is not None and at.forms:
        subject = _of_forms(subject, at.forms, counts)
    if subject is None:
        counts.left_out["subjects without a form in scope"] += 1
    return subject


def _of_forms(subject: ExportSubject, oids: tuple[str, ...], counts: Counts) -> ExportSubject | None:
    """What a subject has in the forms that were asked for: what is about a visit or the whole casebook is in none."""
    forms = tuple(form for form in subject.forms if _oid_of_form(form.path) in oids)
    counts.left_out["forms not asked for"] += len(subject.forms) - len(forms)
    if not forms:
        return None
    return subject._replace(
        forms=forms, events=(), not_done={},
        queries=tuple(query for query in subject.queries if _oid_of_form(query.path) in oids),
        signatures=tuple(one for one in subject.signatures if any(one.path.contains(form.path) for form in forms)),
    )  # fmt: skip


def _oid_of_form(path: ItemPath) -> str:
    return path.form.oid if path.form else ""


def _count(counts: Counts, subject: ExportSubject, digest: Any) -> None:
    counts.included["subjects"] += 1
    counts.by_site[subject.site_number] += 1
    counts.included["queries"] += len(subject.queries)
    for form in subject.forms:
        counts.included["forms"] += 1
        counts.versions.add(form.meta_data_version)
        counts.included["item values"] += len(form.items)
        prefix = f"{subject.subject_key}\x1f{form.path}"
        cells: list[tuple[str | None, ...]] = []
        for groups, _, values, _ in form.runs:
            place = "/".join(map(str, groups))
            for oid, history in values:
                now = history[-1]
                value = now[2]
                cells.append((prefix, place, oid, value, now[3], now[4], now[1] if value is None else ""))
            counts.included["audit records"] += sum([len(history) for _, history in values])
        digest.update(_in_a_row(cells))


def _in_a_row(cells: list[tuple[str | None, ...]]) -> bytes:
    """Each as JSON, one directly after the other."""
    together = orjson.dumps(cells)[1:-1].replace(b"],[", b"][")
    if together.count(b"][") == len(cells) - 1:
        return together
    return b"".join(map(orjson.dumps, cells))  # a cell holds what stands between them


_ENTRY = ledger_entry.c
#: What a fold of a chain looks at, in the order in which ``_SubjectReader.take`` unpacks it.
_COLUMNS = (
    _ENTRY.n, _ENTRY.op, _ENTRY.kind, _ENTRY.path, _ENTRY.meta_data_version, _ENTRY.actor, _ENTRY.role,
    _ENTRY.site_id, _ENTRY.at, _ENTRY.reason_code, _ENTRY.reason_text, _ENTRY.payload,
)  # fmt: skip
_CHAIN = Prepared(
    select(*_COLUMNS)
    .where(
        _ENTRY.study_id == bindparam("study"), _ENTRY.chain == bindparam("chain"), _ENTRY.n <= bindparam("n")
    )
    .order_by(_ENTRY.n)
)
_ITEM_KINDS = frozenset({EntryKind.ITEM_SET.value, EntryKind.DERIVED_SET.value})


#: OID of an item and its history, oldest first.
Value = tuple[str, "list[ItemRecord]"]


class _SubjectReader:
    """Folds one chain and keeps the history of each item; the last record of an item is its current value.

    Items are kept apart from the other rows: there are a hundred of them to each, and nothing else looks at them.
    """

    def __init__(self, at: StudyAtCut, chain: str, withheld: frozenset[str]) -> None:
        self._at = at
        self._chain = chain
        self._withheld = withheld
        self._tables = Tables()
        self._history: dict[str, list[ItemRecord]] = {}
        self._runs: dict[str, list[tuple[str, list[Value]]]] = {}  #: by form: place and values of each run
        self._last: tuple[str, list[Value]] = ("", [])  #: the run that was last added to
        self._standards: dict[str, Mapping[str, str]] = {}
        self._site_times: dict[str, Mapping[str, str]] = {}
        self._source: dict[str, Any] = {}
        self._form_sources: dict[str, Any] = {}
        self._signed_at: dict[str, str] = {}  #: place to the number of the site it was signed at

    def take(self, rows: Sequence[Any]) -> None:
        """Fold the next entries of the chain."""
        history, site_numbers, withheld = self._history, self._at.site_numbers, self._withheld
        standards, site_times = self._standards, self._site_times
        last, values = self._last
        same: tuple[str, ...] = ()
        who: tuple[str, ...] = ()
        payloads = orjson.loads(f"[{','.join([row[-1] for row in rows])}]")
        for (n, op, kind, path, version, actor, role, site_id, at, code, text, _), payload in zip(
            rows, payloads, strict=True
        ):
            if kind not in _ITEM_KINDS:
                facts = EntryFacts(
                    self._at.cut.study_id, self._chain, n, kind, path, version, actor, role, at, text, payload
                )
                self._take_other(facts)
                if kind == EntryKind.SIGN_SET.value:
                    self._signed_at[path] = site_numbers.get(site_id, "")
                continue
            if withheld and _oid_of(path.rpartition("/")[2]) in withheld:
                continue
            raw, value, missing = payload["raw"], payload["value"], payload["missing"]
            if payload["version"] == 1:
                transaction = "Insert"
            else:
                is_blank = value is None and not missing and not raw and "redacted" not in payload
                transaction = "Remove" if is_blank else "Update"
            if (now := (at, actor, role, site_id, code, text)) != same:
                # What a save has in common is held once: its rows are made of texts that the processor still has at hand.
                same, reason = now, f"{code}; {text}" if code and text else code or text
                who = actor, role, site_numbers.get(site_id, ""), at, reason
            record = (
                transaction, raw, value, missing, payload["unit"], payload["parsed"], *who, f"{n}/{op}",
                payload["source"],
            )  # fmt: skip
            standard = payload["standard"]
            if standard or (standards and path in standards):
                standards[path] = standard or NOTHING
            if "site_time" in payload or (site_times and path in site_times):
                site_times[path] = payload.get("site_time", NOTHING)
            known = history.get(path)
            if known is not None:
                known.append(record)
                continue
            history[path] = known = [record]
            place, _, item = path.rpartition("/")
            if place != last:  # items of one row follow each other
                last, values = self._last = self._run(place)
            values.append((_oid_of(item), known))

    def _run(self, place: str) -> tuple[str, list[Value]]:
        """That of a row to which its next item belongs."""
        runs = self._runs.setdefault(form_path_of(place), [])
        if not runs or runs[-1][0] != place:
            runs.append((place, []))
        return runs[-1]

    def _take_other(self, facts: EntryFacts) -> None:
        self._tables.apply((facts,))
        if facts.kind == EntryKind.SUBJECT_ADD.value:
            self._source = facts.payload.get("source", {})
        elif facts.kind == EntryKind.FORM_STATUS.value and facts.payload.get("source"):
            self._form_sources[facts.path] = facts.payload["source"]

    def subject(self, counts: Counts, *, unlocked: bool, with_removed: bool) -> ExportSubject | None:
        row = next(iter(self._tables.rows["subject"].values()))
        subject = Subject(
            row["study_id"], row["subject_id"], row["subject_key"], row["site_id"], row["status"]
        )
        book = casebook_of(subject, self._tables)
        book.above = above(self._at.study, subject.site_id)
        struck = {str(path) for path, row in book.groups.items() if row.removed}
        notes = self._notes(book)
        signed = [signature_of(row) for row in self._tables.rows["signature"].values()]
        rows_of: dict[ItemPath, list[ItemPath]] = {}
        for row_path in book.groups:
            rows_of.setdefault(row_path.form_path, []).append(row_path)
        forms = []
        for path, form in book.forms.items():
            protection = book.protection(path)
            if not unlocked and protection is not Protection.LOCKED:
                counts.left_out["forms not locked"] += 1
                continue
            status = EntryStatus.REMOVED if book.is_removed(path) else form.status
            if status is EntryStatus.REMOVED and not with_removed:
                counts.left_out["forms removed"] += 1
                continue
            rows = tuple((row_path, book.is_removed(row_path)) for row_path in rows_of.get(path, ()))
            counts.left_out["struck rows"] += sum(removed for _, removed in rows)
            forms.append(
                ExportForm(
                    path, form.meta_data_version, status.value, protection.value, rows,
                    self._items(str(path), struck, notes), self._form_sources.get(str(path), {}),
                    state_at(path, signed).value,
                )
            )  # fmt: skip
        started = {path.event for path in book.forms}
        events = tuple(
            p for p, event in book.events.items() if not event.removed and p.event not in started and unlocked
        )
        not_done = {
            path: event.reason
            for path, event in book.events.items()
            if event.not_done
            and not event.removed
            and (unlocked or book.protection(path) is Protection.LOCKED)
        }
        if not (forms or events or not_done or unlocked):
            return None
        scope = {form.path for form in forms}
        queries = tuple(
            query
            for query in sorted(book.queries.values(), key=lambda q: (q.opened_at, q.query_id))
            if query.path.item not in self._withheld
            and not (self._at.of_site and query.state is QueryState.CANDIDATE)
            and (unlocked or (query.path.form is not None and query.path.form_path in scope))
        )
        number = self._at.site_numbers.get(subject.site_id, "")
        signatures = tuple(
            self._signature(one)
            for one in sorted(signed, key=lambda one: str(one.path))
            if any(one.path.contains(form) for form in scope)
        )
        return ExportSubject(
            subject.subject_key, number, subject.status, tuple(forms), queries, events, self._source, not_done,
            signatures,
        )  # fmt: skip

    def _signature(self, one: Signature) -> ExportSignature:
        site = self._signed_at.get(str(one.path), "")
        return ExportSignature(
            one.path, one.state.value, one.actor, one.full_name, one.role, one.at, one.zone, one.meaning, site,
            one.sha256,
        )  # fmt: skip

    def _items(self, form: str, struck: set[str], notes: Mapping[str, dict[str, ItemNotes]]) -> Items:
        return Items([
            ItemRun(
                path_of(place).groups, bool(struck) and _is_struck(place, struck), values, notes.get(place, {})
            )
            for place, values in self._runs.get(form, ())
        ])  # fmt: skip

    def _notes(self, book: Casebook) -> dict[str, dict[str, ItemNotes]]:
        """What few items have, by row and OID."""
        found: dict[str, ItemNotes] = {}
        for path, standard in self._standards.items():
            found[path] = ItemNotes(standard)
        for path, site_time in self._site_times.items():
            found[path] = found.get(path, NO_NOTES)._replace(site_time=site_time)
        for mark in sorted(book.marks.values(), key=lambda mark: mark.group.value):
            if (path := str(mark.path)) in self._history:
                known = found.get(path, NO_NOTES)
                found[path] = known._replace(reviews=(*known.reviews, mark))
        for row in self._tables.rows["coding"].values():
            if row["state"] != CodingState.RESET.value and row["path"] in self._history:
                found[row["path"]] = found.get(row["path"], NO_NOTES)._replace(coding=coding_of(row))
        by_row: dict[str, dict[str, ItemNotes]] = {}
        for path, note in found.items():
            place, _, item = path.rpartition("/")
            by_row.setdefault(place, {})[_oid_of(item)] = note
        return by_row


def _is_struck(place: str, struck: set[str]) -> bool:
    return any(place == row or place.startswith(row + "/") for row in struck)


@lru_cache(maxsize=16384)
def _oid_of(encoded: str) -> str:
    return decode(encoded)
