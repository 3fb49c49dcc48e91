"""What a plugin's command may see of a study, and the one way in which it writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from edc_core.domain.archive import Restored, StudyArchive
    from edc_core.domain.casebook import Casebook
    from edc_core.domain.commands import Command
    from edc_core.domain.export_choice import ExportChoice
    from edc_core.domain.finding import Found
    from edc_core.domain.function import Function
    from edc_core.domain.imported import Imported, Problem
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import CheckExample, MetaDataVersion
    from edc_core.domain.playground import Playground
    from edc_core.domain.query import Query
    from edc_core.domain.study_access import StudyAccess
    from edc_core.domain.tracing import TracedRule
    from edc_core.errors import EdcError


@dataclass(frozen=True, slots=True)
class StudySite:
    """A site of a study; ``site_id`` is what commands name."""

    site_id: str
    number: str
    country: str
    zone: str


@dataclass(frozen=True, slots=True)
class SubjectAtHand:
    """A subject as a person sees it now.

    :param book: its casebook without values and queries that are hidden from the person.
    :param index: the version in force at its site; ``language`` is the one in which the person reads there.
    :param hidden: OIDs of items of any version whose values the person may not see.
    """

    book: Casebook
    site: StudySite
    index: MetaDataIndex
    language: str
    hidden: frozenset[str]


@dataclass(frozen=True, slots=True)
class StudyCheck:
    """A check of the study: a declared limit, or a plugin's.

    :param severity: ``hard``, ``query`` or ``warning``.
    :param plugin: the plugin's stamp; empty for a declared check.
    :param examples: on which it fires and passes; those of a limit are made at its bound.
    """

    oid: str
    title: str
    form: str
    severity: str
    plugin: str = ""
    examples: tuple[CheckExample, ...] = ()


@dataclass(frozen=True, slots=True)
class StudyAtHand:
    """A study as it is now: frozen, without collected values.

    :param name: ``OID@environment``.
    :param sites: in the order of their numbers.
    :param subject_keys: sorted.
    :param hidden: OIDs of items whose values the actor may not see at every site; nothing shows what they hold.
    """

    study_id: str
    name: str
    environment: str
    index: MetaDataIndex
    sites: tuple[StudySite, ...] = ()
    subject_keys: tuple[str, ...] = ()
    checks: tuple[StudyCheck, ...] = ()
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DefinitionRemark:
    """What was found in the files of a definition.

    :param file: with ``line`` and ``column``, from 1; 0 when the file as a whole is meant.
    :param severity: ``error`` forbids publishing, ``warning`` does not.
    :param excerpt: the lines around the place, each ``(line number, text)``.
    """

    file: str
    line: int
    column: int
    code: str
    severity: str
    message: str
    suggestion: str = ""
    excerpt: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DefinitionAtHand:
    """A definition as its files have it now.

    :param version: ``None`` when an error forbids it.
    """

    version: MetaDataVersion | None
    findings: tuple[DefinitionRemark, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedVersion:
    """A version that a word on the command line means.

    :param title: what it is called in a heading. :param study: ``OID@environment``; empty for a folder.
    """

    index: MetaDataIndex
    title: str
    study: str = ""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A made-up person of the demo: an account that no production installation holds."""

    login: str
    role: str
    site_ids: frozenset[str] = field(default_factory=frozenset)


@dataclass(slots=True)
class ImportReport:
    """What an import did.

    :param subjects: subject keys that are in. :param not_in: subject keys that are not, with the reason.
    """

    study: str = ""
    meta_data_version: str = ""
    subjects: list[str] = field(default_factory=list)
    not_in: dict[str, str] = field(default_factory=dict)
    item_values: int = 0
    problems: list[Problem] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "study": self.study,
            "meta_data_version": self.meta_data_version,
            "subjects": len(self.subjects),
            "item_values": self.item_values,
            "not_in": dict(self.not_in),
            "problems": [
                {"file": p.file, "line": p.line, "code": p.code, "text": p.text} for p in self.problems
            ],
        }


class PluginSession(Protocol):
    """A plugin at work, as the current user or as ``plugin:<name>``, with the same rights as anybody at that door."""

    def study(self, name: str, version: str = "") -> StudyAtHand:
        """A study by ``OID`` or ``OID@environment``, with the sites and subjects whose data the actor may see.

        :param version: OID of the published version it is given with; the newest without one.
        :raises NotFound: there is none, or the actor has no role in it.
        """

    def submit(self, study: StudyAtHand, *given: Command) -> list[dict[str, Any]]:
        """Carry out commands through the services, in one transaction: all of them, or none.

        :returns: an answer for each command.
        :raises EdcError: nothing was stored, and why.
        """

    def rehearse(self, study: StudyAtHand, *given: Command) -> list[dict[str, Any] | EdcError]:
        """Carry out commands and take them back: what ``submit`` would answer to each, or why it would refuse it."""

    def casebook(self, study: StudyAtHand, subject_key: str) -> Casebook:
        """A subject's data as they are now, a copy. Only who may see the data of the whole study.

        :raises NotFound: no such subject. :raises NotAllowed: the actor sees less than the whole study.
        """

    def values_of(self, study: StudyAtHand, item_oid: str) -> Iterator[tuple[str, ItemPath, str]]:
        """(subject key, place, value) of an item throughout the study, wherever it has one. Rights as for ``casebook``."""

    def acting_as(self, person: DemoPerson) -> PluginSession:
        """The same as a person of the demo. Outside live studies only."""

    def demo_people(self, study: StudyAtHand) -> tuple[DemoPerson, ...]:
        """Who of the demo works in a study, sorted by login; nobody in an ordinary installation."""

    def queries(self, study: StudyAtHand, subject_key: str) -> tuple[Query, ...]:
        """Queries of a subject in the order in which they were opened, finished ones too; none of items hidden from the actor.

        :raises NotFound: no such subject at a site whose data the actor may see. ``findings`` and ``trace`` likewise.
        """

    def findings(self, study: StudyAtHand, subject_key: str) -> tuple[Found, ...]:
        """What plugin checks said last about a subject, and the warnings of checks by expression, which ask no query.

        None of items hidden from the actor.
        """

    def trace(
        self, study: StudyAtHand, subject_key: str, form: ItemPath, language: str = "en"
    ) -> Sequence[TracedRule]:
        """Every rule of a form with its outcome and the value of each part, item by item.

        :raises NotAllowed: items of the study are hidden from the actor, and a rule may read them.
        """

    def functions(self, study: StudyAtHand, index: MetaDataIndex) -> Mapping[str, Function]:
        """What the plugins of a version of the study add to its expressions, by name; what an ``Asking`` calls."""

    def check_due(self, study: StudyAtHand, progress: Callable[[int], None] = ...) -> int:
        """Run the plugin checks of subjects that wait for them; how many are done with."""

    def tick(self, study: StudyAtHand) -> int:
        """Record that today began in each zone of the study's sites, as the worker does once a day, and look at the checks
        that time alone can make fire.

        :returns: how many forms got or lost queries; 0 on a day that was recorded before.
        """

    def check_again(
        self, study: StudyAtHand, subject_keys: Sequence[str], progress: Callable[[int], None] = ...
    ) -> tuple[str, ...]:
        """Run every check of these subjects again, as a save does: declared ones, those of plugins, across subjects.

        :returns: keys of the subjects of which some check did not come to its end, so that they still wait.
        :raises NotFound: no such subject. :raises NotAllowed: the actor does not run checks at its site; none was run.
        """


class CommandLine(Protocol):
    """What ``click`` hands to a plugin's command (``@click.pass_obj``)."""

    def plugin_session(self, plugin: str, *, as_user: str = "") -> PluginSession:
        """Begin to work: as a user with ``EDC_TOKEN``, or as ``plugin:<name>``, who is refused in live studies."""

    def settings_of(self, plugin: str) -> Mapping[str, str]:
        """The variables ``EDC_PLUGIN_...`` of a plugin by the rest of their names, and ``BASE_URL``."""

    def definition(self, path: Path) -> DefinitionAtHand:
        """Read a study's folder or file, as ``edc study check`` does; nothing is stored."""

    def study_access(self, plugin: str, study: str, *, as_user: str = "", recipe: str = "") -> StudyAccess:
        """A study in the hands of a user with ``EDC_TOKEN``, or of the command line, which is refused in live studies.

        :param recipe: in the hands of who gave ``EDC_TOKEN`` for it, where no user is named; so in ``export``.
        :raises NotFound: there is none.
        """

    def seal_problems(self, sealed: Mapping[str, Any], key: str = "") -> tuple[str, ...]:
        """What of a sealed snapshot is not as it was sealed, in words. Needs no database.

        :param key: public key of the installation that should have sealed it.
        """

    def import_files(
        self,
        files: Sequence[Path],
        *,
        format_name: str,
        environment: str,
        as_user: str,
        with_data: bool,
        read: Callable[[Imported], None],
        progress: Callable[[int, int], None],
    ) -> ImportReport:
        """Read files whole, publish their definitions and bring in their data.

        :param format_name: name of an importer; empty for the one that recognises the files. :param read: gets what was
            read, its definitions complete, before anything is written.
        :raises ImportRefused: nothing was written. :raises NotAllowed: the user may not.
        """

    def export(
        self, study: str, choice: ExportChoice, out: Path, *, as_user: str = "", recipe: str = "",
        progress: Callable[[int, int], None] = ..., analysis: Path | None = None,
    ) -> Mapping[str, Any]:  # fmt: skip
        """Write a study in a format, or its archive; what stands in the manifest.

        :param recipe: the name under which it is asked for time and again.
        :param analysis: a folder of what the sponsor has made, for a format that takes it.
        :raises NotAllowed: the user may not. :raises ExportRefused: no such format or part of the study, or a condition of
            the format is missing.
        """

    def restore(self, archive: StudyArchive, *, progress: Callable[[int, int], None] = ...) -> Restored:
        """Take an archived study into this installation.

        :raises AlreadyExists: it is there. :raises ImportRefused: with everything that is wrong with the archive.
        """

    def version(self, name: str, *, study: str = "") -> NamedVersion:
        """The version of a folder, of ``STUDY[@ENV]`` (its newest), ``STUDY[@ENV]:VERSION``, or just one of ``study``.

        :raises NotFound: no such folder, study or version. :raises InvalidDefinition: the folder has errors.
        """

    def json_schemas(self) -> Mapping[str, dict[str, Any]]:
        """The JSON Schema of each kind of file of a study, by the name it is written under."""

    def playground(self) -> AbstractContextManager[Playground]:
        """An installation of its own on a temporary database."""

    def progress(
        self, title: str, *, quiet: bool = False
    ) -> AbstractContextManager[Callable[[int, int], None]]:
        """A progress bar on a terminal: call it with (done, total)."""

    def print_json(self, value: object) -> None:
        """Print JSON."""

    def print_table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
        """Print a plain table."""
