"""Which records a definition's forms make, and of what: what the annotations say, before any data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from edc_core.api import CodeList, ItemDef
from edc_core_sdtm.terminology import NO_TERMINOLOGY, Terminology

Rows = tuple[
    str, ...
]  #: OIDs of groups from the form down to the innermost repeating one; empty for the form itself


@dataclass(frozen=True, slots=True)
class PlanFinding:
    """A problem of the annotations.

    :param code: see docs/reference/sdtm.md. :param place: form, group and item by their OIDs.
    :param severity: an ``error`` refuses the export; a ``warning`` is listed beside the datasets.
    """

    severity: Literal["error", "warning"]
    code: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.code} {self.message}"


@dataclass(frozen=True, slots=True)
class Source:
    """An item that gives a variable.

    :param rows: the rows that it stands in. :param groups: all its groups.
    """

    variable: str
    item: ItemDef
    groups: Rows
    rows: Rows
    code_list: CodeList | None = None

    @property
    def place(self) -> str:
        return "/".join((*self.groups, self.item.oid))


@dataclass(frozen=True, slots=True)
class RecordPlan:
    """One kind of record of a form.

    :param rows: it is made for each row of these groups. :param key: the test, or the constant topic, that tells it from
        others of the form; empty for none. :param sources: items by variable, in the order of the form.
    :param qualifiers: items of SUPP-- by QNAM. :param shared: QNAMs that belong to all records of the form together.
    :param parent: where ``qualifiers`` belong to a record of another form: the variable there, and the item here, that hold
        the same text. It makes no record of its own.
    """

    number: int
    form_oid: str
    domain: str
    rows: Rows
    key: str
    constants: Mapping[str, str]
    sources: Mapping[str, tuple[Source, ...]]
    qualifiers: Mapping[str, Source] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    relations: tuple[tuple[str, str], ...] = ()
    parent: tuple[str, Source] | None = None
    coded: frozenset[str] = frozenset()  #: variables with what the topic is coded by
    is_grouped: bool = False  #: its records carry --GRPID, for qualifiers that belong to several together

    @property
    def variables(self) -> set[str]:
        return {*self.constants, *self.sources, *self.coded}

    @property
    def topic_code(self) -> str:
        return self.constants.get(f"{self.domain}TESTCD", "")


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """What one MetaDataVersion says.

    :param records: by the OID of the form. :param demographics: sources of DM by variable, across forms; of SUPPDM by QNAM.
    :param terms: the terminology that it is read and checked with.
    """

    version: str
    records: Mapping[str, tuple[RecordPlan, ...]]
    demographics: Mapping[str, tuple[tuple[str, Source], ...]]
    demographic_qualifiers: Mapping[str, tuple[tuple[str, Source], ...]]
    findings: tuple[PlanFinding, ...]
    terms: Terminology = NO_TERMINOLOGY

    @property
    def all_records(self) -> list[RecordPlan]:
        return [plan for plans in self.records.values() for plan in plans]

    @property
    def errors(self) -> list[PlanFinding]:
        return [one for one in self.findings if one.severity == "error"]
