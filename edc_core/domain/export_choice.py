"""What an export is made of: its format, the state of the data, and which part of them."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from edc_core.errors import ExportRefused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

#: Blinded items are left out for everybody, or have to be in it; without a word they are as who asks may see them.
BLINDED, UNBLINDED = "blinded", "unblinded"
#: Answers out of a code list by their codes alone, or by their labels alone; without a word both.
CODES, LABELS = "codes", "labels"
NARROWING = ("blinding", "terms", "destination", "analysis_folder")  #: what a manifest says, beside the part
PART = ("forms", "sites", "countries", "subjects")
COUNTRY = re.compile("[A-Z]{2}")
_ONE_OF = {"blinding": ("", BLINDED, UNBLINDED), "terms": ("", CODES, LABELS)}


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What is exported; what is empty narrows nothing.

    :param snapshot: a kept state by its name or root, :param as_of: or an instant (ISO 8601), or neither for that of now.
    :param unlocked: data that are not locked, too. :param forms: OIDs. :param sites: numbers. :param countries: of sites, ISO
        3166-1 alpha-2. :param subjects: keys. :param blinding: ``blinded`` or ``unblinded``; :param terms: ``codes`` or
        ``labels``.
    :param since: an earlier state by its name or root: only what is otherwise now. :param destination: country of who gets it,
        ISO 3166-1 alpha-2; without it as if it went to where no data may lie. :param analysis_folder: name of one that the
        server keeps for the study, see ``Exporter.folders``.
    """

    format: str
    snapshot: str = ""
    as_of: str = ""
    unlocked: bool = False
    forms: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    blinding: str = ""
    terms: str = ""
    since: str = ""
    destination: str = ""
    analysis_folder: str = ""

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> ExportChoice:
        """Out of what a job, a note or an entry holds: JSON, of an earlier release perhaps."""
        known: dict[str, Any] = {one.name: said[one.name] for one in fields(cls) if one.name in said}
        return cls(**known | {name: tuple(known[name]) for name in PART if name in known})

    def said(self) -> dict[str, Any]:
        """As JSON values: what narrows, and what every export has said since the first release."""
        always = ("format", "snapshot", "as_of", "unlocked")
        return {name: value for name, value in asdict(self).items() if value or name in always}

    @property
    def part(self) -> dict[str, Any]:
        """The part of the study that it was narrowed to."""
        return {name: getattr(self, name) for name in PART if getattr(self, name)}

    @property
    def narrowed(self) -> dict[str, Any]:
        """What stands in the manifest of it."""
        said = {"scope": self.part} | self.said()
        return {name: said[name] for name in ("scope", *NARROWING) if said.get(name)}

    def require_sense(self) -> None:
        """:raises ExportRefused: a kept state and an instant, or a word that is none."""
        if self.snapshot and self.as_of:
            raise ExportRefused("Choose a kept state or a time, not both.")
        for name, words in _ONE_OF.items():
            if getattr(self, name) not in words:
                raise ExportRefused(f"'{name}' is one of: {', '.join(filter(None, words))}.")
        if self.destination and not COUNTRY.fullmatch(self.destination):
            raise ExportRefused(f"A country is two capitals, KR for example; '{self.destination}' is none.")

    def takes_site(self, number: str, country: str) -> bool:
        """Whether subjects of a site belong to it."""
        return number in self.sites or country in self.countries or not (self.sites or self.countries)

    def require_known(
        self, *, forms: Collection[str], sites: Mapping[str, str], subjects: Collection[str]
    ) -> None:
        """:param sites: country by number.

        :raises ExportRefused: it is narrowed to something that the state does not have, by name.
        """
        _require("form", self.forms, forms)
        _require("site", self.sites, sites)
        _require("country with a site", self.countries, sorted(set(sites.values())))
        if missing := sorted(set(self.subjects) - set(subjects)):
            raise ExportRefused(f"There is no subject '{missing[0]}' in this state of the study.")

    def require_leaves(self, sites: Mapping[str, str], kept: Collection[str]) -> None:
        """:param sites: country by number. :param kept: countries whose data stay there.

        :raises ExportRefused: it asks for such data by their site or country, or there are no others.
        """
        asked = [land for number, land in sites.items() if number in self.sites or land in self.countries]
        stays = sorted({country for country in asked or sites.values() if country in kept})
        if stays and (asked or all(country in kept for country in sites.values())):
            raise ExportRefused(
                f"Data of sites in {stays[0]} stay there: no legal basis to take them out is on record. Whoever manages the "
                "sites records one on the page Data that stay."
            )


def _require(what: str, asked: Iterable[str], there: Collection[str]) -> None:
    for name in asked:
        if name not in there:
            raise ExportRefused(
                f"There is no {what} '{name}' in this state of the study. There are: {', '.join(there)}."
            )
