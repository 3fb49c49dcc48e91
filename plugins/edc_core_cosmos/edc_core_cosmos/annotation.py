"""SDTM annotations of items, in the notation of our forms: ``VS.VSDTC``, ``SYSBP_VSORRES``, ``SUPPDM.RACEOTH``."""

from __future__ import annotations

import re

from edc_core.api import Alias
from edc_core_cosmos.questions import Question
from edc_core_cosmos.specializations import Specializations

NOT_SUBMITTED = "[NOT SUBMITTED]"
ASSIGNED = "SDTM.ASSIGNED"  #: context of the constants of a record

_WHERE = re.compile(r"(\w+) (?:when|where) ")
_SUPPLEMENT = re.compile(r"\bin (SUPP\w\w)\b")
_STATUS = re.compile(r"\b(\w\wSTAT) = ")


def aliases(question: Question, found: Specializations) -> tuple[Alias, ...]:
    """Where the answer goes, and the constants that stand beside it."""
    made = (Alias("SDTM", target(question, found)),)
    return made + constants(question.constants)


def constants(values: dict[str, str]) -> tuple[Alias, ...]:
    """The constants of a record as one alias: ``VSTESTCD = SYSBP; VSTEST = Systolic Blood Pressure``."""
    text = "; ".join(f"{name} = {value}" for name, value in sorted(values.items()) if value)
    return (Alias(ASSIGNED, text),) if text else ()


def target(question: Question, found: Specializations) -> str:
    """The SDTM variables of an item, or that it is not submitted."""
    item, domain = question.item, question.source.domain
    supplement = _SUPPLEMENT.search(item.annotation)
    variables = [_variable(name.split(" ")[0]) for name in item.targets]
    if supplement:
        return f"{supplement[1]}.{variables[0] if variables else item.variable}"
    if not variables:
        status = _STATUS.search(item.annotation)
        return f"{domain}.{status[1]}" if status else NOT_SUBMITTED
    where = _WHERE.match(item.annotation)
    if where and where[1] in variables:
        variables = [where[1]]
    if question.test:
        return f"{question.test}_{variables[0]}"
    dataset = found.datasets.get(question.source.dataset, {})
    return "; ".join(
        f"SUPP{domain}.{name}" if name in dataset and dataset[name].non_standard else f"{domain}.{name}"
        for name in variables
    )


def _variable(name: str) -> str:
    """SDTM keeps dates and times in one variable; some drafts name the collection variable instead."""
    return re.sub(r"(DAT|TIM)$", "DTC", name)
