"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from edc_core.api import Exporter, ExportGroup, StudySettings, hookimpl
from edc_core_packages.explained_rules import SETTINGS
from edc_core_packages.kept_folders import KeptFolders
from edc_core_packages.package import STEPS, write, write_other

#: Format, standard of the authority, and the country in which the package is handed in (ISO 3166; the data that stay there may
#: be in it). EMA is no country: data that stay in a member state stay out.
AUTHORITIES = (
    ("package-ema", "EU-EMA", "EMA", ""),
    ("package-fda", "US-FDA", "FDA", "US"),
    ("package-mfds", "KR-MFDS", "MFDS", "KR"),
    ("package-mhra", "GB-MHRA", "MHRA", "GB"),
    ("package-nmpa", "CN-NMPA", "NMPA", "CN"),
    ("package-pmda", "JP-PMDA", "PMDA", "JP"),
)


_TAKES = {
    "needs_locked_study": True,
    "analysis": True,
    "steps": STEPS,
    "about": "SDTM, Define-XML, guides and what was checked, in the folders of the authority",
    "group": ExportGroup.PACKAGE,
}


@hookimpl
def edc_register_exporters(settings: Mapping[str, str]) -> Iterable[Exporter]:
    """:param settings: ``ANALYSIS_DIR``, below which lie folders with analysis datasets, see ``KeptFolders``."""
    place = settings.get("ANALYSIS_DIR")
    kept = KeptFolders(Path(place)) if place else None
    takes = {**_TAKES, "folders": kept.names if kept else None}
    for name, standard, short, country in AUTHORITIES:
        yield Exporter(
            name, f"Package for {short}", partial(write, standard, kept), destination=country, **takes
        )
    known = frozenset(standard for _, standard, _, _ in AUTHORITIES)
    yield Exporter(
        "package-other", "Package for another authority", partial(write_other, known, kept), **takes
    )


@hookimpl
def edc_register_study_settings() -> Iterable[StudySettings]:
    return [SETTINGS]
