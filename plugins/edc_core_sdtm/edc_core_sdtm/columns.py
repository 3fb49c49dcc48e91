"""Which variables a dataset has: by the annotations and the rules, never by the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from edc_core_sdtm.plan import StudyPlan
from edc_core_sdtm.rules import derived_variables
from edc_core_sdtm.standard import Domain, StandardVariable, standard

SUPP = "SUPP"
RELREC = "RELREC"
CO = "CO"
_WHOLE = frozenset({"Trial Design", "Relationship"})  #: classes whose datasets have every variable


def facts_of(dataset: str) -> Domain:
    """What the standard says of a dataset; every SUPP-- is a SUPPQUAL."""
    return standard().domains["SUPPQUAL" if dataset.startswith(SUPP) else dataset]


def columns_of(
    dataset: str, plans: Iterable[StudyPlan], derived: Iterable[str] = ()
) -> list[StandardVariable]:
    """The variables of a dataset in their order: required and expected ones, and what annotations or rules give.

    :param derived: ``DOMAIN.VARIABLE`` of a trial's own derivations.
    """
    facts = facts_of(dataset)
    given = {name.partition(".")[2] for name in derived if name.startswith(f"{dataset}.")}
    for plan in plans:
        given |= _given(dataset, plan)
    core = {v.name for v in facts.variables.values() if v.core in {"Req", "Exp"}}
    given |= derived_variables(facts, given | core)
    whole = set(facts.variables) if facts.observation_class in _WHOLE or dataset in {"SE", "SV"} else set()
    return facts.in_order((given & set(facts.allowed)) | core | whole)


def _given(dataset: str, plan: StudyPlan) -> set[str]:
    if dataset == "DM":
        return set(plan.demographics)
    given = {name for record in plan.all_records if record.domain == dataset for name in record.variables}
    if any(r.is_grouped for r in plan.all_records if r.domain == dataset):
        given.add(f"{dataset}GRPID")
    if any(f"{dataset}TPT" in r.variables for r in plan.all_records if r.domain == dataset):
        given.add(f"{dataset}TPTNUM")
    if dataset == "EX":
        collected = {n for r in plan.all_records if r.domain == "EC" for n in r.variables}
        exposure = {f"EX{name[2:]}" for name in collected if name.startswith("EC")}
        given |= exposure & set(standard().domains["EX"].variables)
    return given


def domains_of(plans: Sequence[StudyPlan]) -> list[str]:
    """The domains with subjects' data, in the order of the standard."""
    found = {record.domain for plan in plans for record in plan.all_records} | {"DM", "SV", "SE"}
    if "EC" in found:
        found.add("EX")
    return [code for code in standard().domains if code in found]
