"""The versions a person names: a folder, ``STUDY[@ENV]``, ``STUDY[@ENV]:VERSION``, or a version of a study at hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edc_core.domain.index import MetaDataIndex
from edc_core.domain.plugin_access import NamedVersion
from edc_core.errors import InvalidDefinition, NotFound, WrongState
from edc_core.services import publishing
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.plugin_manager import EdcPlugins
    from edc_core.store.readers import StudyRow
    from edc_core.store.unit_of_work import Source


def find_version(
    source: Source, plugins: EdcPlugins, settings: Mapping[str, str], name: str, *, of: StudyRow | None = None
) -> NamedVersion:
    """The version that a word on the command line means.

    :param settings: every variable ``EDC_...``. :param of: the study whose version a bare OID is.
    :raises NotFound: no such folder, study or version. :raises InvalidDefinition: the folder has errors.
    """
    folder = Path(name)
    if folder.is_dir():
        return NamedVersion(of_folder(source, plugins, folder, settings), str(folder))
    if of is not None and name in readers.versions(source.connection, of.study_id):
        return NamedVersion(source.versions.get(source.connection, of.study_id, name), name, str(of))
    study_name, _, oid = name.partition(":")
    try:
        study = readers.find_study(source.connection, study_name)
    except NotFound as error:
        raise NotFound(
            f"'{name}' is no folder, and no version that is known here. Say STUDY@ENV:VERSION, or name a folder."
        ) from error
    oid = oid or study.meta_data_version
    if not oid:
        raise WrongState(f"{study} has no published version yet.")
    index = source.versions.get(source.connection, study.study_id, oid)
    return NamedVersion(index, f"{study} {oid}", str(study))


def of_folder(
    source: Source, plugins: EdcPlugins, folder: Path, settings: Mapping[str, str]
) -> MetaDataIndex:
    """A folder's version as it would be published, its plugins resolved.

    :raises InvalidDefinition: it has errors.
    """
    checked = publishing.check_as_next(source, plugins, folder, settings)
    if checked.version is None or not checked.is_publishable:
        raise InvalidDefinition(f"{folder} has errors. 'edc study check {folder}' lists them.")
    return MetaDataIndex(checked.version)
