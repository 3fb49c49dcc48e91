"""What the system knows of a study that a record of its processing asks for. Nothing of a subject is in it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import TEXTS, Action, NotAllowed, Scanner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edc_core.api import CountryStandard, FormDef, MetaDataIndex, Residency, StudyAccess

WHY = "necessity_"  #: how settings of plugins begin that say why an item of a special category is asked
BIRTH = re.compile(r"BRTHDAT|BRTHDTC|DOB", re.IGNORECASE)
YEARS = re.compile(r"P(\d+)Y")


@dataclass(frozen=True, slots=True)
class FormFacts:
    """Items of a form by what makes them delicate. :param texts: those in which anything may be written."""

    oid: str
    title: str
    items: int
    texts: int
    files: int
    identifying: tuple[str, ...]
    birth: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """:param sites: numbers by country. :param subjects: of each site by its number; none where the person does not see them.

    :param necessities: items of special categories and why they are asked. :param people: roles and how many hold them; none
        where the person does not read it. :param exports: (format, country it went to) and how often, of those that are listed.
    """

    study: str
    oid: str
    description: str
    version: str
    day: str
    sites: Mapping[str, tuple[str, ...]]
    subjects: Mapping[str, int] | None
    forms: tuple[FormFacts, ...]
    necessities: tuple[tuple[str, str], ...]
    standards: tuple[CountryStandard, ...]
    residency: Residency
    people: Mapping[str, int] | None
    exports: Mapping[tuple[str, str], int] | None

    @property
    def scanners(self) -> tuple[Scanner, ...]:
        """Identifiers that country standards have refused, each once."""
        found = (fact.value for one in self.standards for fact in one.forbidden_items)
        return tuple({one.name: one for one in found if isinstance(one, Scanner)}.values())

    def unsafe(self, destination: str) -> tuple[str, ...]:
        """Countries of the study whose data may not lie in a country and have no basis on record.

        :param destination: ISO 3166-1 alpha-2.
        """
        based = {basis.country for basis in self.residency.bases}
        allowed = {
            country: {place for place, ends in regions if not ends or self.day <= ends}
            for country, regions in self.residency.regions.items()
        }
        kept = {country: {country} for country in self.residency.kept}
        return tuple(
            country
            for country in sorted(self.sites)
            if country not in based
            and any(destination not in places[country] for places in (allowed, kept) if country in places)
        )


def facts_of(study: StudyAccess) -> Facts:
    """Read them. :raises NotAllowed: the person does not export the study."""
    _, at_hand = study.session()
    index = at_hand.index
    sites: dict[str, list[str]] = {}
    for site in study.sites():
        sites.setdefault(site.country, []).append(site.number)
    return Facts(
        study=study.name,
        oid=index.version.study.oid,
        description=index.version.study.description or index.version.study.name,
        version=index.version.oid,
        day=study.now[:10],
        sites={country: tuple(sorted(numbers)) for country, numbers in sorted(sites.items())},
        subjects=_subjects(study),
        forms=tuple(_form(index, form) for form in index.version.forms),
        necessities=_necessities(index),
        standards=tuple(one for one, _ in study.country_standards()),
        residency=study.residency(),
        people=_people(study),
        exports=_exports(study),
    )


def years_of(duration: str) -> int:
    """Whole years of an ISO 8601 duration, 0 where it names none."""
    found = YEARS.match(duration)
    return int(found[1]) if found else 0


def _form(index: MetaDataIndex, form: FormDef) -> FormFacts:
    items = [placed.item for placed in index.placed_items(form.oid)]
    return FormFacts(
        oid=form.oid,
        title=form.title.in_language("en") or form.name,
        items=len(items),
        texts=sum(
            item.data_type in TEXTS and not (item.code_list_oid or item.file or item.multiple)
            for item in items
        ),
        files=sum(item.file is not None for item in items),
        identifying=tuple(item.name for item in items if item.sensitivity == "identifying"),
        birth=tuple(item.name for item in items if BIRTH.search(item.name)),
    )


def _necessities(index: MetaDataIndex) -> tuple[tuple[str, str], ...]:
    """What ``study.yaml`` says to country plugins of why an item is needed."""
    settings: Iterable[tuple[str, object]] = (pair for use in index.version.plugins for pair in use.settings)
    return tuple(
        sorted((name.removeprefix(WHY), str(text)) for name, text in settings if name.startswith(WHY))
    )


def _subjects(study: StudyAccess) -> dict[str, int] | None:
    if not study.may(Action.VIEW_DATA):
        return None
    return dict(Counter(one.site for one in study.subjects()))


def _people(study: StudyAccess) -> dict[str, int] | None:
    try:
        held: Sequence[Mapping[str, str]] = study.roles(study.now[:10])
    except NotAllowed:
        return None
    return dict(Counter(one["role"] for one in held))


def _exports(study: StudyAccess) -> dict[tuple[str, str], int] | None:
    try:
        lines = study.exports().lines
    except NotAllowed:
        return None
    formats = {one.name: one.destination for one in study.exports().formats}
    done = (line.job.request for line in lines if line.job.is_done)
    return dict(
        Counter(
            (str(one["format"]), str(one.get("destination") or formats.get(str(one["format"]), "")))
            for one in done
        )
    )
