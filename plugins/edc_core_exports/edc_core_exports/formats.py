"""Formats as the page lists them, and which options each of them takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edc_core.api import ExportGroup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.api import ExportChoice, Exporter

TITLES = {
    ExportGroup.TABLES: "Tables for statistics",
    ExportGroup.CDISC: "CDISC standards",
    ExportGroup.PEOPLE: "To read",
    ExportGroup.TRAIL: "Audit trail",
    ExportGroup.PACKAGE: "Packages for authorities",
    ExportGroup.OTHER: "Other formats",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Formats for one purpose."""

    title: str
    formats: tuple[Exporter, ...]

    def holds(self, name: str) -> bool:
        return any(one.name == name for one in self.formats)


def grouped(formats: Iterable[Exporter]) -> tuple[Group, ...]:
    """Formats by their purpose; in a group by title, which puts CSV before all others."""
    found = sorted(formats, key=lambda one: one.title)
    groups = (
        Group(title, tuple(one for one in found if one.listed is group)) for group, title in TITLES.items()
    )
    return tuple(group for group in groups if group.formats)


def fitted(choice: ExportChoice, exporter: Exporter) -> ExportChoice:
    """A choice without the options that the page does not show for its format."""
    if not exporter.increments:
        choice = replace(choice, since="")
    if not exporter.analysis:
        choice = replace(choice, analysis_folder="")
    if not exporter.terms:
        choice = replace(choice, terms="")
    if exporter.destination:  # it is handed in there
        choice = replace(choice, destination="")
    if exporter.holds_all:
        choice = replace(choice, forms=(), sites=(), countries=(), subjects=(), blinding="")
    return choice
