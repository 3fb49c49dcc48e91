"""Identifiers of persons in what people write beside values: query texts, reasons, names of files (REQ-PRV-02)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from edc_core.domain.commands import ActOnQuery, AddFile, OpenQuery
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action
from edc_core.domain.scanner import TextKind
from edc_core.errors import ValueRefused
from edc_core.identifiers import refusing
from edc_core.ledger.append import Effect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.scanner import Look, Scanner
    from edc_core.services.operation import SubjectOperation
    from edc_core.store.unit_of_work import UnitOfWork

SYSTEM = "system:scanner"


def scanners_of(uow: UnitOfWork, index: MetaDataIndex) -> tuple[Scanner, ...]:
    """What tells identifiers in texts that are written under a version."""
    return uow.activate(index.version.plugins).scanners if index.version.plugins else ()


def look_of(uow: UnitOfWork, index: MetaDataIndex, *, cleared: bool = False) -> Look | None:
    """What looks through values that are written under a version; ``None`` where the study has no scanners.

    :param cleared: the person says that what a scanner asks about is no identifier.
    """
    scanners = scanners_of(uow, index)
    return partial(refusing, scanners, cleared=cleared) if scanners else None


def refuse_texts(operation: SubjectOperation, again: Callable[[UnitOfWork], SubjectOperation]) -> None:
    """Refuse a command that was refused before, or whose words hold an identifier, and leave an entry that says so without them.

    :param again: begins the same operation in another transaction.
    :raises ValueRefused: ``details`` hold the scanner as ``check`` and the place as ``path``.
    """
    if operation.earlier is not None and "refused" in operation.earlier:
        raise ValueRefused(operation.earlier.pop("refused"), **operation.earlier)
    texts = tuple(_texts(operation.command))
    version, uow = operation.site.meta_data_version, operation.uow
    if not texts or not version or operation.earlier is not None:
        return
    if not uow.actor.may(Action.VIEW_DATA, operation.place):
        return  # the service says that there is no such subject
    index = uow.versions.get(uow.connection, operation.command.study_id, version)
    scanners = scanners_of(uow, index)
    found = ((kind, one) for kind, text in texts if (one := refusing(scanners, kind, text)) is not None)
    kind, scanner = next(found, (TextKind.VALUE, None))
    if scanner is None:
        return
    check, path = f"scanner:{scanner.name}", _path(operation.command)
    note = Effect(
        EntryKind.NOTE_ADD, path, {"note": f"{kind.value} refused", "check": check}, actor=SYSTEM, role=""
    )
    language = index.version.language_at(operation.site.number, uow.actor.language)
    refused = ValueRefused(scanner.message.in_language(language), path=path, check=check)
    uow.note_refusal(refused, lambda fresh: _note(again(fresh), note, refused))
    raise refused


def _note(operation: SubjectOperation, note: Effect, refused: ValueRefused) -> None:
    if operation.earlier is None:
        operation.require(Action.VIEW_DATA)
        operation.record([note], meta_data_version=operation.site.meta_data_version)
        operation.finish({"refused": refused.message} | refused.details, status=422)


def _texts(command: object) -> Iterator[tuple[TextKind, str]]:
    if isinstance(command, OpenQuery | ActOnQuery) and command.text:
        yield TextKind.QUERY, command.text
    reason = getattr(command, "reason", None)
    if reason is not None and reason.text:
        yield TextKind.REASON, reason.text
    if isinstance(command, AddFile):
        yield TextKind.FILE_NAME, command.file.name


def _path(command: object) -> str:
    place = getattr(command, "path", None) or getattr(command, "form", None)
    return "" if place is None else str(place)
