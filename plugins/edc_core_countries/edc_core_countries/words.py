"""What a fact says, in one line."""

from __future__ import annotations

import re

from edc_core.api import (
    CollectionUnit,
    ConformanceRule,
    ConsentElement,
    CountryCheck,
    CountryProfile,
    ExportProfile,
    ForbiddenItem,
    FormExtension,
    Gate,
    GradedRule,
    Identifier,
    LocalCodeList,
    Locale,
    PackageLayout,
    RoadmapStep,
    SafetyClock,
    Scanner,
    TermWindow,
)

#: The sixteen contributions in words, by field.
FIELDS = {
    "country_profile": "Authority",
    "forbidden_items": "Never asked or written",
    "extend_forms": "Forms",
    "codelists": "Code lists",
    "edit_checks": "Checks",
    "units": "Units",
    "locale": "Language and dates",
    "terminology": "Dictionaries",
    "identifiers": "Numbers and dates of authorities",
    "consent_requirements": "Consents",
    "safety_clock": "Safety reports",
    "export_profiles": "Exports",
    "conformance_rules": "Rules on datasets",
    "package_layout": "Package",
    "milestones": "Roadmap",
    "gates": "Gates",
}


_YEARS = re.compile(r"P(\d+)Y")  # ISO 8601


def rule_of(value: object) -> str:
    """The behaviour of the requirements that a fact serves, or its own name."""
    found = (getattr(value, name, "") for name in ("rule", "oid", "name"))
    return next((text for text in found if text), "")


def _region(allowed: tuple[str, str]) -> str:
    country, ends = allowed
    return f"{country} (until {ends})" if ends else country


def _kept(retention: str) -> str:
    years = _YEARS.fullmatch(retention)
    return f"{years[1]} years" if years else retention


def words_of(value: object, language: str) -> str:
    """One line for a value of a ``Sourced``."""
    match value:
        case CountryProfile():
            kept = f"; records are kept {_kept(value.retention)}" if value.retention else ""
            lie = f"; data may lie in {', '.join(map(_region, value.allowed))}" if value.regions else ""
            return f"{value.authority}, for sites in {', '.join(value.countries)}{kept}{lie}"
        case Scanner():
            return value.message.in_language(language)
        case ForbiddenItem():
            what = "Hidden and refused" if value.blocks else "Warned of"
            return f"{what}: {value.reason.in_language(language)}"
        case FormExtension():
            parts = [
                ("asks", [asked.item.name for asked in value.items]),
                ("requires", list(value.requires)),
                ("hides", list(value.hides)),
            ]
            said = "; ".join(f"{word} {', '.join(names)}" for word, names in parts if names)
            return f"{value.form}: {said or 'nothing in this study'}"
        case LocalCodeList():
            return f"{value.code_list.name}: {', '.join(code for code, _ in value.standard)}"
        case CountryCheck():
            return f"{value.form}.{value.item}: {value.message.in_language(language)}"
        case CollectionUnit():
            return f"{value.test}: {value.unit} × {value.factor} = {value.standard}"
        case Locale():
            return f"{value.language}, dates as {value.dates}, date of birth to the {value.birth}"
        case TermWindow():
            until = f" until {value.ends}" if value.ends else ""
            since = f" from {value.starts}" if value.starts else ""
            return f"{value.dictionary} {value.version}{since}{until}"
        case Identifier():
            return f"{value.title.in_language(language)}, per {value.per}"
        case ConsentElement():
            home = "; without it the data stay in the country" if value.keeps_home else ""
            return f"{value.title.in_language(language)}: version and date{home}"
        case SafetyClock():
            more = f", details {value.detail} days later" if value.detail else ""
            return f"{value.event}: {value.days} calendar days from the day on which {value.day_zero}{more}"
        case ExportProfile():
            name, label, size = value.lengths
            return f"{value.name}: names {name}, labels {label}, values {size} bytes; units {value.units}"
        case ConformanceRule():
            return value.title
        case GradedRule():
            return f"{value.known_as}, {value.severity}: {value.title}"
        case PackageLayout():
            return ", ".join(folder for _, folder in value.folders)
        case RoadmapStep():
            return value.title.in_language(language)
        case Gate():
            needs = ", ".join(one.title.in_language(language) for one in value.needs)
            return f"Before {value.event.value}: {value.reason.in_language(language)}" + (
                f" Needed: {needs}." if needs else ""
            )
    return str(value)
