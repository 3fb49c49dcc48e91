"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from edc_core.api import Exporter, ExportGroup, hookimpl
from edc_core_packages.package import STEPS, write

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


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [
        Exporter(
            name, f"Package for {short}", partial(write, standard), needs_locked_study=True, analysis=True, destination=country,
            steps=STEPS,
            about="SDTM, Define-XML, guides and what was checked, in the folders of the authority", group=ExportGroup.PACKAGE,
        )
        for name, standard, short, country in AUTHORITIES
    ]  # fmt: skip
