"""EC27, EC33, EC34, EC38: trastuzumab doses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from edc_core.api import Finding, FormView

SC_DOSE_MG, SC_VOLUME_ML = 600, 5
SC_MINUTES = range(2, 6)
CYCLE_DAYS = range(18, 25)
RELOAD_DAYS = 42
TEST_DAYS = range(8)
AFTER_SURGERY = "C9D1"  #: surgery lies before it, so its distance from the dose before says nothing


def dose_without_pregnancy_test(form: FormView) -> Finding | None:
    """EC27 fires when a woman who can have children has no pregnancy test in the seven days before a dose."""
    person, dosed = form.casebook.form("DM"), dose_date(form)
    if person is None or person.text("CHILDPOT") != "Y" or dosed is None:
        return None
    for test in form.casebook.forms("PREG"):
        sampled = test.date("LBDAT")
        if sampled is None or not sampled.is_complete or test.text("HCG") not in ("NEGATIVE", "POSITIVE"):
            continue
        if (dosed - sampled.earliest).days in TEST_DAYS:
            return None
    return Finding("ECSTDAT", "No pregnancy test is recorded in the 7 days before this dose. Please add it.")


def injection_as_planned(form: FormView) -> Iterator[Finding]:
    """EC33 fires at each detail of a subcutaneous dose that differs from 600 mg, 5.0 mL, 2 to 5 minutes, thigh."""
    if not _is_subcutaneous(form):
        return
    dose, volume, minutes, place = (
        form.number("ECDOSE"),
        form.number("ECVOL"),
        _minutes(form),
        form.text("ECLOC"),
    )
    if dose is not None and dose != SC_DOSE_MG:
        yield Finding("ECDOSE", "The subcutaneous dose is 600 mg. Please confirm or correct.")
    if volume is not None and volume != SC_VOLUME_ML:
        yield Finding("ECVOL", "The subcutaneous volume is 5.0 mL. Please confirm or correct.")
    if minutes is not None and minutes not in SC_MINUTES:
        yield Finding("ECENTIM", "The injection takes 2 to 5 minutes. Please confirm or correct the times.")
    if place not in (None, "THIGH"):
        yield Finding("ECLOC", "The injection site is the thigh. Please confirm or correct.")


def same_thigh_as_before(form: FormView) -> Finding | None:
    """EC34 fires when a subcutaneous dose goes to the side of the one before."""
    before = _dose_before(form)
    if before is None or not (_is_subcutaneous(form) and _is_subcutaneous(before)):
        return None
    side = form.text("ECLAT")
    if side is None or before.text("ECLAT") != side:
        return None
    return Finding("ECLAT", "The dose before was given on the same side; sides alternate. Please confirm.")


def interval_between_doses(form: FormView) -> Finding | None:
    """EC38 fires when a dose comes less than 18 or more than 24 days after the one before."""
    before, dosed = _dose_before(form), dose_date(form)
    earlier = dose_date(before) if before else None
    if earlier is None or dosed is None or form.event.oid == AFTER_SURGERY:
        return None
    days = (dosed - earlier).days
    if days in CYCLE_DAYS:
        return None
    if days > RELOAD_DAYS:
        return Finding(
            "ECSTDAT",
            "The dose before is more than 42 days ago: a loading dose is due. Please confirm date and dose.",
        )
    return Finding(
        "ECSTDAT", "The interval to the dose before is not 18 to 24 days. Please confirm or correct."
    )


def dose_date(form: FormView) -> date | None:
    """The day a dose was given; nothing for a dose that was not given or whose date is not whole."""
    given = form.date("ECSTDAT")
    if form.is_true("ECOCCUR") is False or given is None or not given.is_complete:
        return None
    return given.earliest


def _dose_before(form: FormView) -> FormView | None:
    dosed = dose_date(form)
    if dosed is None:
        return None
    earlier = [
        (day, dose)
        for dose in form.casebook.forms("EX_TRA")
        if (day := dose_date(dose)) is not None and day < dosed
    ]
    return max(earlier, key=lambda pair: pair[0])[1] if earlier else None


def _is_subcutaneous(form: FormView) -> bool:
    return form.text("ECROUTE") == "SUBCUTANEOUS"


def _minutes(form: FormView) -> int | None:
    start, end = form.text("ECSTTIM"), form.text("ECENTIM")
    if start is None or end is None:
        return None
    return (_minute_of_day(end) - _minute_of_day(start)) % (24 * 60)  # an injection may run past midnight


def _minute_of_day(clock: str) -> int:
    hours, minutes = clock.split(":")[:2]
    return int(hours) * 60 + int(minutes)
