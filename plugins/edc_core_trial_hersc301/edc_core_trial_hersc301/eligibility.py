"""EC25: data against the statement that all criteria are met. EC29: HER2 status."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from edc_core.api import CasebookView, Finding, FormView

SCREENING = "SCR"
ADULT = 18
MIN_LVEF = 55
MAX_ECOG = 1
MIN_NEUTROPHILS, MIN_PLATELETS = Decimal("1.5"), 100  #: 10^9/L


def criteria_contradicted(form: FormView) -> Iterator[Finding]:
    """EC25 fires once for each criterion that collected data contradict while IEYN is Yes."""
    if not form.is_true("IEYN"):
        return
    for criterion, (contradicts, said) in CRITERIA.items():
        if contradicts(form.casebook):
            yield Finding(
                "IEYN",
                f"{said} ({criterion}), yet all criteria are said to be met. Please correct.",
                criterion,
            )


def under_age(casebook: CasebookView) -> bool:
    """I01: certainly younger than 18 at consent, whatever is unknown of the birth date."""
    person, consent = casebook.form("DM"), casebook.form("CONSENT")
    birth = person.date("BRTHDAT") if person else None
    given = consent.date("RFICDAT") if consent else None
    if birth is None or given is None:
        return False
    born, on = birth.earliest, given.latest
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day)) < ADULT


def not_female(casebook: CasebookView) -> bool:
    """I02: sex is given and is not female."""
    person = casebook.form("DM")
    return person is not None and person.text("SEX") not in (None, "F")


def not_her2_positive(casebook: CasebookView) -> bool:
    """I03: neither IHC 3+ nor ISH amplified, both known."""
    tumour = casebook.form("BCH")
    if tumour is None:
        return False
    ihc, ish = tumour.text("HER2IHC"), tumour.text("HER2ISH")
    return ihc not in (None, "3+") and ish not in (None, "AMPLIFIED")


def low_ejection_fraction(casebook: CasebookView) -> bool:
    """I05: LVEF at screening below 55 %."""
    value = _screening_number(casebook, "LVEF", "LVEF")
    return value is not None and value < MIN_LVEF


def poor_performance(casebook: CasebookView) -> bool:
    """I06: ECOG at screening above 1."""
    value = _screening_number(casebook, "ECOG", "ECOG101")
    return value is not None and value > MAX_ECOG


def low_blood_counts(casebook: CasebookView) -> bool:
    """I07: neutrophils below 1.5 or platelets below 100; haemoglobin may be in two units and is left to its range."""
    neutrophils, platelets = (_screening_number(casebook, "LB_HEM", item) for item in ("NEUT", "PLAT"))
    return (neutrophils is not None and neutrophils < MIN_NEUTROPHILS) or (
        platelets is not None and platelets < MIN_PLATELETS
    )


def pregnant(casebook: CasebookView) -> bool:
    """I10: a positive pregnancy test at screening in a woman who can have children."""
    person, test = casebook.form("DM"), casebook.form("PREG", event=SCREENING)
    if person is None or test is None:
        return False
    return person.text("CHILDPOT") == "Y" and test.text("HCG") == "POSITIVE"


def no_consent(casebook: CasebookView) -> bool:
    """I12: consent was withdrawn before the criteria were confirmed."""
    consent, criteria = casebook.form("CONSENT"), casebook.form("IE")
    withdrawn = consent.date("WITHDRAWDAT") if consent else None
    confirmed = criteria.date("IEDAT") if criteria else None
    return withdrawn is not None and confirmed is not None and bool(withdrawn.before(confirmed))


#: Criterion to what contradicts it and how that is said.
CRITERIA: dict[str, tuple[Callable[[CasebookView], bool], str]] = {
    "I01": (under_age, "By birth date the subject was under 18 at consent"),
    "I02": (not_female, "Sex is not female"),
    "I03": (not_her2_positive, "HER2 is neither IHC 3+ nor ISH amplified"),
    "I05": (low_ejection_fraction, "LVEF at screening is below 55 %"),
    "I06": (poor_performance, "ECOG at screening is above 1"),
    "I07": (low_blood_counts, "Neutrophils or platelets at screening are too low"),
    "I10": (pregnant, "The pregnancy test at screening is positive"),
    "I12": (no_consent, "Consent was withdrawn before"),
}


def equivocal_her2_without_amplification(form: FormView) -> Finding | None:
    """EC29 fires when IHC is 2+ and ISH is given as anything but amplified."""
    if form.text("HER2IHC") == "2+" and form.text("HER2ISH") not in (None, "AMPLIFIED"):
        return Finding(
            "HER2ISH", "HER2 IHC 2+ needs ISH amplified for this trial. Please confirm both results."
        )
    return None


def _screening_number(casebook: CasebookView, form: str, item: str) -> Decimal | None:
    view = casebook.form(form, event=SCREENING)
    if view is None:
        return None
    return view.number(item)
