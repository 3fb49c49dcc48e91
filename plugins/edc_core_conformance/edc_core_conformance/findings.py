"""Findings of a report as a list: narrowed, the strictest first, and what it can be narrowed by."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from edc_core.api import ItemPath
from edc_core_conformance.words import UNGRADED, severity_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edc_core.api import ConformanceFinding

ORDER = ("reject", "error", "warning", UNGRADED)
OPEN, EXPLAINED = "open", "explained"
WHOLE = "whole study"  #: where a finding is about no one dataset


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; an empty text is all. :param standing: ``open`` or ``explained``."""

    severity: str = ""
    agency: str = ""
    dataset: str = ""
    rule: str = ""
    standing: str = ""

    @property
    def given(self) -> Mapping[str, str]:
        """As fields of an address."""
        return {name: text for name, text in asdict(self).items() if text}

    def holds_for(self, one: ConformanceFinding) -> bool:
        """Whether a finding is wanted."""
        return (
            self.severity in {"", severity_words(one.severity)}
            and (not self.agency or self.agency in one.agencies)
            and self.dataset in {"", one.dataset or WHOLE}
            and self.rule in {"", one.rule}
            and self.standing in {"", EXPLAINED if one.explanation else OPEN}
        )


def narrowed(findings: Iterable[ConformanceFinding], wanted: Wanted) -> list[ConformanceFinding]:
    """Those that are wanted: the strictest first, then by rule, dataset and record."""
    found = [one for one in findings if wanted.holds_for(one)]
    return sorted(found, key=lambda one: (ORDER.index(severity_words(one.severity)), one))


@dataclass(frozen=True, slots=True)
class Filter:
    """:param name: its field in the address. :param choices: each with how many findings there are of it, of those that the other
    filters leave.
    """

    name: str
    title: str
    chosen: str
    choices: tuple[tuple[str, int], ...]


def filters(findings: Sequence[ConformanceFinding], wanted: Wanted) -> tuple[Filter, ...]:
    """What a list can be narrowed by."""

    def made(name: str, title: str, order: Sequence[str] = ()) -> Filter:
        others = replace(wanted, **{name: ""})
        counts = Counter(text for one in findings if others.holds_for(one) for text in _values(one, name))
        chosen = str(getattr(wanted, name))
        if chosen and chosen not in counts:
            counts[chosen] = 0
        names = [one for one in order if one in counts] if order else sorted(counts)
        return Filter(name, title, chosen, tuple((one, counts[one]) for one in names))

    return (
        made("severity", "Severity", ORDER),
        made("agency", "Agency"),
        made("dataset", "Dataset"),
        made("rule", "Rule"),
        made("standing", "Standing", (OPEN, EXPLAINED)),
    )


def _values(one: ConformanceFinding, name: str) -> tuple[str, ...]:
    return {
        "severity": (severity_words(one.severity),),
        "agency": one.agencies,
        "dataset": (one.dataset or WHOLE,),
        "rule": (one.rule,),
        "standing": (EXPLAINED if one.explanation else OPEN,),
    }[name]


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule with findings. :param severity: of its strictest finding. :param datasets: that it is broken in, with how many findings.

    :param text: what its first finding says. :param number: of findings, ``unexplained`` of them without an explanation.
    """

    rule: str
    severity: str
    agencies: tuple[str, ...]
    datasets: tuple[tuple[str, int], ...]
    text: str
    number: int
    unexplained: int


def by_rule(findings: Iterable[ConformanceFinding]) -> tuple[Broken, ...]:
    """The rules of a list, in its order. :param findings: as ``narrowed`` gives them: the strictest finding of a rule comes first."""
    rules: dict[str, list[ConformanceFinding]] = {}
    for one in findings:
        rules.setdefault(one.rule, []).append(one)
    return tuple(
        Broken(
            rule=rule,
            severity=own[0].severity,
            agencies=tuple(sorted({agency for one in own for agency in one.agencies})),
            datasets=tuple(sorted(Counter(one.dataset or WHOLE for one in own).items())),
            text=own[0].text,
            number=len(own),
            unexplained=sum(not one.explanation for one in own),
        )
        for rule, own in rules.items()
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A finding as a line of the list. :param path: what it leads to in the casebook of its subject, if anything.
    :param row: the text of the path of the row there, at which the form is opened; empty for none.
    """

    own: ConformanceFinding
    path: ItemPath | None
    row: str


def listed(one: ConformanceFinding) -> Listed:
    """A finding with its place."""
    path = ItemPath.parse(one.item) if one.item else None
    return Listed(one, path, _row(path) if path and path.groups else "")


def _row(path: ItemPath) -> str:
    """Groups within a row stand in it once, so that the last one with another key than 1 is the row, or else the first."""
    keys = [group.key != "1" for group in path.groups]
    last = len(keys) - 1 - keys[::-1].index(True) if any(keys) else 0
    return str(replace(path, groups=path.groups[: last + 1], item=None))
