"""DM: one record of a subject, from every form that gives a variable of it, and from its other records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edc_core.api import ExportItem, ExportSubject, SiteDef
from edc_core_sdtm.answers import Answer, Reader, is_number, reader
from edc_core_sdtm.countries import ALPHA_3
from edc_core_sdtm.dates import earliest, latest, years_between
from edc_core_sdtm.making import several
from edc_core_sdtm.plan import Source, StudyPlan
from edc_core_sdtm.qualifiers import distinct, label_of
from edc_core_sdtm.record import Qualifier, Record

#: What an unknown answer is by the terminology (SEX, RACE, ETHNIC).
_UNKNOWN = {"SEX": "U", "RACE": "UNKNOWN", "ETHNIC": "UNKNOWN"}
_NOT_TOLD = frozenset({"REF", "NASK"})


def usubjid(study: str, site: str, subject: str) -> str:
    """STUDYID, site and subject; without the site where the subject key begins with it."""
    plain = site.replace("-", "")
    begins = subject.startswith((f"{site}-", f"{plain}-"))
    return f"{study}-{subject}" if begins else f"{study}-{site}-{subject}"


class Demographics:
    """Makes DM by the plans of all versions. :param plans: the newest first."""

    def __init__(self, plans: Sequence[StudyPlan], sites: Mapping[str, SiteDef]) -> None:
        self._sites = sites
        self._read = _readers([plan.demographics for plan in plans])
        self._qualifying = _readers([plan.demographic_qualifiers for plan in plans])
        self._labels = distinct(
            {
                name: label_of(found[0][1])
                for plan in plans
                for name, found in plan.demographic_qualifiers.items()
            }
        )

    def record(self, subject: ExportSubject) -> Record:
        """What the forms and the subject itself give; dates of treatment follow with ``completed``."""
        site = self._sites.get(subject.site_number)
        values = {
            "SUBJID": subject.subject_key, "SITEID": subject.site_number,
            "COUNTRY": ALPHA_3.get(site.country, "") if site else "",
        }  # fmt: skip
        made = Record("DM", values)
        items = _items(subject)
        for name, readers in self._read.items():
            if name.endswith("DTC"):
                values[name] = _date(readers, items)
                continue
            found, source = _first(readers, items)
            if found.text and (name != "AGE" or is_number(found.text)):
                values[name] = found.text
                made.qualifiers += several(name, source, found) if found.several else []
            elif name in _UNKNOWN and found.item is not None and found.item.missing:
                values[name] = (
                    "NOT REPORTED" if found.item.missing in _NOT_TOLD and name != "SEX" else _UNKNOWN[name]
                )
        for name, readers in self._qualifying.items():
            found, source = _first(readers, items)
            if text := "; ".join(found.several) or found.text:
                origin = "Derived" if source.item.origin == "derived" else "Collected"
                made.qualifiers.append(Qualifier(name, self._labels[name], text, origin))
        made.values = {name: text for name, text in values.items() if text}
        return made


def _readers(
    plans: Sequence[Mapping[str, Sequence[tuple[str, Source]]]],
) -> dict[str, list[tuple[str, Reader]]]:
    """Of each variable the forms and items that give it, each once."""
    found: dict[str, dict[tuple[str, str], Reader]] = {}
    for plan in plans:
        for name, placed in plan.items():
            for form, source in placed:
                found.setdefault(name, {}).setdefault((form, source.item.oid), reader(source))
    return {name: [(form, one) for (form, _), one in by_item.items()] for name, by_item in found.items()}


def _items(subject: ExportSubject) -> dict[str, list[dict[str, ExportItem]]]:
    """The items of each form, occurrence by occurrence."""
    found: dict[str, list[dict[str, ExportItem]]] = {}
    for form in subject.forms:
        assert form.path.form is not None
        if form.items and form.status != "removed":
            found.setdefault(form.path.form.oid, []).append({i.oid: i for i in form.items if not i.removed})
    return found


def _first(
    readers: Sequence[tuple[str, Reader]], items: Mapping[str, Sequence[Mapping[str, ExportItem]]]
) -> tuple[Answer, Source]:
    """The first answer, in the order of forms and visits; else the first reason for having none."""
    without = Answer("")
    for form, one in readers:
        for occurrence in items.get(form, ()):
            found = one.answer({one.depth: occurrence})
            if found.text:
                return found, one.source
            if without.item is None:
                without = found
    return without, readers[0][1].source


def _date(
    readers: Sequence[tuple[str, Reader]], items: Mapping[str, Sequence[Mapping[str, ExportItem]]]
) -> str:
    """The earliest whole date of all occurrences; the first partial one where there is none."""
    days = []
    for form, one in readers:
        for occurrence in items.get(form, ()):
            item = one.item({one.depth: occurrence})
            if item is not None and item.value:
                days.append(item.value)
    return earliest(days) or next(iter(days), "")


def completed(made: Record, records: Mapping[str, Sequence[Record]], arms: Mapping[str, str]) -> None:
    """Add what follows from the other records: reference dates, death, age, and how the arm came out."""
    values = made.values
    doses = records.get("EX", ())
    first = earliest(r.get("STDTC") for r in doses)
    last = latest(r.get("ENDTC") or r.get("STDTC") for r in doses)
    every = (r.get(end) for found in records.values() for r in found for end in ("STDTC", "ENDTC", "DTC"))
    derived = {
        "RFXSTDTC": first, "RFSTDTC": first, "RFXENDTC": last, "RFENDTC": values.get("RFXENDTC") or last,
        "RFPENDTC": latest(every),
    }  # fmt: skip
    for name, text in derived.items():
        if text:
            values.setdefault(name, text)
    died = any(r.get("SDTH") == "Y" or r.get("OUT") == "FATAL" for r in records.get("AE", ()))
    if values.get("DTHDTC") or died:
        values["DTHFL"] = "Y"
    if "AGE" not in values:
        age = years_between(values.get("BRTHDTC", ""), values.get("RFICDTC", ""))
        values |= {"AGE": age} if age else {}
    if "AGE" in values:
        values.setdefault("AGEU", "YEARS")
    _arm(values, arms, is_treated=bool(doses), failed=bool(records.get("IE")))


def _arm(values: dict[str, str], arms: Mapping[str, str], *, is_treated: bool, failed: bool) -> None:
    arm = values.get("ARMCD", "")
    if not arm:
        values.setdefault("ARMNRS", "SCREEN FAILURE" if failed else "NOT ASSIGNED")
        return
    values.setdefault("ARM", arms.get(arm, arm))
    if is_treated:
        values.setdefault("ACTARMCD", arm)
        values.setdefault("ACTARM", values["ARM"])
    else:
        values.setdefault("ARMNRS", "ASSIGNED, NOT TREATED")
