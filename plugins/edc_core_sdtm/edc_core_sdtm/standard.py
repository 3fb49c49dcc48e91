"""What SDTMIG 3.4 says of domains and variables, and SDTM 2.0 of the classes they belong to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Any

from edc_core_sdtm.terminology import Terminology

FINDINGS = frozenset({"Findings", "Findings About"})
INTERVENTIONS = "Interventions"
EVENTS = "Events"
GENERAL = "General Observations"  #: identifiers and timing variables, which every class may have
OBSERVATIONS = frozenset({*FINDINGS, INTERVENTIONS, EVENTS})
_CORE = {"!": "Req", "+": "Exp"}
_ENTRY = {"Num": "number", "Char": "text"}


@dataclass(frozen=True, slots=True)
class StandardVariable:
    """:param core: ``Req``, ``Exp`` or ``Perm``; empty for one that only the class knows.
    :param code_lists: NCI codes of the code lists that its values come from.
    """

    name: str
    label: str
    role: str
    is_number: bool
    core: str = ""
    code_lists: tuple[str, ...] = ()


@dataclass(frozen=True)
class Domain:
    code: str
    label: str
    observation_class: str
    structure: str
    variables: Mapping[str, StandardVariable]  #: of the implementation guide, in its order
    allowed: Mapping[str, StandardVariable]  #: and those that its class knows besides

    @property
    def is_findings(self) -> bool:
        return self.observation_class in FINDINGS

    @cached_property
    def topic(self) -> str:
        """The variable that says what a record is about; empty where there is none."""
        return next((v.name for v in self.variables.values() if v.role == "Topic"), "")

    def tests(self, terms: Terminology) -> Mapping[str, str]:
        """Name of each test (``--TEST``) by its short name (``--TESTCD``); empty without a terminology."""
        short, long = (self.variables.get(f"{self.code}{end}") for end in ("TESTCD", "TEST"))
        if short is None or long is None:
            return {}
        return _names(terms, short.code_lists, long.code_lists)

    def in_order(self, names: Iterable[str]) -> list[StandardVariable]:
        """The named variables as the implementation guide orders them; what it doesn't name follows its class."""
        wanted = set(names)
        return [self.allowed[name] for name in self._order if name in wanted]

    @cached_property
    def _order(self) -> list[str]:
        order = list(self.variables)
        before = ""
        for name in self.allowed:
            if name not in self.variables:
                order.insert(order.index(before) + 1 if before else len(order), name)
            before = name
        return order


@lru_cache(maxsize=256)
def _names(terms: Terminology, short: tuple[str, ...], long: tuple[str, ...]) -> Mapping[str, str]:
    return terms.names(short, long)


@dataclass(frozen=True)
class Standard:
    """:param source: where the facts are from. :param as_of: when they were taken."""

    version: str
    source: str
    as_of: str
    domains: Mapping[str, Domain]


@cache
def standard() -> Standard:
    facts = json.loads(files("edc_core_sdtm.facts").joinpath("sdtmig-3-4.json").read_text("utf-8"))
    domains = {code: _domain(facts, code, said) for code, said in facts["domains"].items()}
    return Standard(facts["version"], facts["source"], facts["as_of"], domains)


def _domain(facts: Mapping[str, Any], code: str, said: Mapping[str, str]) -> Domain:
    own = {
        word.rstrip("!+"): _variable(facts, code, word.rstrip("!+"), _CORE.get(word[-1], "Perm"))
        for word in said["variables"].split()
    }
    return Domain(
        code,
        said["label"],
        said["class"],
        said["structure"],
        own,
        {
            name: own.get(name) or _variable(facts, code, name, "")
            for name in _allowed(facts, code, said, own)
        },
    )


def _allowed(
    facts: Mapping[str, Any], code: str, said: Mapping[str, str], own: Mapping[str, StandardVariable]
) -> Iterator[str]:
    """The class's variables in the order of the model; those of the guide that the model lacks stand first."""
    kind = said["class"]
    if kind not in OBSERVATIONS:
        yield from own
        return
    classes = facts["classes"]
    general = classes[GENERAL].split()
    split = next(n for n, name in enumerate(general) if name in {"VISITNUM", "VISIT"})
    qualifiers = classes[kind].split() + (classes["Findings"].split() if kind == "Findings About" else [])
    model = dict.fromkeys(_named(code, name) for name in [*general[:split], *qualifiers, *general[split:]])
    yield from (name for name in own if name not in model)
    yield from model


def _named(code: str, name: str) -> str:
    return code + name[2:] if name.startswith("--") else name


def _variable(facts: Mapping[str, Any], code: str, name: str, core: str) -> StandardVariable:
    known = facts["variables"]
    generic = f"--{name[2:]}" if name.startswith(code) and len(name) > len(code) else name
    label, kind, role, code_lists = known.get(f"{code}.{name}") or known.get(name) or known[generic]
    return StandardVariable(name, label, role, kind == "Num", core, tuple(code_lists.split()))
