"""Records of one subject while they are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from edc_core.api import Step
from edc_core_sdtm.plan import RecordPlan


@dataclass(slots=True)
class Qualifier:
    """A supplemental qualifier (SUPP--).

    :param origin: of Define-XML: ``Collected``, ``Derived``, ``Assigned``. :param is_shared: it belongs to all records with the
        same --GRPID. :param variable: the variable that it is a part or one choice of; empty when its name says what gives it.
    :param plan: what made it, and ``path`` the place, when these are not those of its record.
    """

    name: str
    label: str
    value: str
    origin: str = "Collected"
    is_shared: bool = False
    variable: str = ""
    plan: RecordPlan | None = None
    path: str = ""


@dataclass(slots=True)
class Record:
    """One record of a domain.

    :param values: text by variable; what is empty isn't there. :param plan: what made it; None for what a rule made alone.
    :param path: text of the place it comes from: a form or a row. :param event: the visit.
    :param order: place among the records of a form: its form, rows and plan.
    """

    domain: str
    values: dict[str, str]
    plan: RecordPlan | None = None
    path: str = ""
    event: Step | None = None
    order: tuple[object, ...] = ()
    qualifiers: list[Qualifier] = field(default_factory=list)
    number: int = 0  #: in its dataset, from 1; 0 while it isn't written

    def get(self, suffix: str) -> str:
        """A variable by its name without the domain."""
        return self.values.get(self.domain + suffix, "")

    def put(self, suffix: str, text: str) -> None:
        """Give a variable of the domain, unless there is nothing to give."""
        if text:
            self.values[self.domain + suffix] = text

    @property
    def day(self) -> str:
        """When it took place or began."""
        values = self.values
        return values.get(f"{self.domain}STDTC") or values.get(f"{self.domain}DTC") or ""

    def qualify(self, name: str, label: str, value: str) -> None:
        """Give a supplemental qualifier that is derived, for derivations. :param name: QNAM, at most 8 characters; ``label`` 40."""
        self.qualifiers.append(Qualifier(name, label, value, origin="Derived"))

    def another(self, values: Mapping[str, str]) -> Record:
        """A further record of the same place, for derivations."""
        return Record(self.domain, dict(values), self.plan, self.path, self.event, self.order)
