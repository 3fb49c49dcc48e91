"""What engines of conformance say of an export: findings of every engine in one list, and which rules were run at all."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from edc_core.domain.country import CountryStandard
    from edc_core.domain.tabular import TabularDataset

RUN, NOT_RUN = "run", "not run"


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class ConformanceFinding:
    """What a rule says of a file or a record.

    :param rule: its id, as its authors have it. :param rule_set: name of the ``RuleSet`` that it belongs to.
    :param dataset: name of the dataset or file, empty for the whole. :param record: from 1, 0 for the dataset.
    :param variable: names, with a comma between several. :param text: what is wrong, in words.
    :param severity: ``reject``, ``error``, ``warning``, or empty where its authors grade nothing.
    :param agencies: who cares: authorities, or ``CDISC``.
    :param subject: key of the subject, and :param item: path of the CRF item in its casebook, where the lineage knows them.
    """

    rule: str
    rule_set: str
    text: str
    dataset: str = ""
    record: int = 0
    variable: str = ""
    severity: str = ""
    agencies: tuple[str, ...] = ()
    subject: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class RuleSet:
    """Rules that were asked for, and whether they were run.

    :param version: of the rules and the terminology that they rest on. :param why: they were not run, and the remedy.
    :param run: how many came to an end. :param skipped: rules that had nothing to look at: number, or their ids where known.
    :param failed: id of each rule that could not be carried out, with the reason.
    """

    name: str
    version: str = ""
    state: Literal["run", "not run"] = "run"
    why: str = ""
    run: int = 0
    skipped: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ConformanceReport:
    """What was run, and every finding. It has no clock and no host: of the same files it is the same bytes."""

    rule_sets: tuple[RuleSet, ...] = ()
    findings: tuple[ConformanceFinding, ...] = ()

    @classmethod
    def joined(cls, reports: Iterable[ConformanceReport]) -> ConformanceReport:
        """One of several, sorted; the same finding once."""
        every = list(reports)
        sets = {one for report in every for one in report.rule_sets}
        findings = {one for report in every for one in report.findings}
        return cls(tuple(sorted(sets)), tuple(sorted(findings)))

    @property
    def not_run(self) -> tuple[RuleSet, ...]:
        """Rules that nobody looked at."""
        return tuple(one for one in self.rule_sets if one.state == NOT_RUN)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many findings there are by rule, in the order of the rules."""
        return MappingProxyType(dict(sorted(Counter(one.rule for one in self.findings).items())))

    def unexplained(self, explanations: Mapping[str, str]) -> tuple[str, ...]:
        """Rules with findings that no text explains, sorted. :param explanations: texts by rule."""
        return tuple(rule for rule in self.counts if not explanations.get(rule, "").strip())

    def as_json(self) -> bytes:
        """Canonical: keys sorted, two spaces, a line end."""
        said = {
            "rule_sets": [asdict(one) for one in self.rule_sets],
            "findings": [asdict(f) for f in self.findings],
        }
        return json.dumps(said, ensure_ascii=False, sort_keys=True, indent=2).encode() + b"\n"

    @classmethod
    def of_json(cls, text: bytes) -> ConformanceReport:
        """What ``as_json`` wrote. :raises ValueError: it is something else."""
        try:
            said: dict[str, Any] = json.loads(text)
            sets = [
                RuleSet(
                    **one
                    | {"skipped": tuple(one["skipped"]), "failed": tuple((a, b) for a, b in one["failed"])}
                )
                for one in said["rule_sets"]
            ]
            findings = [
                ConformanceFinding(**one | {"agencies": tuple(one["agencies"])}) for one in said["findings"]
            ]
        except (KeyError, TypeError) as error:
            raise ValueError(f"This is no conformance report: {error}") from error
        return cls(tuple(sets), tuple(findings))


@dataclass(frozen=True, slots=True)
class CheckedStudy:
    """What an engine is told of the study whose files it looks at.

    :param standards: of authorities whose own rules are asked. :param datasets: the tables in the files by name, for whoever
        has them at hand; without them an engine reads those of the folder.
    """

    study_oid: str
    standards: tuple[CountryStandard, ...] = ()
    datasets: Mapping[str, TabularDataset] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownRules:
    """Which rules an engine has. :param names: as its findings have them. :param why: they are not known here, and the remedy."""

    names: frozenset[str] = frozenset()
    why: str = ""


def _untold() -> KnownRules:
    return KnownRules(why="It does not say which rules it has.")


@dataclass(frozen=True, slots=True)
class ConformanceEngine:
    """Looks through the files of an export.

    :param name: unique. :param check: gets the folder that holds the files, at any depth (datasets as Dataset-JSON or XPT v5,
        ``define.xml``, ``lineage.ndjson``), and what ``progress`` takes as (rules done, of all), told at least every few
        seconds: what it raises ends the check, and every process of it. Where it cannot run, its report says so; it raises nothing
        for that. It writes nothing into the folder.
    :param rules: which rules it has, without running any.
    """

    name: str
    title: str
    check: Callable[[Path, CheckedStudy, Callable[[int, int], None]], ConformanceReport]
    rules: Callable[[], KnownRules] = _untold


def check_all(
    engines: Iterable[ConformanceEngine], folder: Path, about: CheckedStudy,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> ConformanceReport:  # fmt: skip
    """What every engine says of the files in a folder, as one report."""
    return ConformanceReport.joined([one.check(folder, about, progress) for one in engines])
