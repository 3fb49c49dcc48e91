"""What an exporter receives: a study's data at a cut, never "now", as an iterator of frozen rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol, Self

from edc_core.domain.export_items import runs_of

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from edc_core.domain.annotated_crf import PrintAnnotatedCrf
    from edc_core.domain.conformance import ConformanceEngine
    from edc_core.domain.country import CountryStandard
    from edc_core.domain.export_choice import ExportChoice
    from edc_core.domain.export_items import ExportItem, ItemRun
    from edc_core.domain.export_parts import InParts, WritePart
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import SiteDef
    from edc_core.domain.query import Query
    from edc_core.domain.tabular import WriteDatasets
    from edc_core.domain.tabulation import MakeTabulation


class Stays(str):
    """Why a subject is not in an export: its data stay in their country. A reason of ``ExportDataset.left_out``.

    :ivar country: ISO 3166-1 alpha-2. :ivar rule: of a country standard; empty where the installation keeps them there.
    """

    __slots__ = ("country", "rule")
    country: str
    rule: str

    def __new__(cls, country: str, rule: str = "") -> Self:
        made = super().__new__(cls, f"subjects whose data stay in {country}" + (f" ({rule})" if rule else ""))
        made.country, made.rule = country, rule
        return made

    def __reduce__(self) -> tuple[type[Stays], tuple[str, str]]:
        return Stays, (self.country, self.rule)


class ExportSignature(NamedTuple):
    """A signature given here, on a form, an event or (the empty path) a whole subject.

    :param state: SignatureState value: ``signed``, ``broken`` or ``withdrawn``; only the first is valid.
    :param user: login. :param zone: IANA zone of the signer; ``at`` is UTC, ISO 8601.
    :param meaning: Meaning value. :param sha256: of the manifest that was signed.
    """

    path: ItemPath
    state: str
    user: str
    full_name: str
    role: str
    at: str
    zone: str
    meaning: str
    site_number: str
    sha256: str


class ExportForm(NamedTuple):
    """One form at the cut.

    :param status: EntryStatus value.
    :param protection: effective Protection value at the cut.
    :param signature: SignatureState value by all signatures that cover it.
    :param rows: every row of repeating groups with its removed flag, also rows that hold no item.
    :param items: in the order in which they were first entered; those that come from a ledger are made when first asked for.
    """

    path: ItemPath
    meta_data_version: str
    status: str
    protection: str
    rows: tuple[tuple[ItemPath, bool], ...]
    items: Sequence[ExportItem]
    source: Mapping[str, object]
    signature: str = "unsigned"

    @property
    def runs(self) -> Sequence[ItemRun]:
        """The same items for whoever writes very many: plain tuples, row by row."""
        return runs_of(self.items)


class SincePart(NamedTuple):
    """What an increment says of a subject beside what it holds of it.

    :param before_key: its key in the earlier state, empty where it was not in that; likewise ``before_site``.
    :param gone: its forms there that are not in it any more, or stand under another key now. :param unchanged: how many forms
        are as they were, and not in the increment. :param is_gone: all of it is out of the export. :param before: as it was
        there; none where all that the earlier export has of it goes.
    """

    before_key: str
    before_site: str
    gone: tuple[ItemPath, ...]
    unchanged: int
    is_gone: bool = False
    before: ExportSubject | None = None


class ExportSubject(NamedTuple):
    """One subject at the cut with the forms that belong to the export's scope.

    :param queries: queries on places in scope, each with its messages, in the order they were opened.
    :param events: added event occurrences in scope that hold no form.
    :param not_done: event occurrences in scope that were marked as not done, each with the reason.
    :param signatures: those that cover a form in scope.
    :param since: in an increment, whose ``forms`` are those that are new or otherwise; all else is of the cut.
    """

    subject_key: str
    site_number: str
    status: str
    forms: tuple[ExportForm, ...]
    queries: tuple[Query, ...]
    events: tuple[ItemPath, ...]
    source: Mapping[str, object]
    not_done: Mapping[ItemPath, str] = MappingProxyType({})
    signatures: tuple[ExportSignature, ...] = ()
    since: SincePart | None = None


class TrailEntry(NamedTuple):
    """One ledger entry, as it stands and in words.

    :param columns: its columns in the order of the ledger, ``payload`` as the text that was digested. Of an entry about
        something that the person may not see only ``study_id chain n prev hash``, so that the chain can be followed.
    :param subject_key: whose chain it is; empty for that of the study.
    :param where: visit, form, row and item. :param what: goes on after ``who``; empty of what may not be seen.
    """

    columns: Mapping[str, object]
    subject_key: str
    site_number: str
    who: str
    role: str
    where: str
    what: str
    reason: str

    @property
    def is_withheld(self) -> bool:
        return "payload" not in self.columns


class SignedFile(NamedTuple):
    """What exactly was signed, or the PDF that was drawn of it.

    :param signed: SHA-256 of the manifest of the signature, as recorded. :param name: SHA-256 of the file, with ``.json``
        or ``.pdf``. :param stream: open until the next one is asked for.
    """

    subject_key: str
    signed: str
    name: str
    stream: IO[bytes]


class AnchoredState(NamedTuple):
    """A line of the anchor file.

    :param line: its bytes, without the end of the line. :param study_id: whose state it is, the study's or the
        installation's. :param positions: of each chain its last entry then. A line that names a key has neither.
    :param paths: of the copy of a site, whose positions are of its own chains alone: what leads from a chain to the root,
        see ``audit_paths``; of each position once.
    """

    line: bytes
    study_id: str
    root: str
    positions: Mapping[str, int]
    paths: Mapping[str, Sequence[str]] | None = None


class KeptState(NamedTuple):
    """A state of the study that is kept in it: a cut, under a name or without. :param at: UTC ISO 8601.

    :param positions: of each chain its last entry then. :param versions: OIDs of what was published by then, oldest first.
    """

    root: str
    name: str
    at: str
    positions: Mapping[str, int]
    versions: tuple[str, ...] = ()


class MadePart(NamedTuple):
    """A part of an export that was made. :param folder: in which it lies. :param made: what ``MakePart`` gave."""

    folder: Path
    made: Any


#: Makes something of the subjects of a dataset, perhaps of some of them and in another process, in a folder; it tells how many
#: subjects are done. It is a function of a module or a ``partial`` of one, and what it gives can be pickled. Files are best
#: named so that they do not begin with those of the core: ``cells``, ``done``, ``stop``, ``part-``.
MakePart = Callable[["ExportDataset", "Path", Callable[[int], None]], Any]


@dataclass(frozen=True, slots=True)
class ExportDataset:
    """A study's data at a cut.

    :param versions: every MetaDataVersion in use by OID, oldest first; the last is the newest.
    :param cut: Merkle root naming the cut.
    :param created_at: ``at`` of the last ledger entry inside the cut (UTC ISO 8601): the only time an exporter may use.
    :param sites: sites by number.
    :param users: display facts of every login that occurs in the audit records: login to full name.
    :param imported: what earlier imports kept of their source files (``Imported.source``), oldest first.
    :param meanings: meaning of each signature given here to the statement that was signed.
    :param paused: every time for which a check was switched off: ``check``, ``sites`` (numbers; none for the whole study),
        ``since``, ``until`` and, where it ended by then, the day that it ``ended`` on.
    :param subjects: call it for a fresh iterator, in the order of subject keys; constant memory.
    :param signed_files: what was signed, of every signature whose signer saw no more than whoever exports may see.
    :param trail: every ledger entry up to the cut, chain by chain, that of the study first; nothing for an exporter
        that is not registered as one of the ``trail``. ``anchors`` likewise: states anchored within the cut, oldest first;
        and ``system_trail``: the chain of the installation up to ``created_at``, as far as it concerns the study.
    :param kept: for an exporter of the ``whole`` study states that are kept in it, by time; the cut itself is one.
    :param formats: how tables are written, by the name of the exporter that can: for one that makes tables of its own.
    :param tabulations: how datasets of a standard are made of the data, by the name of the exporter that can.
    :param annotated_crf: how the annotated CRF is printed, where a plugin can; see ``Exporter.annotated_crf``.
    :param in_parts: see ``made``, which an exporter calls.
    :param analysis: what the sponsor has made of the data (analysis datasets, their define.xml, programs): a folder, or a ZIP
        archive of one.
    :param exports: what writes other formats of the same data, by name: for one that holds them. None of them needs another right.
    :param fonts: what chooses fonts of printed texts, where a plugin can; see ``Exporter.fonts``.
    :param left_out: call it once ``subjects`` was read to its end: how many of what are not in it, by why, as the manifest says.
    :param withheld: OIDs of items that are not in it because whoever asked may not see them, or asked to leave them out.
    :param choice: what was asked for, of an export; ``subjects`` gives no more than that. :param since: root of the earlier
        cut that an increment goes on from.
    :param standards: call it for what authorities ask of the newest version, by name. :param engines: what can look through
        the files once they are written; see ``ExportSink.folder``.
    """

    study_oid: str
    study_name: str
    environment: str
    versions: Mapping[str, MetaDataIndex]
    cut: str
    created_at: str
    sites: Mapping[str, SiteDef]
    users: Mapping[str, str]
    subjects: Callable[[], Iterator[ExportSubject]]
    unlocked: bool = False
    imported: tuple[Mapping[str, object], ...] = field(default=())
    meanings: Mapping[str, str] = field(default_factory=dict)
    paused: tuple[Mapping[str, object], ...] = ()
    trail: Callable[[], Iterator[TrailEntry]] = field(default=lambda: iter(()))
    signed_files: Callable[[], Iterator[SignedFile]] = field(default=lambda: iter(()))
    system_trail: Callable[[], Iterator[TrailEntry]] = field(default=lambda: iter(()))
    anchors: tuple[AnchoredState, ...] = ()
    kept: Callable[[], Iterator[KeptState]] = field(default=lambda: iter(()))
    formats: Mapping[str, WriteDatasets] = field(default_factory=dict)
    tabulations: Mapping[str, MakeTabulation] = field(default_factory=dict)
    annotated_crf: PrintAnnotatedCrf | None = None
    choice: ExportChoice | None = None
    since: str = ""
    standards: Callable[[], tuple[CountryStandard, ...]] = field(default=lambda: ())
    engines: tuple[ConformanceEngine, ...] = ()
    analysis: Path | None = None
    in_parts: InParts | None = None
    exports: Mapping[str, WriteExport] = field(default_factory=dict)
    fonts: ChooseFonts | None = None
    left_out: Callable[[], Mapping[str, int]] = field(default=dict)
    withheld: frozenset[str] = frozenset()

    def made(self, make: MakePart, folder: Path, progress: Callable[[int], None]) -> Sequence[MadePart]:
        """What is made of all subjects, in the order of their keys: of many in several processes, otherwise here and at once.

        :param folder: an empty one, below which parts are made. :param progress: told how many subjects are done.
        :raises ExportRefused: a process was lost.
        """
        if self.in_parts is not None and self.in_parts.subjects is self.subjects:
            return self.in_parts(make, folder, progress, self)
        return [MadePart(folder, make(self, folder, progress))]

    def written(self, writes: Sequence[WritePart], folder: Path, sink: ExportSink) -> Sequence[Any]:
        """What each of several gives, in their order: side by side where ``made`` made several parts, otherwise here.

        :param folder: that of ``made``. :param sink: takes the files of all of them.
        :raises ExportRefused: a process was lost. Whatever one of them raises.
        """
        if self.in_parts is not None and self.in_parts.subjects is self.subjects:
            return self.in_parts.written(writes, folder, sink, self)
        return [write(self, sink) for write in writes]

    @property
    def newest(self) -> MetaDataIndex:
        return list(self.versions.values())[-1]


class ExportSink(Protocol):
    """Where an exporter writes. Each file is hashed as it is written and named in ``manifest.json`` by the core."""

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """Begin a file; ``name`` is relative, with ``/`` between folders."""

    @property
    def folder(self) -> Path:
        """Where everything that was written so far lies, that of exports held inside too: to be read, never to be written."""

    def progress(self, subjects_done: int) -> None:
        """Say how many subjects are written; shown in terminal and page."""

    def rows(self, name: str, count: int) -> None:
        """State the number of records in a file, for the manifest."""

    def leave_out(self, what: str, number: int) -> None:
        """Count what the format leaves out of what it was given, for the manifest (see ``ExportDataset.left_out``)."""

    def made_with(self, what: str, sha256: str) -> None:
        """Name what the files were made with besides the study's own (a terminology, rules), and its digest, for the manifest."""


#: Writes an export into a sink.
WriteExport = Callable[[ExportDataset, ExportSink], None]
#: Names of fonts that show some texts, the first choice first. The second argument is the language (BCP 47) whose shapes of
#: Chinese characters are wanted. BadRequest: no font here shows one of the scripts; the message has the remedy.
ChooseFonts = Callable[[Iterable[str], str], list[str]]


class ExportGroup(StrEnum):
    """What an export is for, as the page of exports groups them, in this order."""

    TABLES = "tables"  #: for statistical programs
    CDISC = "cdisc"  #: the standards of CDISC for exchange
    PEOPLE = "people"  #: to be read, not computed
    TRAIL = "trail"  #: who did what and when
    PACKAGE = "package"  #: to be handed in to an authority
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Exporter:
    """A file format that can be written, as a plugin registers it.

    :param name: as given to ``edc export --format``. :param title: a few words; ``about`` is one line on what it is for.
    :param group: where a page lists it; without one by its ``destination``.
    :param needs_locked_study: refuse unless the study is locked or ``--unlocked`` was said.
    :param write: streams the dataset to the sink; no clock, no host name, no actor may reach the bytes.
    :param trail: it writes the audit trail: for those who may read all of it, locked or not, as far as they may see it.
    :param removed: it is given forms that were removed too, with the status ``removed``, and has to flag them.
    :param of_site: it writes the copy of one site, locked or not, as the site's investigator sees it; made by who runs the
        installation, opened by that investigator alone (REQ-LCK-05, -06). :param holds: what stands in it besides: folder to format.
    :param whole: it writes the archive of a study, locked or not, with what is blinded and every file: for who runs the
        installation (REQ-BAK-03).
    :param tables: it can write tables that another exporter made; see ``ExportDataset.formats``.
    :param tabulation: it can make datasets of a standard for other exporters; see ``ExportDataset.tabulations``.
    :param annotated_crf: it can print the annotated CRF for other exporters; see ``ExportDataset.annotated_crf``.
    :param fonts: it can choose fonts for what others print; see ``ExportDataset.fonts``.
    :param analysis: it takes what the sponsor has made of the data (``ExportDataset.analysis``). :param folders: names of the
        folders with such that the server keeps for a study, by its StudyOID; none where it keeps no folders.
    :param destination: country (ISO 3166) in which it is handed in, so that data which stay there may be in it.
    :param terms: it can write codes alone, or labels alone (``ExportChoice.terms``).
    :param increments: it can write what changed since an earlier state (``ExportSubject.since``).
    :param steps: how far ``ExportSink.progress`` counts on when every subject was written, for long work that is about none.
    """

    name: str
    title: str
    write: Callable[[ExportDataset, ExportSink], None]
    needs_locked_study: bool = False
    trail: bool = False
    removed: bool = False
    of_site: bool = False
    whole: bool = False
    holds: Mapping[str, str] = field(default_factory=dict)
    tables: WriteDatasets | None = None
    tabulation: MakeTabulation | None = None
    annotated_crf: PrintAnnotatedCrf | None = None
    fonts: ChooseFonts | None = None
    analysis: bool = False
    folders: Callable[[str], tuple[str, ...]] | None = None
    destination: str = ""
    terms: bool = False
    increments: bool = False
    steps: int = 0
    about: str = ""
    group: ExportGroup | None = None

    @property
    def listed(self) -> ExportGroup:
        """The group in which it is listed."""
        return self.group or (ExportGroup.PACKAGE if self.destination else ExportGroup.OTHER)

    @property
    def holds_all(self) -> bool:
        """It is made of whole casebooks with their trail, so that it cannot be narrowed."""
        return self.trail or self.of_site or self.whole
