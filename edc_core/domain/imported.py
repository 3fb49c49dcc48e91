"""What an importer hands over: definitions and collected data as found, before anything is decided or written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import MetaDataVersion, SiteDef
    from edc_core.domain.query import Query

#: ODM TransactionType of collected data; ``""`` where the file states none (a snapshot).
TransactionType = Literal["", "Insert", "Update", "Remove", "Upsert", "Context"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a source file that the importer could not take as it stands.

    :param line: line in the file, from 1; 0 when it concerns the whole file.
    :param code: stable code of the importer (``ODM012``).
    :param fatal: nothing of the file can be imported.
    """

    file: str
    line: int
    code: str
    text: str
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class ImportedItem:
    """One ItemData as found.

    :param raw: the value as written in the file; ``None`` for IsNull.
    :param missing: missing reason code, when the file states one.
    :param unit: OID of the MeasurementUnit the value is stated in, when the file states one.
    :param source: what is kept verbatim in the ledger beside the value and written back on export: the audit record
        (``audit``: mapping of ODM names to text), annotations, anything else of the source that has no place here.
    """

    path: ItemPath
    raw: str | None
    missing: str = ""
    unit: str = ""
    transaction: TransactionType = ""
    source: Mapping[str, object] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class ImportedForm:
    """One FormData: its items in the order found (the same path may occur several times in a Transactional file).

    :param rows: paths of item group occurrences that hold no item, so that empty rows are not lost.
    :param complete: the source says that its entry is complete; otherwise it arrives In progress.
    """

    path: ItemPath
    items: tuple[ImportedItem, ...] = ()
    rows: tuple[ItemPath, ...] = ()
    transaction: TransactionType = ""
    source: Mapping[str, object] = field(default_factory=dict)
    line: int = 0
    complete: bool = True


@dataclass(frozen=True, slots=True)
class ImportedQuery:
    """A query with its thread as the file tells it. Its id is the source's; authors and times are those of the source.

    :param query: without a fingerprint, which no file holds: a digest of few possible inputs would give them away.
    """

    query: Query
    line: int = 0


@dataclass(frozen=True, slots=True)
class ImportedSubject:
    """One SubjectData.

    :param events: paths of event occurrences that hold no form.
    :param queries: each once, with all its messages.
    :param not_done: event occurrences that were marked as not done, each with the reason, which may be empty.
    """

    study_oid: str
    meta_data_version: str
    subject_key: str
    site_number: str = ""
    forms: tuple[ImportedForm, ...] = ()
    events: tuple[ItemPath, ...] = ()
    source: Mapping[str, object] = field(default_factory=dict)
    line: int = 0
    queries: tuple[ImportedQuery, ...] = ()
    not_done: tuple[tuple[ItemPath, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """Everything read from the files of one import, parsed whole.

    :param versions: MetaDataVersions in the order found; includes resolved.
    :param subjects: each once; an importer of files of any size keeps them outside memory until they are asked for.
    :param source: what of the files has no place in the model and is written back on export (AdminData users,
        locations, signature definitions, ...), as plain JSON values.
    """

    versions: tuple[MetaDataVersion, ...] = ()
    sites: tuple[SiteDef, ...] = ()
    subjects: Sequence[ImportedSubject] = ()
    problems: tuple[Problem, ...] = ()
    source: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Importer:
    """A file format that can be read, as a plugin registers it.

    :param name: as given to ``edc study import --format``.
    :param recognises: says from a file's name and first 64 KiB whether it is of this format.
    :param read: parses files whole; problems are listed in the result, and only a bug raises.
    """

    name: str
    title: str
    recognises: Callable[[str, bytes], bool]
    read: Callable[[Sequence[Path]], Imported]
