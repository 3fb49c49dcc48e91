"""What every importer of this package does with what its readers found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from edc_core.api import Imported, MetaDataVersion, Problem, SiteDef, StudyInfo
from edc_core_odm import completion, item_names
from edc_core_odm.nesting import Nesting
from edc_core_odm.problems import ProblemLog
from edc_core_odm.read_admin import AdminReader
from edc_core_odm.read_definitions import Source
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.stage import SubjectStage


def whole(raw: Iterable[tuple[MetaDataVersion, Source]]) -> list[MetaDataVersion]:
    """The versions of all files, each once, whole and named."""
    known: dict[tuple[str, str], tuple[MetaDataVersion, Source]] = {}
    for version, source in raw:
        key = (version.study.oid, version.oid)
        if key in known:
            source.log.add("ODM016", source.lines.get(version.oid, 0), f"MetaDataVersion '{version.oid}'.")
        known.setdefault(key, (version, source))
    everything = [version for version, _ in known.values()]
    done = []
    for version, source in known.values():
        complete = completion.with_includes(version, everything, source.log, source.lines)
        done.append(item_names.named(completion.without_dangling(complete, source.log, source.lines)))
    return done


def version_of_data(
    element: Element, source: Source, studies: dict[str, StudyInfo], index: dict[tuple[str, str], Nesting]
) -> None:
    """Data of a study in the files under an unknown version get an empty version, so that none is lost."""
    given = source.attributes(element, "StudyOID", "MetaDataVersionOID")
    key = (given.get("StudyOID", ""), given.get("MetaDataVersionOID", ""))
    if key[0] in studies and key not in index:
        source.log.add("ODM023", line_of(element), f"It is '{key[1]}'.")
        index[key] = Nesting(MetaDataVersion(key[1] or "1", key[1] or "1", studies[key[0]]))


class ReadFile(Protocol):
    """A file whose data were read. :param sites: numbers its subjects name, with the first line of each."""

    log: ProblemLog
    attributes: dict[str, str]
    sites: dict[str, int]


def imported(
    admin: AdminReader,
    index: Mapping[tuple[str, str], Nesting],
    found: Mapping[tuple[str, str], dict[tuple[str, str, str, str], None]],
    subjects: SubjectStage,
    files: Sequence[ReadFile],
    problems: Callable[[], tuple[Problem, ...]],
) -> Imported:
    """Everything that was read.

    :param found: places that data stand at and no definition has, by study and version.
    :param problems: asked last, for sites that nothing defines are told here.
    """
    versions = [_with_data(nesting.version, found.get(key)) for key, nesting in index.items()]
    sites = _sites_of(admin, versions, files)
    return Imported(
        versions=tuple(versions),
        sites=sites,
        subjects=subjects,
        problems=problems(),
        source={"files": [file.attributes for file in files], **admin.kept()},
    )


def _with_data(
    version: MetaDataVersion, places: dict[tuple[str, str, str, str], None] | None
) -> MetaDataVersion:
    return item_names.named(completion.with_found(version, places)) if places else version


def _sites_of(
    admin: AdminReader,
    versions: Iterable[MetaDataVersion],
    files: Iterable[ReadFile],
) -> tuple[SiteDef, ...]:
    """Sites from the locations, with the facts ODM has no place for from our own aliases."""
    facts = {site.number: site for version in versions for site in version.sites}
    found = {number: facts.get(number, site) for number, site in admin.sites.items()}
    for file in files:
        for number, line in file.sites.items():
            if number not in found:
                file.log.add("ODM024", line, f"It is '{number}'.")
                found[number] = facts.get(number, SiteDef(number, number))
    return tuple(found.values())
