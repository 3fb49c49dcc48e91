"""Code verbatims, approve what another person proposed, take it back; and the list of what is to be coded (REQ-LCK-02)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edc_core.domain.coding import CodingState, NewCoding, Verbatim, said_of
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.domain.permission import Action
from edc_core.domain.protection import ALLOWED, Touch, effective, require
from edc_core.errors import BadRequest, EditConflict, NotAllowed, NotFound, ReasonRequired, WrongState
from edc_core.ledger.append import Effect
from edc_core.services.operation import once, open_subject
from edc_core.services.reading import SHOWS, note_shown
from edc_core.store import coding_readers, listing, readers, verbatim_readers
from edc_core.store.row_places import path_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from edc_core.domain.casebook import Casebook
    from edc_core.domain.coding import Coding
    from edc_core.domain.coding_commands import ApproveCodings, CodeTerms, ResetCodings
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.protection import Protection
    from edc_core.services.operation import SubjectOperation
    from edc_core.services.reading import StudyPicture

MAX_CODINGS = 5000  #: of one command: more than a casebook holds


@once(open_subject, Action.CODE_TERMS)
def code_terms(operation: SubjectOperation, command: CodeTerms) -> dict[str, Any]:
    """Code the values that the person was shown, all of them or none.

    :returns: ``{"coded": n}``. :raises EditConflict: a value changed since the person saw it.
    :raises BadRequest: a term says nothing. :raises NotFound: no such value. :raises Protected: it is locked.
    """
    desk = _Desk(operation, [one.path for one in command.codings])
    changed = [one for one in command.codings if desk.version(one.path) != one.version]
    if changed:
        raise EditConflict(_changed(len(changed)), paths=[str(one.path) for one in changed])
    operation.record([_coded(desk, one, operation.uow.actor.name) for one in command.codings])
    return {"coded": len(command.codings)}


def _coded(desk: _Desk, coding: NewCoding, by: str) -> Effect:
    levels = coding.term.levels
    if not (coding.term.dictionary and coding.term.version and levels and all(map(all, levels))):
        raise BadRequest("A coding names its dictionary, its version, and a code and a term at each level.")
    said = said_of(coding, by=by, approved_by="")
    return Effect(EntryKind.CODING_SET, str(coding.path), said, desk.meta_data_version(coding.path))


@once(open_subject, Action.APPROVE_CODING)
def approve_codings(operation: SubjectOperation, command: ApproveCodings) -> dict[str, Any]:
    """Agree to proposed codings, or that coded words stand for their term, all of them or none.

    :returns: ``{"approved": n}``. :raises EditConflict: a coding is not the one that the person saw.
    :raises NotAllowed: the person proposed it. :raises WrongState: it waits for no approval.
    """
    desk = _Desk(operation, [path for path, _ in command.seen])
    effects = []
    for path, n in command.seen:
        coding = desk.coding(path)
        if coding.n != n:
            raise EditConflict(_changed(1), paths=[str(path)])
        if coding.state is not CodingState.PROPOSED and (coding.synonym or not command.synonym):
            raise WrongState("This coding waits for no approval.")
        if coding.by == operation.uow.actor.name:
            raise NotAllowed("A coding is approved by another person than the one who proposed it.")
        agreed = NewCoding(path, coding.version, coding.term, coding.method, command.synonym)
        said = said_of(agreed, by=coding.by, approved_by=operation.uow.actor.name)
        effects.append(Effect(EntryKind.CODING_SET, str(path), said, desk.meta_data_version(path)))
    operation.record(effects)
    return {"approved": len(effects)}


@once(open_subject, Action.CODE_TERMS)
def reset_codings(operation: SubjectOperation, command: ResetCodings) -> dict[str, Any]:
    """Take codings back, with a reason: the values are to be coded again.

    :returns: ``{"reset": n}``. :raises NotFound: there is no coding to be taken back.
    """
    if not command.reason:
        raise ReasonRequired("Say why the coding is taken back.")
    desk = _Desk(operation, command.paths)
    for path in command.paths:
        desk.coding(path)
    payload = {"cause": "person"}
    effects = [
        Effect(EntryKind.CODING_RESET, str(path), payload, desk.meta_data_version(path), command.reason)
        for path in command.paths
    ]
    operation.record(effects)
    return {"reset": len(effects)}


class _Desk:
    """A subject's values before a coder."""

    def __init__(self, operation: SubjectOperation, paths: Sequence[ItemPath]) -> None:
        _require_some(paths)
        self._operation = operation
        form = paths[0].form_path if len({path.form_path for path in paths}) == 1 else None
        self._book: Casebook = readers.casebook(operation.uow, operation.subject, form=form)
        texts = [str(path) for path in paths]
        self._codings = verbatim_readers.codings_at(operation.uow.connection, operation.subject, texts)
        for path in paths:
            self._require(path)

    def _require(self, path: ItemPath) -> None:
        """:raises NotFound: no such value, or the person may not see it; the words are the same."""
        uow, data = self._operation.uow, self._book.items.get(path)
        if path.item is None or data is None or data.value is None or self._book.is_removed(path):
            raise NotFound(f"There is no value at '{path}' that could be coded.")
        index = uow.versions.get(
            uow.connection, self._operation.command.study_id, self.meta_data_version(path)
        )
        shows = SHOWS.get(index.place(path).item.sensitivity, Action.VIEW_DATA)
        if not uow.actor.may(shows, self._operation.place):
            raise NotFound(f"There is no value at '{path}' that could be coded.")
        require(self._book.protection(path), Touch.CODING)

    def version(self, path: ItemPath) -> int:
        return self._book.items[path].version

    def meta_data_version(self, path: ItemPath) -> str:
        return self._book.forms[path.form_path].meta_data_version

    def coding(self, path: ItemPath) -> Coding:
        """:raises NotFound: the value has none."""
        coding = self._codings.get(str(path))
        if coding is None or coding.state is CodingState.RESET:
            raise NotFound(f"The value at '{path}' is not coded.")
        return coding


def _require_some(paths: Sequence[ItemPath]) -> None:
    if not paths:
        raise BadRequest("Choose at least one term.")
    if len(paths) > MAX_CODINGS:
        raise BadRequest(f"At most {MAX_CODINGS} terms are coded at once; here are {len(paths)}.")
    if len(set(paths)) < len(paths):
        raise BadRequest("A term is named twice.")


def _changed(number: int) -> str:
    what = "A term was" if number == 1 else f"{number} terms were"
    return f"{what} changed since you saw this page, so nothing was coded. Look at the page again."


def verbatims(
    picture: StudyPicture, items: Collection[str], *, waiting: bool = False
) -> tuple[Verbatim, ...]:
    """See ``StudyAccess.verbatims``."""
    picture.actor.role_for(Action.VIEW_DATA, picture.place())
    connection, study_id = picture.source.connection, picture.study.study_id
    rows = verbatim_readers.verbatims(connection, picture.scope, items, waiting=waiting)
    note_shown(picture, "verbatims", (picture.index.items.get(oid) for oid in items if rows))
    locks = _Locks(picture, study_id)
    may = {
        site_id: (picture.may(Action.CODE_TERMS, site_id), picture.may(Action.APPROVE_CODING, site_id))
        for site_id in picture.sites
    }
    return tuple(_verbatim(row, picture, locks, may[row["site_id"]]) for row in rows)


def _verbatim(
    row: Mapping[str, Any], picture: StudyPicture, locks: _Locks, may: tuple[bool, bool]
) -> Verbatim:
    path = path_of(row["path"])
    return Verbatim(
        row["subject_key"],
        picture.sites[row["site_id"]].number,
        path,
        row["value"],
        row["value_version"],
        row["status"] == EntryStatus.COMPLETE.value,
        Touch.CODING not in ALLOWED[locks.at(row["subject_id"], row["site_id"], path)],
        *may,
        coding_readers.coding_of(row) if row["state"] is not None else None,
    )


class _Locks:
    """How places of all subjects are protected, read at once."""

    def __init__(self, picture: StudyPicture, study_id: str) -> None:
        self._own: dict[str, dict[ItemPath, Protection]] = {}
        self._above: dict[str, Protection] = {}
        for placed in listing.protections(picture.source.connection, study_id):
            if placed.chain == STUDY_CHAIN:
                self._above[placed.site_id] = placed.row.state
            else:
                self._own.setdefault(placed.chain, {})[placed.path] = placed.row.state

    def at(self, subject_id: str, site_id: str, path: ItemPath) -> Protection:
        above = [self._above[scope] for scope in ("", site_id) if scope in self._above]
        return effective(path, self._own.get(subject_id, {}), above)
