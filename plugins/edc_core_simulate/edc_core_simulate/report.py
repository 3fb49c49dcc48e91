"""What a simulation tells about a study: how often each check fires, what no value reaches, how long a form takes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from edc_core.api import Found, ItemPath, Query, StudyAtHand
from edc_core_simulate.forms import FilledForm

OFTEN = 0.3  #: a check that fires in more of its forms than this asks too much
SECONDS_PER_ITEM = 6


@dataclass(slots=True)
class Tally:
    """Counted while subjects go by."""

    subjects: int = 0
    added: int = 0
    values: int = 0
    forms: Counter[str] = field(default_factory=Counter)  #: complete forms by name
    entered: Counter[str] = field(default_factory=Counter)  #: forms by name
    items: Counter[str] = field(default_factory=Counter)  #: items by form name
    reached: set[str] = field(default_factory=set)  #: item OIDs
    fired: dict[str, set[tuple[str, str, str]]] = field(
        default_factory=dict
    )  #: (subject, form, place) by check
    queries: int = 0
    problems: list[str] = field(default_factory=list)

    def see_form(self, form: FilledForm) -> None:
        self.entered[form.name] += 1
        self.forms[form.name] += form.complete
        self.items[form.name] += len(form.items)
        self.values += len(form.items)
        self.reached.update(path.item for path in form.items if path.item)

    def see_findings(self, subject_key: str, queries: tuple[Query, ...], findings: tuple[Found, ...]) -> None:
        self.queries += len(queries)
        asked = [(query.check_oid, query.path) for query in queries if query.check_oid]
        for check_oid, path in (*asked, *((found.check_oid, found.path) for found in findings)):
            form = path.form.oid if path.form else ""
            self.fired.setdefault(check_oid, set()).add((subject_key, form, str(path)))


def check_rows(study: StudyAtHand, tally: Tally) -> list[dict[str, Any]]:
    """Each check with the forms in which it fired, of those complete; checks of one OID and form are one."""
    rows: dict[str, dict[str, Any]] = {}
    names = {form.oid: form.name for form in study.index.version.forms}
    for check in study.checks:
        form = names.get(check.form, check.form)
        if check.severity == "hard" or (check.oid in rows and form in rows[check.oid]["form"].split(", ")):
            continue
        row = rows.setdefault(check.oid, {"check": check.oid, "title": check.title, "form": form, "forms": 0})
        if form not in row["form"].split(", "):
            row["form"] += f", {form}"
        row["forms"] += tally.forms[form]
    for oid in sorted(set(tally.fired) - set(rows)):
        title = {"EDC.REQUIRED": "Required answer is blank", "EDC.UNREADABLE": "Cannot be read"}.get(oid, oid)
        rows[oid] = {"check": oid, "title": title, "form": "(all)", "forms": sum(tally.forms.values())}
    for oid, row in rows.items():
        row["fired"] = _forms_fired_in(row["form"].split(", "), names, tally.fired.get(oid, set()))
        row["share"] = round(row["fired"] / row["forms"], 4) if row["forms"] else 0.0
    return list(rows.values())


def _forms_fired_in(own: list[str], names: dict[str, str], fired: set[tuple[str, str, str]]) -> int:
    """Forms of the check in which it fired. One that asks in other forms is counted once for each subject."""
    asks_elsewhere = "(all)" not in own
    return len(
        {
            (
                subject,
                "" if asks_elsewhere and names.get(form) not in own else str(ItemPath.parse(place).form_path),
            )
            for subject, form, place in fired
        }
    )


def unreachable(study: StudyAtHand, tally: Tally) -> list[str]:
    """Items that got no value in any subject: perhaps no visit has their form, or they have no use.

    What is calculated is left out: nobody enters it.
    """
    return [
        item.oid
        for item in study.index.version.items
        if item.oid not in tally.reached and item.origin != "derived"
    ]


def time_rows(tally: Tally) -> list[dict[str, Any]]:
    """How long a form takes on average, at six seconds an item."""
    return [
        {
            "form": form,
            "forms": count,
            "items": round(tally.items[form] / count, 1),
            "seconds": round(SECONDS_PER_ITEM * tally.items[form] / count),
        }
        for form, count in sorted(tally.entered.items())
    ]
