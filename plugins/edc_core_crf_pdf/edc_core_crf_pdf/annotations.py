"""SDTM annotations as an annotated CRF words them (CDISC SDTM Metadata Submission Guidelines 2.0, section 3.1).

A variable stands alone (``AETERM``), a supplemental qualifier with its dataset (``RACEOTH in SUPPDM``), a findings
variable with its test (``VSORRES when VSTESTCD = SYSBP``), a relation of records with what relates them (``RELREC when
CMINDC = AETERM``; SDTMIG 3.4, sections 8.2 and 8.3). Each domain of a form has a colour of its own, in the
order in which they come up: blue, yellow, green, orange; beyond four the colours begin again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from edc_core.api import Alias, ItemDef, ItemGroupDef

CONTEXT = "SDTM"
ASSIGNED = "SDTM.ASSIGNED"  #: constants of a record: ``VSPOS = SITTING``
RELATED = "SDTM.RELREC"  #: what relates a record to one of another dataset: ``CMINDC = AETERM``
RELREC = "RELREC"  #: the dataset of relations
NOT_SUBMITTED = "[NOT SUBMITTED]"
COLOURS = ("#bfffff", "#ffff96", "#96ff96", "#ffbe9b")
PLAIN = "#ffffff"  #: what is not submitted belongs to no domain

#: Descriptions of datasets (SDTMIG 3.4) for the annotation at the top of a form: ``AE (Adverse Events)``.
DOMAINS = {
    "AE": "Adverse Events", "AG": "Procedure Agents", "BE": "Biospecimen Events", "CE": "Clinical Events",
    "CM": "Concomitant/Prior Medications", "CO": "Comments", "CV": "Cardiovascular System Findings",
    "DA": "Product Accountability", "DD": "Death Details", "DM": "Demographics", "DS": "Disposition",
    "DV": "Protocol Deviations", "EC": "Exposure as Collected", "EG": "ECG Test Results", "EX": "Exposure",
    "FA": "Findings About Events or Interventions", "FT": "Functional Tests", "HO": "Healthcare Encounters",
    "IE": "Inclusion/Exclusion Criteria Not Met", "IS": "Immunogenicity Specimen Assessments",
    "LB": "Laboratory Test Results", "MB": "Microbiology Specimen", "MH": "Medical History",
    "MI": "Microscopic Findings", "ML": "Meal Data", "PC": "Pharmacokinetics Concentrations",
    "PE": "Physical Examination", "PP": "Pharmacokinetics Parameters", "PR": "Procedures",
    "QS": "Questionnaires", "RE": "Respiratory System Findings", "RELREC": "Related Records", "RP": "Reproductive System Findings",
    "RS": "Disease Response and Clin Classification", "SC": "Subject Characteristics",
    "SR": "Skin Response", "SS": "Subject Status", "SU": "Substance Use", "SV": "Subject Visits",
    "TR": "Tumor/Lesion Results", "TU": "Tumor/Lesion Identification", "VS": "Vital Signs",
}  # fmt: skip

_LINK = re.compile(r"[A-Z]{2}LNK(?:ID|GRP)")  #: what links records across datasets (SDTM 2.0, identifiers)
_TARGET = re.compile(r"(?:(?P<dataset>[A-Z]{2,8})\.(?P<variable>\w+)|(?P<test>\w+?)_(?P<result>[A-Z]{2}\w+))")


@dataclass(frozen=True, slots=True)
class Annotation:
    """:param domain: two letters, or ``RELREC``; empty for what is not submitted."""

    text: str
    domain: str = ""


def of_item(item: ItemDef, domain: str) -> Iterator[Annotation]:
    """The annotations of an item. An item that goes to the links of two datasets relates their records.

    :param domain: of the group around it, for what names none itself.
    """
    own = [_annotation(part, domain) for part in _parts(item.aliases, CONTEXT)]
    yield from own
    yield from _assigned(item.aliases, domain)
    links = [mark.text for mark in own if _LINK.fullmatch(mark.text)]
    yield from (_related(f"{links[0]} = {other}") for other in links[1:])
    yield from (_related(part) for part in _parts(item.aliases, RELATED))


def of_group(group: ItemGroupDef) -> Iterator[Annotation]:
    """The constants that every record of a group gets, and what relates each of them."""
    yield from _assigned(group.aliases, group.domain)
    yield from (_related(part) for part in _parts(group.aliases, RELATED))


def _parts(aliases: tuple[Alias, ...], context: str) -> Iterator[str]:
    """What the aliases of a context name, one after another."""
    for alias in aliases:
        if alias.context == context:
            yield from filter(None, (part.strip() for part in alias.name.split(";")))


def _related(by: str) -> Annotation:
    return Annotation(f"{RELREC} when {by}", RELREC)


def _annotation(target: str, domain: str) -> Annotation:
    if target == NOT_SUBMITTED:
        return Annotation(NOT_SUBMITTED)
    found = _TARGET.fullmatch(target)
    if found is None:
        return Annotation(target, domain)
    if found["test"]:
        home = found["result"][:2]
        return Annotation(f"{found['result']} when {home}TESTCD = {found['test']}", home)
    dataset, variable = found["dataset"], found["variable"]
    if dataset.startswith("SUPP"):
        return Annotation(f"{variable} in {dataset}", dataset.removeprefix("SUPP"))
    return Annotation(variable, dataset)


def _assigned(aliases: tuple[Alias, ...], domain: str) -> Iterator[Annotation]:
    for part in _parts(aliases, ASSIGNED):
        yield Annotation(part, domain or part.partition("=")[0].strip()[:2])


class Colours:
    """The colours of one form's domains, in the order in which they come up."""

    def __init__(self, domains: Iterable[str]) -> None:
        order = dict.fromkeys(filter(None, domains))
        self._by_domain = {name: COLOURS[n % len(COLOURS)] for n, name in enumerate(order)}

    def of(self, domain: str) -> str:
        return self._by_domain.get(domain, PLAIN)

    def headings(self) -> list[Annotation]:
        """``DM (Demographics)`` of each domain, for the top of the form."""
        return [
            Annotation(f"{name} ({DOMAINS[name]})" if name in DOMAINS else name, name)
            for name in self._by_domain
        ]
