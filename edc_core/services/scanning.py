"""Identifiers of persons in what people write beside values: subject numbers, query texts, reasons, names of files
(REQ-PRV-02).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from edc_core.domain.commands import ActOnQuery, AddFile, AddSubject, CorrectSubjectKey, OpenQuery
from edc_core.domain.ledger_entry import SYSTEM_STUDY, EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.domain.scanner import TextKind, wanted
from edc_core.errors import ValueRefused
from edc_core.identifiers import refusing
from edc_core.ledger.append import Effect
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from edc_core.domain.commands import Command
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.scanner import Look, Scanner
    from edc_core.errors import EdcError
    from edc_core.services.operation import Operation, SubjectOperation
    from edc_core.store.unit_of_work import UnitOfWork

SYSTEM = "system:scanner"


def scanners_of(uow: UnitOfWork, index: MetaDataIndex, country: str) -> tuple[Scanner, ...]:
    """What tells identifiers in texts that are written under a version at a site of a country, as its study wants it."""
    if not index.version.plugins:
        return ()
    known = wanted(uow.activate(index.version.plugins).scanners, index.version.policy)
    return tuple(one for one in known if not one.countries or country in one.countries)


def look_of(uow: UnitOfWork, index: MetaDataIndex, country: str, *, cleared: bool = False) -> Look | None:
    """What looks through values that are written under a version; ``None`` where the study has no scanners.

    :param cleared: the person says that what a scanner asks about is no identifier.
    """
    scanners = scanners_of(uow, index, country)
    return partial(refusing, scanners, cleared=cleared) if scanners else None


def refuse_texts(operation: SubjectOperation, again: Callable[[UnitOfWork], SubjectOperation]) -> None:
    """Refuse a command that was refused before, or whose words hold an identifier, and leave an entry that says so without them.

    :param again: begins the same operation in another transaction.
    :raises ValueRefused: ``details`` hold the scanner as ``check`` and the place as ``path``.
    """
    refuse_again(operation.earlier)
    texts = tuple(_texts(operation.command))
    version, uow = operation.site.meta_data_version, operation.uow
    if not texts or not version or operation.earlier is not None:
        return
    if not uow.actor.may(Action.VIEW_DATA, operation.place):
        return  # the service says that there is no such subject
    index = uow.versions.get(uow.connection, operation.command.study_id, version)
    language = index.version.language_at(operation.site.number, uow.actor.language)
    found = _first(scanners_of(uow, index, operation.site.country), texts)
    if found is not None:
        _refuse(uow, found, again, version, path=_path(operation.command), language=language)


def refuse_words(
    uow: UnitOfWork,
    command: Command,
    again: Callable[[UnitOfWork], Operation],
    *,
    texts: Iterable[str] = (),
    version: str = "",
    country: str = "",
    error: type[EdcError] = ValueRefused,
) -> None:
    """The same for a command that has no chain of a subject: the entry stands in that of the study.

    :param texts: more than its reason. :param version: under which it is written; the study's newest without it.
    :param country: of the site; empty for the study as a whole.
    :raises ValueRefused: as above, or ``error``.
    """
    said = (*_texts(command), *((TextKind.REASON, text) for text in texts))
    if not said or command.study_id == SYSTEM_STUDY:
        return
    version = version or readers.study_by_id(uow.connection, command.study_id).meta_data_version
    if not version or not (uow.actor.trusted or uow.actor.roles(Place(command.study_id))):
        return  # the service says that the person may not
    index = uow.versions.get(uow.connection, command.study_id, version)
    found = _first(scanners_of(uow, index, country), said)
    if found is not None:
        language = index.version.language_at("", uow.actor.language)
        _refuse(uow, found, again, version, language=language, error=error)


def refuse_again(earlier: dict[str, Any] | None) -> None:
    """:raises ValueRefused: the operation was refused before."""
    if earlier is not None and "refused" in earlier:
        raise ValueRefused(earlier.pop("refused"), **earlier)


def _first(
    scanners: Sequence[Scanner], texts: Iterable[tuple[TextKind, str]]
) -> tuple[TextKind, Scanner] | None:
    """What refuses the first text that is refused. A number that only looks like an identifier can be worded no other way."""
    for kind, text in texts:
        found = refusing(scanners, kind, text, cleared=kind is TextKind.SUBJECT_KEY)
        if found is not None:
            return kind, found
    return None


def _refuse(
    uow: UnitOfWork,
    found: tuple[TextKind, Scanner],
    again: Callable[[UnitOfWork], Operation],
    version: str,
    *,
    language: str,
    path: str = "",
    error: type[EdcError] = ValueRefused,
) -> None:
    """Give the transaction up, and have another one note why: the scanner and the place, never the text."""
    kind, scanner = found
    said = {"note": f"{kind.value} refused", "check": f"scanner:{scanner.name}"}
    refused = error(scanner.message.in_language(language), path=path, check=said["check"])

    def keep(fresh: UnitOfWork) -> None:
        begun = again(fresh)
        if begun.earlier is None:
            note = Effect(EntryKind.NOTE_ADD, path, said, actor=SYSTEM, role="")
            begun.record([note], meta_data_version=version)
            begun.finish({"refused": refused.message} | refused.details, status=422)

    uow.note_refusal(refused, keep)
    raise refused


def _texts(command: object) -> Iterator[tuple[TextKind, str]]:
    if isinstance(command, AddSubject | CorrectSubjectKey):
        key = command.new_key if isinstance(command, CorrectSubjectKey) else command.subject_key
        yield TextKind.SUBJECT_KEY, key
    if isinstance(command, OpenQuery | ActOnQuery) and command.text:
        yield TextKind.QUERY, command.text
    reason = getattr(command, "reason", None)
    if reason is not None and reason.text:
        yield TextKind.REASON, reason.text
    if told := getattr(command, "told", ""):
        yield TextKind.REASON, told
    if isinstance(command, AddFile):
        yield TextKind.FILE_NAME, command.file.name


def _path(command: object) -> str:
    place = getattr(command, "path", None) or getattr(command, "form", None)
    return "" if place is None else str(place)
