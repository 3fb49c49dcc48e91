"""Replays the ledger and says where it does not hold: chain, heads, guards, projections, anchors. Read-only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from edc_core.domain.ledger_entry import GENESIS, HASHED, TAGS, EntryKind
from edc_core.domain.redaction import digest_left
from edc_core.errors import NotFound
from edc_core.ledger import anchor, cut
from edc_core.ledger.hashing import entry_hash, payload_digest, tag_of
from edc_core.ledger.projection import KEYS, Tables
from edc_core.ledger.replay import entries, fold
from edc_core.ledger.verify_files import verify_files
from edc_core.ledger.verify_signatures import verify_signatures
from edc_core.store import triggers
from edc_core.store.base import metadata
from edc_core.store.ledger_tables import chain_head, ledger_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from edc_core.store.files import FileFolder

Progress = Callable[[int], None]

#: Tables whose rows belong to one chain, and the column that says to which.
SUBJECT_TABLES = {
    "subject": "subject_id",
    "event_data": "subject_id",
    "form_data": "subject_id",
    "group_data": "subject_id",
    "item_data": "subject_id",
    "query": "subject_id",
    "query_message": "subject_id",
    "protection": "chain",
    "signature": "subject_id",
    "signature_acceptance": "subject_id",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """The first thing wrong at one place. ``n`` is 0 where no entry is meant."""

    study_id: str
    chain: str
    n: int
    code: str
    text: str


@dataclass(slots=True)
class Report:
    """What a verification found; ``entries`` counts what was walked, ``redacted`` those that two persons took words from."""

    entries: int = 0
    chains: int = 0
    redacted: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    def add(self, study_id: str, chain: str, n: int, code: str, text: str) -> None:
        self.problems.append(Problem(study_id, chain, n, code, text))


def verify(
    connection: Connection,
    *,
    study_id: str | None = None,
    anchor_file: str = "",
    files: FileFolder | None = None,
    progress: Progress | None = None,
) -> Report:
    """Verify everything, or one study.

    :param files: the folder of files, to be read through too.

    A database that is damaged below the tables is reported as a problem where reading stops.
    """
    report = Report()
    parts: dict[str, Callable[[], None]] = {
        "guards": lambda: _guards(connection, report),
        "entries": lambda: walk_chains(connection, report, study_id, progress),
        "projections": lambda: _projections(connection, report, study_id),
        "anchors": lambda: _anchors(connection, report, study_id, anchor_file),
    } | ({"files": lambda: verify_files(connection, report, files, study_id)} if files else {})
    for what, part in parts.items():
        try:
            part()
        except DatabaseError as error:
            said = f"The {what} cannot be read: {error.orig}. Restore a backup that verifies."
            report.add(study_id or "", "", 0, "unreadable", said)
    return report


def _guards(connection: Connection, report: Report) -> None:
    for name in triggers.missing(connection):
        report.add("", "", 0, "guard", f"The guard '{name}' is missing or was altered.")


WALKED = (*HASHED, "payload", "prev", "hash")
_WALK = select(*(ledger_entry.c[name] for name in WALKED))
_AT = {
    name: HASHED.index(name)
    for name in ("study_id", "chain", "n", "kind", "payload_sha256", "at", "actor", "reason_text")
}
_KINDS = frozenset(kind.value for kind in EntryKind)


def walk_chains(
    connection: Connection, report: Report, study_id: str | None = None, progress: Progress | None = None
) -> None:
    """Recompute every digest and hash; name the first bad entry of each chain; compare with the heads."""
    statement = _WALK.order_by(ledger_entry.c.study_id, ledger_entry.c.chain, ledger_entry.c.n)
    if study_id is not None:
        statement = statement.where(ledger_entry.c.study_id == study_id)
    result = connection.execute(statement, execution_options={"yield_per": 10_000})
    walk(result.partitions(), _heads(connection, study_id), report, progress)


def walk(
    partitions: Iterable[Sequence[Any]],
    heads: dict[tuple[str, str], tuple[int, str]],
    report: Report,
    progress: Progress | None = None,
) -> None:
    """As ``walk_chains``, for entries wherever they come from.

    :param partitions: rows of the columns ``WALKED``, chain by chain and in order. :param heads: of (study, chain) the last
        position and its hash; what is left in it was not met.
    """
    width = len(HASHED)
    study_at, chain_at, n_at, digest_at = _AT["study_id"], _AT["chain"], _AT["n"], _AT["payload_sha256"]
    current: tuple[str, str] = ("", "")
    last_n, last_hash, last_at, bad = 0, GENESIS, "", False
    redactions = Redactions()
    for partition in partitions:
        for row in partition:
            here = (row[study_at], row[chain_at])
            if here != current:
                _close(report, heads, current, last_n, last_hash, redactions, bad=bad)
                current, last_n, last_hash, last_at, bad = here, 0, GENESIS, "", False
                redactions = Redactions()
            if bad:
                continue
            payload, prev, digest = row[width:]
            n = row[n_at]
            if (
                n == last_n + 1
                and prev == last_hash
                and (payload_digest(payload.encode()) == row[digest_at] or redactions.may_be(n, payload))
                and entry_hash(prev, dict(zip(HASHED, row, strict=False)), tag_of(digest)) == digest
                and row[_AT["at"]] >= last_at
                and row[_AT["kind"]] in _KINDS
            ):
                if row[_AT["kind"]] == EntryKind.REDACT:
                    redactions.take(n, row[_AT["actor"]], payload)
                redactions.look(n, row[_AT["reason_text"]])
                last_n, last_hash, last_at = n, digest, row[_AT["at"]]
                continue
            bad = True
            code, text = _what_is_wrong(row, n, last_n, last_hash, last_at)
            report.add(*here, n, code, text)
        report.entries += len(partition)
        if progress:
            progress(report.entries)
    _close(report, heads, current, last_n, last_hash, redactions, bad=bad)
    for (head_study, chain), (n, _) in heads.items():
        report.add(
            head_study, chain, n, "removed", f"The chain has {n} entries by its head, and none is there."
        )


class Redactions:
    """Payloads and reasons of a chain that are not those that were hashed, and what redactions by two persons say is left."""

    def __init__(self) -> None:
        self._changed: dict[int, str] = {}
        self._reasons: dict[int, str] = {}
        self._left: dict[int, str] = {}
        self._reasons_left: dict[int, str] = {}
        self._asked: dict[int, str] = {}

    def may_be(self, n: int, payload: str) -> bool:
        """Note a changed payload; whether it may be so is known at the end of the chain."""
        self._changed[n] = payload
        return True

    def look(self, n: int, reason: str) -> None:
        """Note a reason whose words were taken out."""
        if digest_left(reason):
            self._reasons[n] = reason

    def take(self, n: int, actor: str, payload: str) -> None:
        """A redaction that was asked for, or approved: that counts when another person had asked."""
        said = orjson.loads(payload)
        if said.get("state") == "requested":
            self._asked[n] = actor
        elif said.get("state") == "approved" and self._asked.get(said["request"], actor) != actor:
            for name, known in (("left", self._left), ("reason", self._reasons_left)):
                if name in said:
                    known[said["n"]] = said[name]

    def report(self, report: Report, chain: tuple[str, str]) -> bool:
        """Add the first payload that was changed by nobody who may; whether there is none."""
        for n, payload in self._changed.items():
            if self._left.get(n) != payload:
                report.add(*chain, n, "payload", f"The payload of entry {n} was changed.")
                return False
        for n, reason in self._reasons.items():
            if self._reasons_left.get(n) != reason:
                report.add(*chain, n, "columns", f"The reason of entry {n} was changed.")
                return False
        report.redacted += len(self._changed.keys() | self._reasons.keys())
        return True


def _what_is_wrong(row: Any, n: int, last_n: int, last_hash: str, last_at: str) -> tuple[str, str]:
    _, prev, digest = row[len(HASHED) :]
    if n != last_n + 1:
        missing = f"{last_n + 1}" if n == last_n + 2 else f"{last_n + 1} to {n - 1}"
        return "removed", f"Entry {missing} is missing before entry {n}."
    if digest.partition(":")[0] not in TAGS:
        return "tag", f"Entry {n} was hashed by a recipe this release does not know."
    if prev != last_hash:
        text = f"Entry {n} does not follow from the entry before it: one was inserted, removed or changed."
        return "link", text
    if entry_hash(prev, dict(zip(HASHED, row, strict=False)), tag_of(digest)) != digest:
        return "columns", f"Entry {n} was changed: its columns do not give its hash."
    if row[_AT["at"]] < last_at:
        return "time", f"Entry {n} is dated before the entry it follows."
    return "kind", f"Entry {n} has the unknown kind '{row[_AT['kind']]}'."


def _heads(connection: Connection, study_id: str | None) -> dict[tuple[str, str], tuple[int, str]]:
    statement = select(chain_head.c.study_id, chain_head.c.chain, chain_head.c.n, chain_head.c.hash)
    if study_id is not None:
        statement = statement.where(chain_head.c.study_id == study_id)
    return {(row.study_id, row.chain): (row.n, row.hash) for row in connection.execute(statement)}


def _close(
    report: Report,
    heads: dict[tuple[str, str], tuple[int, str]],
    chain: tuple[str, str],
    n: int,
    digest: str,
    redactions: Redactions,
    *,
    bad: bool,
) -> None:
    if chain == ("", ""):
        return
    report.chains += 1
    head = heads.pop(chain, None)
    if not redactions.report(report, chain) or bad:
        return
    if head is None:
        report.add(*chain, n, "head", "The chain has entries and no head.")
    elif head[0] > n:
        report.add(*chain, n + 1, "removed", f"Entries after {n} are missing: the head says {head[0]}.")
    elif head != (n, digest):
        text = f"The head says entry {head[0]}; the last entry is {n}, or its hash differs."
        report.add(*chain, n, "head", text)


def _chains(connection: Connection, study_id: str | None) -> Iterator[tuple[str, str]]:
    yield from sorted(_heads(connection, study_id))


def _projections(connection: Connection, report: Report, study_id: str | None) -> None:
    """Fold each chain and compare the rows that follow from it with those that stand."""
    broken = {(problem.study_id, problem.chain) for problem in report.problems}
    for study, chain in _chains(connection, study_id):
        if (study, chain) in broken:
            continue  # its own problem is named already; its projections follow from it
        compare_chain(connection, report, study, chain, fold(entries(connection, study, chain)))


def compare_chain(
    connection: Connection, report: Report, study_id: str, chain: str, expected: Tables
) -> None:
    """Compare folded rows of one chain with the live tables; name the first difference of each table."""
    for name, keys in KEYS.items():
        live = _live_rows(connection, name, study_id, chain)
        wanted = expected.of(name)
        if live is None:
            live = {}
            for key in wanted:
                live |= _row_by_key(connection, name, dict(zip(keys, key, strict=True)))
        if live == wanted:
            continue
        for key in sorted(wanted.keys() | live.keys(), key=str):
            if live.get(key) != wanted.get(key):
                what = "is missing" if key not in live else "has no entry" if key not in wanted else "differs"
                place = " ".join(str(part) for part in key[1:]) or str(key[0])
                report.add(study_id, chain, 0, "projection", f"Row '{place}' of {name} {what}.")
                break


def _live_rows(
    connection: Connection, name: str, study_id: str, chain: str
) -> dict[tuple[Any, ...], dict[str, Any]] | None:
    column = SUBJECT_TABLES.get(name)
    if column is None:
        return None
    table = metadata.tables[name]
    rows = connection.execute(
        select(table).where(table.c.study_id == study_id, table.c[column] == chain)
    ).mappings()
    return {tuple(row[key] for key in KEYS[name]): dict(row) for row in rows}


def _row_by_key(
    connection: Connection, name: str, key: dict[str, Any]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    table = metadata.tables[name]
    statement = select(table)
    for column, part in key.items():
        statement = statement.where(table.c[column] == part)
    row = connection.execute(statement).mappings().first()
    return {} if row is None else {tuple(key.values()): dict(row)}


def _anchors(connection: Connection, report: Report, study_id: str | None, anchor_file: str) -> None:
    """Compare the ledger with every line of the anchor file: this finds a chain that was hashed anew."""
    if not anchor_file:
        return
    try:
        lines = anchor.read_file(anchor_file)
    except ValueError as error:
        report.add(study_id or "", "", 0, "anchor", f"The anchor file is damaged: {error}.")
        return
    verify_signatures(connection, report, lines)
    last: dict[str, str] = {}
    for line in lines:
        if isinstance(line, anchor.KeyLine) or (study_id is not None and line.study_id != study_id):
            continue
        if line.prev != last.get(line.study_id, ""):
            text = f"The anchor of {line.at} does not follow from the one before."
            report.add(line.study_id, "", 0, "anchor", text)
        last[line.study_id] = line.root
        _one_anchor(connection, report, line)
        _access_anchor(connection, report, line)


def _one_anchor(connection: Connection, report: Report, line: anchor.AnchorLine) -> None:
    verify_state(connection, report, line.study_id, line.root, "anchor", f"anchored at {line.at}")


def verify_state(
    connection: Connection, report: Report, study_id: str, root: str, code: str, what: str
) -> None:
    """Compare each chain with a kept state. :param what: with the state, as ``kept as first``."""
    try:
        kept = cut.find(connection, study_id, root)
    except NotFound:
        report.add(study_id, "", 0, code, f"The state {what} is not in the database any more.")
        return
    if cut.merkle_root(study_id, kept.vector) != root:
        report.add(study_id, "", 0, code, f"The state {what} was changed in the database.")
        return
    entry = ledger_entry.c
    for chain, n, digest in kept.vector:
        here = (entry.study_id == study_id, entry.chain == chain, entry.n == n)
        if connection.execute(select(entry.hash).where(*here)).scalar() != digest:
            text = f"Entry {n} is not the one that was {what}: the chain was hashed anew."
            report.add(study_id, chain, n, code, text)


def _access_anchor(connection: Connection, report: Report, line: anchor.AnchorLine) -> None:
    rows, digest = anchor.access_digest(connection, line.access_rows)
    if (rows, digest) != (line.access_rows, line.access_sha256):
        report.add("", "", 0, "access log", f"The access log is not the one that was anchored at {line.at}.")
