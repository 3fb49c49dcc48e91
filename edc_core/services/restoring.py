"""Takes an archived study into an installation: looked through whole, then written in one transaction, byte for byte.

The people of the study come as closed accounts, so that what they did has their names; what they may do is decided anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from edc_core.clock import iso
from edc_core.domain.archive import ArchiveFile, Restored
from edc_core.domain.imported import Problem
from edc_core.domain.ledger_entry import COLUMNS, HASHED, SYSTEM_STUDY, EntryKind
from edc_core.errors import AlreadyExists, ImportRefused
from edc_core.ids import new_id
from edc_core.ledger import anchor, cut, site_chains
from edc_core.ledger.append import Effect
from edc_core.ledger.cut import Cut
from edc_core.ledger.hashing import entry_hash, payload_digest, tag_of
from edc_core.ledger.restore import put_back
from edc_core.ledger.verify import WALKED, Report, walk
from edc_core.ledger.verify_signatures import unsigned
from edc_core.services.operation import Command, open_study
from edc_core.store import accounts, readers
from edc_core.store.file_entries import file_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from edc_core.core import Core
    from edc_core.domain.archive import StudyArchive
    from edc_core.domain.permission import Actor
    from edc_core.store.unit_of_work import Source, UnitOfWork

TRAIL, INSTALLATION, ANCHORS, KEPT = ArchiveFile
#: Accounts by id: line of what was said last, origin of what was said first, and what was said.
People = dict[str, tuple[int, str, dict[str, Any]]]
Place = tuple[str, int]  #: chain and position
_NUMBERS = ("n", "op_index")
_WITH_FILES = (EntryKind.FILE_ADD, EntryKind.SIGN_SET)
#: What no study says: a forged archive would give somebody an account or a role here.
_NOT_OF_A_STUDY = frozenset({
    EntryKind.GRANT_ADD, EntryKind.GRANT_END, EntryKind.GRANT_USER_ADD, EntryKind.GRANT_USER_CHANGE, EntryKind.ANCHOR_KEY,
})  # fmt: skip


def restore(
    core: Core, actor: Actor, archive: StudyArchive, *,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Restored:  # fmt: skip
    """Take a study in.

    :param tell: how many entries are looked through or written, of how many.
    :raises AlreadyExists: the installation has this study, or one of its name. :raises ImportRefused: everything that is
        wrong with the archive; nothing is written.
    """
    found = _Look(archive)
    found.look_through(tell)
    with core.write(actor) as uow:
        found.problems += _strangers(uow, found.people)
        if found.problems:
            said = "This archive cannot be restored; nothing was written."
            raise ImportRefused(said, problems=tuple(found.problems))
        names = {str(one) for one in readers.studies(uow.connection)}
        if site_chains.heads(uow.connection, found.study_id) or found.name in names:
            raise AlreadyExists(f"{found.name} is in this installation already. Restore into an empty one.")
        for sha256, path in found.files.items():
            with path.open("rb") as stream:
                core.files.put_back(stream, sha256)
        total = found.entries
        rows = (tuple(entry[name] for name in COLUMNS) for _, entry in archive.trail())
        put_back(uow.connection, rows, lambda done: tell(total + done, 2 * total))
        for state in found.states():
            cut.keep(uow.connection, state, name=state.name)
        people = _close_in(uow, found.people)
        at, done = iso(uow.clock.now()), "study restored"
        accounts.log_access(uow.connection, at, actor.name, done, study_id=found.study_id, detail=archive.cut)
    absent = tuple(sorted(archive.absent))
    return Restored(found.name, archive.cut, len(found.heads), total, len(found.files), people, absent)


class _Look:
    """An archive as it is looked through: everything that is wrong with it, and what there is to write."""

    def __init__(self, archive: StudyArchive) -> None:
        self._archive = archive
        self.problems: list[Problem] = []
        self.study_id = self.name = ""
        self.entries = 0
        self.heads: dict[str, tuple[int, str]] = {}
        self.people: People = {}
        self.files: dict[str, Path] = {}
        self._begin: dict[str, int] = {}
        self._hashes: dict[Place, str] = {}

    def look_through(self, tell: Callable[[int, int], None]) -> None:
        wanted, last = set[Place](), dict[str, int]()
        for state in self._archive.kept():
            wanted.update(state.positions.items())
            if state.root == self._archive.cut:
                last = dict(state.positions)
        report, claimed = Report(), dict[tuple[str, str], tuple[int, str]]()
        walk(self._walked(wanted, last, claimed), claimed, report, lambda done: tell(done, 0))
        for one in report.problems:
            line = self._begin.get(one.chain, 0)
            self._add(TRAIL, line and line + max(one.n - 1, 0), one.code, one.text)
        self.entries = report.entries
        for chain in last.keys() - self.heads.keys():
            self._add(TRAIL, 0, "removed", f"No entry of the chain {chain} is there.")
        roots = set[str]()
        for kept in self.states():
            roots.add(kept.root)
            if cut.merkle_root(self.study_id, kept.vector) != kept.root:
                self._add(KEPT, 0, "state", f"The entries are not those of the state {kept.root}.")
        if not last:
            self._add(KEPT, 0, "state", "The state of the manifest is not among those that are kept.")
        self._look_at_anchors(roots)
        self._look_at_people()

    def states(self) -> Iterator[Cut]:
        """States that are kept, with the hashes of the entries that were met."""
        for state in self._archive.kept():
            leaves = sorted(state.positions.items())
            vector = tuple((chain, n, self._hashes.get((chain, n), "")) for chain, n in leaves)
            yield Cut(self.study_id, state.root, vector, state.at, state.name)

    def _walked(
        self, wanted: set[Place], last: Mapping[str, int], claimed: dict[tuple[str, str], tuple[int, str]]
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Rows that can be read, as ``walk`` takes them. :param claimed: is told the end of each chain as the state has it."""
        for line, entry in self._archive.trail():
            if not _is_whole(entry):
                self._add(TRAIL, line, "unreadable", "This is no entry with all its columns.")
                continue
            chain, n = entry["chain"], entry["n"]
            self.study_id = self.study_id or entry["study_id"]
            ours = entry["study_id"] == self.study_id and SYSTEM_STUDY not in (self.study_id, chain)
            if not ours or entry["kind"] in _NOT_OF_A_STUDY:
                self._add(TRAIL, line, "study", "This entry is of another study, or of an installation.")
                continue
            self._begin.setdefault(chain, line)
            self.heads[chain] = (n, entry["hash"])
            claimed[self.study_id, chain] = (last.get(chain, 0), entry["hash"])
            if (chain, n) in wanted:
                self._hashes[chain, n] = entry["hash"]
            self._note(line, entry)
            yield [tuple(entry[name] for name in WALKED)]

    def _note(self, line: int, entry: Mapping[str, Any]) -> None:
        """What an entry names: the study, a file."""
        if entry["kind"] not in (EntryKind.STUDY_ADD, *_WITH_FILES):
            return
        try:
            said = orjson.loads(entry["payload"])
        except ValueError:
            return  # it is not what was digested, which is said of the entry
        if entry["kind"] == EntryKind.STUDY_ADD:
            self.name = f"{said['oid']}@{said['environment']}"
            return
        file = file_of(said)
        if file is None or file.sha256 in self.files or file.sha256 in self._archive.absent:
            return
        path = self._archive.file(file.sha256)
        if path is None:
            self._add(TRAIL, line, "file", f"The file {file.sha256} is not in the archive.")
        else:
            self.files[file.sha256] = path

    def _look_at_anchors(self, states: Collection[str]) -> None:
        try:
            lines = anchor.read_lines(self._archive.anchors())
        except ValueError as error:
            self._add(ANCHORS, 0, "unreadable", f"It is damaged: {error}.")
            return
        for _, text in unsigned(lines):
            self._add(ANCHORS, 0, "signature", text)
        of_states = (line for line in lines if isinstance(line, anchor.AnchorLine))
        for line in of_states:
            if line.study_id == self.study_id and line.root not in states:
                text = f"The entries are not those that were anchored at {line.at}."
                self._add(ANCHORS, 0, "anchor", text)

    def _look_at_people(self) -> None:
        """Accounts as the installation had them last, by id, when its chain is whole."""
        prev = ""
        for line, entry in self._archive.installation():
            if entry.get("prev") != prev or ("payload" in entry and not _is_itself(entry)):
                text = "This entry was changed, or does not follow from the one before."
                self._add(INSTALLATION, line, "columns", text)
                return
            prev = entry["hash"]
            if str(entry.get("kind", "")).startswith("grant.user_"):
                said = orjson.loads(entry["payload"])
                origin = self.people.get(said["user_id"], (0, entry["origin"]))[1]
                self.people[said["user_id"]] = (line, origin, said)

    def _add(self, file: str, line: int, code: str, text: str) -> None:
        self.problems.append(Problem(file, line, code, text))


def _is_whole(entry: Mapping[str, Any]) -> bool:
    return all(isinstance(entry.get(name), int if name in _NUMBERS else str) for name in COLUMNS)


def _is_itself(entry: Mapping[str, Any]) -> bool:
    """Whether its columns and its payload give its hash."""
    if not _is_whole(entry) or payload_digest(entry["payload"].encode()) != entry["payload_sha256"]:
        return False
    columns = {name: entry[name] for name in HASHED}
    return entry_hash(entry["prev"], columns, tag_of(entry["hash"])) == str(entry["hash"])


def _strangers(source: Source, people: People) -> Iterator[Problem]:
    """Logins that are somebody else's here: what a person of the archive did would have another name."""
    for line, _, said in people.values():
        here = accounts.by_login(source.connection, said["login"])
        if here and here.user_id != said["user_id"] and here.full_name != said["full_name"]:
            text = f"'{said['login']}' is the login of another account here."
            yield Problem(INSTALLATION, line, "login", text)


def _close_in(uow: UnitOfWork, people: People) -> int:
    """Add the accounts that are not here, closed: who comes back is invited and given roles anew."""
    operation = open_study(uow, Command(study_id=SYSTEM_STUDY, op=f"restore:{new_id()}"))
    effects = [
        Effect(EntryKind.GRANT_USER_ADD, "", _closed(said), origin=origin)
        for _, origin, said in people.values()
        if accounts.by_login(uow.connection, said["login"]) is None
    ]
    if effects:
        operation.record(effects)
    operation.finish({})
    return len(effects)


def _closed(said: Mapping[str, Any]) -> dict[str, Any]:
    names = ("user_id", "login", "full_name", "zone", "language")
    return {name: said[name] for name in names} | {"active": False, "email": ""}
