"""A state of a study as a vector of chain heads, named by its Merkle root (RFC 6962, section 2.1)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import insert, select, update

from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.errors import NotFound
from edc_core.ledger.hashing import canonical
from edc_core.store.ledger_tables import chain_head, cut, ledger_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

Leaf = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Cut:
    """Chain heads of one study at one instant.

    :param vector: (chain, n, hash), sorted by chain.
    :param at: ``at`` of the latest entry inside (UTC ISO 8601).
    """

    study_id: str
    root: str
    vector: tuple[Leaf, ...]
    at: str = ""
    name: str = ""

    @property
    def study_n(self) -> int:
        """How far it holds the chain of the study itself."""
        return next((n for chain, n, _ in self.vector if chain == STUDY_CHAIN), 0)


def merkle_root(study_id: str, vector: Sequence[Leaf]) -> str:
    """The root over the sorted leaves; leaf and node hashes are told apart by their first byte."""
    return _root(study_id, sorted(vector), {}).hex() if vector else hashlib.sha256(b"").hexdigest()


def audit_paths(study_id: str, vector: Sequence[Leaf], chains: Iterable[str]) -> dict[str, list[str]]:
    """What leads from the leaf of each of some chains to the root (RFC 6962, section 2.1.1), the lowest first.

    :returns: hashes of the other side, each after ``<`` where that is the left one, else after ``>``. No leaf of another
        chain can be read from them.
    """
    found: dict[str, list[str]] = {chain: [] for chain in chains}
    _root(study_id, sorted(vector), found)
    return found


def _root(study_id: str, leaves: Sequence[Leaf], paths: Mapping[str, list[str]]) -> bytes:
    if len(leaves) == 1:
        ((chain, n, digest),) = leaves
        return hashlib.sha256(b"\x00" + canonical([study_id, chain, str(n), digest])).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = _root(study_id, leaves[:split], paths), _root(study_id, leaves[split:], paths)
    if paths:
        for at, (chain, _, _) in enumerate(leaves):
            if chain in paths:
                paths[chain].append(f">{right.hex()}" if at < split else f"<{left.hex()}")
    return hashlib.sha256(b"\x01" + left + right).digest()


def present_cut(connection: Connection, study_id: str) -> Cut:
    """The study as it is now: one statement, so one instant."""
    rows = connection.execute(
        select(chain_head.c.chain, chain_head.c.n, chain_head.c.hash, chain_head.c.at)
        .where(chain_head.c.study_id == study_id)
        .order_by(chain_head.c.chain)
    ).all()
    vector = tuple((row.chain, row.n, row.hash) for row in rows)
    return Cut(study_id, merkle_root(study_id, vector), vector, max((row.at for row in rows), default=""))


def cut_as_of(connection: Connection, study_id: str, at: str) -> Cut:
    """Per chain the last entry at or before an instant (UTC ISO 8601)."""
    entry = ledger_entry
    statement = (
        select(entry.c.chain, entry.c.n, entry.c.hash, entry.c.at)
        .where(entry.c.study_id == study_id, entry.c.at <= at)
        .order_by(entry.c.chain, entry.c.n)
    )
    last: dict[str, tuple[Leaf, str]] = {}
    for row in connection.execute(statement, execution_options={"yield_per": 5000}):
        last[row.chain] = ((row.chain, row.n, row.hash), row.at)
    vector = tuple(leaf for leaf, _ in last.values())
    latest = max((moment for _, moment in last.values()), default="")
    return Cut(study_id, merkle_root(study_id, vector), vector, latest)


#: Entries of the study's own chain that change no data: two states that differ only by these are the same cut.
BOOKKEEPING = (
    EntryKind.EXPORT_REQUEST.value,
    EntryKind.EXPORT_PRODUCE.value,
    EntryKind.EXPORT_EXPIRE.value,
    EntryKind.EXPORT_TOKEN.value,
    EntryKind.EXPORT_HAND_OVER.value,
    EntryKind.EXPORT_OPEN.value,
    EntryKind.EXPORT_RECEIPT.value,
    EntryKind.CUT_CREATE.value,
    EntryKind.CUT_SIGN.value,
    EntryKind.ANCHOR.value,
)


def present_data(connection: Connection, study_id: str) -> Cut:
    """The study as it is now: the last cut taken, when nothing but bookkeeping was written since."""
    present = present_cut(connection, study_id)
    return _same_data(connection, present) or present


def _same_data(connection: Connection, present: Cut) -> Cut | None:
    entry = ledger_entry
    mine = (entry.c.study_id == present.study_id) & (entry.c.chain == STUDY_CHAIN)
    last = connection.execute(
        select(entry.c.payload)
        .where(mine, entry.c.kind == EntryKind.CUT_CREATE.value)
        .order_by(entry.c.n.desc())
    ).first()
    if last is None:
        return None
    earlier = find(connection, present.study_id, orjson.loads(last.payload)["root"])
    before = {leaf for leaf in earlier.vector if leaf[0] != STUDY_CHAIN}
    if before != {leaf for leaf in present.vector if leaf[0] != STUDY_CHAIN}:
        return None
    changed = connection.execute(
        select(entry.c.n).where(mine, entry.c.n > earlier.study_n, entry.c.kind.not_in(BOOKKEEPING)).limit(1)
    ).first()
    return earlier if changed is None else None


def keep(connection: Connection, taken: Cut, *, name: str = "") -> bool:
    """Store a cut's vector, once: the same root is the same state.

    :returns: whether it was new. A nameless cut that is kept already takes a name given now.
    """
    known = connection.execute(
        select(cut.c.root, cut.c.name).where(cut.c.study_id == taken.study_id, cut.c.root == taken.root)
    ).first()
    if known is not None:
        if name and not known.name:
            here = (cut.c.study_id == taken.study_id) & (cut.c.root == taken.root)
            connection.execute(update(cut).where(here), {"name": name})
        return False
    vector = orjson.dumps([list(leaf) for leaf in taken.vector]).decode()
    row = {"study_id": taken.study_id, "root": taken.root, "name": name, "at": taken.at, "vector": vector}
    connection.execute(insert(cut), row)
    return True


def kept_within(connection: Connection, taken: Cut) -> Iterator[Cut]:
    """States that the study's chain names up to a cut, and the cut itself, by time and root."""
    entry = ledger_entry.c
    naming = select(entry.payload).where(
        entry.study_id == taken.study_id, entry.chain == STUDY_CHAIN, entry.n <= taken.study_n,
        entry.kind.in_((EntryKind.CUT_CREATE.value, EntryKind.ANCHOR.value)),
    )  # fmt: skip
    roots = {orjson.loads(said)["root"] for said in connection.execute(naming).scalars()} | {taken.root}
    kept = connection.execute(select(cut.c.at, cut.c.root).where(cut.c.study_id == taken.study_id)).all()
    for _, root in sorted((row.at, row.root) for row in kept if row.root in roots):
        yield find(connection, taken.study_id, root)


def published_within(connection: Connection, taken: Cut) -> tuple[str, ...]:
    """OIDs of the versions that were published up to a cut, oldest first."""
    entry = ledger_entry.c
    publishing = (
        select(entry.meta_data_version)
        .where(
            entry.study_id == taken.study_id, entry.chain == STUDY_CHAIN, entry.n <= taken.study_n,
            entry.kind == EntryKind.STUDY_PUBLISH.value,
        )
        .order_by(entry.n)
    )  # fmt: skip
    return tuple(connection.execute(publishing).scalars())


def find(connection: Connection, study_id: str, name_or_root: str) -> Cut:
    """A kept cut by its root or its name.

    :raises NotFound: none is known by it.
    """
    row = connection.execute(
        select(cut).where(
            cut.c.study_id == study_id, (cut.c.root == name_or_root) | (cut.c.name == name_or_root)
        )
    ).first()
    if row is None:
        raise NotFound(f"There is no snapshot '{name_or_root}' of this study.")
    vector = tuple((chain, n, digest) for chain, n, digest in orjson.loads(row.vector))
    return Cut(study_id, row.root, vector, row.at, row.name)
