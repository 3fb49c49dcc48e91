"""What engines of conformance say of an export: findings of every engine in one list, and which rules were run at all."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from edc_core.domain.country import CountryStandard
    from edc_core.domain.submission import RuleFinding
    from edc_core.domain.tabular import TabularDataset
    from edc_core.domain.tabulation import Cell

NOT_RUN = "not run"
SEVERITIES = ("reject", "error", "warning")  #: the strictest first


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class ConformanceFinding:
    """What a rule says of a file or a record.

    :param rule: its id, as its authors have it. :param rule_set: name of the ``RuleSet`` that it belongs to.
    :param dataset: name of the dataset or file, empty for the whole. :param record: from 1, 0 for the dataset.
    :param variable: names, with a comma between several. :param text: what is wrong, in words.
    :param severity: ``reject``, ``error``, ``warning``, or empty where its authors grade nothing.
    :param agencies: who cares: authorities, or ``CDISC``.
    :param value: what stands there: of one variable its value, of several ``AESTDTC=2026-03-04, AEENDTC=2026-03-01``; empty for
        nothing, and where the engine does not say it.
    :param subject: key of the subject, and :param item: path of the CRF item in its casebook, or of the row where the rule is
        about several, where the lineage knows them. :param explanation: why it stands, empty for an open one.
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
    value: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class RuleFailure:
    """A rule that was not carried out: nobody knows whether it holds.

    :param dataset: where, empty for all. :param why: in the words of the engine.
    :param is_error: the engine broke on it. Otherwise it says itself that it cannot look, for want of a variable say.
    """

    rule: str
    why: str
    dataset: str = ""
    is_error: bool = False


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class RuleSet:
    """Rules that were asked for, and whether they were run.

    :param version: of the rules and the terminology that they rest on. :param why: they were not run, and the remedy.
    :param run: how many came to an end. :param skipped: rules that had nothing to look at: number, or their ids where known.
    :param failed: rules that could not be carried out. :param sha256: of the rules and the terminology; empty where it is not told.
    """

    name: str
    version: str = ""
    state: Literal["run", "not run"] = "run"
    why: str = ""
    run: int = 0
    skipped: tuple[str, ...] = ()
    failed: tuple[RuleFailure, ...] = ()
    sha256: str = ""

    @property
    def errors(self) -> tuple[RuleFailure, ...]:
        """Rules on which the engine broke."""
        return tuple(one for one in self.failed if one.is_error)


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
    def made_with(self) -> tuple[tuple[str, str], ...]:
        """Name with version, and digest, of the rules that tell theirs: for the manifest."""
        return tuple((f"{one.name} {one.version}", one.sha256) for one in self.rule_sets if one.sha256)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many findings there are by rule, in the order of the rules."""
        return MappingProxyType(dict(sorted(Counter(one.rule for one in self.findings).items())))

    @property
    def unexplained(self) -> tuple[str, ...]:
        """Rules with findings that no text explains, sorted."""
        return tuple(sorted({one.rule for one in self.findings if not one.explanation}))

    @property
    def errors(self) -> tuple[RuleFailure, ...]:
        """Rules on which an engine broke."""
        return tuple(failure for one in self.rule_sets for failure in one.errors)

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
            for one in said["rule_sets"]:
                one["skipped"] = tuple(one["skipped"])
                one["failed"] = tuple(RuleFailure(**failure) for failure in one["failed"])
            sets = tuple(RuleSet(**one) for one in said["rule_sets"])
            findings = (
                ConformanceFinding(**one | {"agencies": tuple(one["agencies"])}) for one in said["findings"]
            )
            return cls(sets, tuple(findings))
        except (KeyError, TypeError) as error:
            raise ValueError(f"This is no conformance report: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why findings of a rule stand. :param datasets: of whose findings it holds; none for all. :param values: on which; likewise.

    :param begins: as their texts begin. :param translations: of the text, by language (BCP 47).
    """

    rule: str
    text: str
    datasets: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    begins: str = ""
    translations: Mapping[str, str] = field(default_factory=dict)

    def holds_for(self, finding: ConformanceFinding) -> bool:
        """Whether it explains a finding."""
        return (
            finding.rule == self.rule
            and finding.text.startswith(self.begins)
            and (not self.datasets or finding.dataset in self.datasets)
            and (not self.values or finding.value in self.values)
        )


def explained(
    report: ConformanceReport, general: Iterable[Explanation], of_study: Mapping[str, str], language: str = ""
) -> ConformanceReport:
    """The report, in which each finding has the text that explains it.

    :param general: what holds for datasets made this way, see ``Tabulation.explanations``. :param of_study: texts by rule, or by
        rule and dataset (``CORE-000356 DM``), which go before those of the rule; both go before general ones.
    :param language: of general ones, English where they have none in it.
    """
    every = tuple(general)

    def text_for(finding: ConformanceFinding) -> str:
        for name in (f"{finding.rule} {finding.dataset}", finding.rule):
            if own := of_study.get(name, "").strip():
                return own
        holding = (one.translations.get(language, one.text) for one in every if one.holds_for(finding))
        return next(holding, "")

    return replace(
        report, findings=tuple(sorted(replace(one, explanation=text_for(one)) for one in report.findings))
    )


def placed(
    report: ConformanceReport, places: Callable[[Collection[Cell]], Mapping[Cell, tuple[str, str]]]
) -> ConformanceReport:
    """The report, in which findings on a record name the subject and the place in its casebook. :param places: see ``Tabulation``."""
    cells = {one: _cell(one) for one in report.findings if one.record}
    known = places(set(cells.values()))

    def place(finding: ConformanceFinding) -> ConformanceFinding:
        subject, item = known.get(cells[finding], ("", "")) if finding in cells else ("", "")
        return replace(finding, subject=subject, item=item)

    return replace(report, findings=tuple(sorted(map(place, report.findings))))


def _cell(finding: ConformanceFinding) -> Cell:
    """Of a rule about several variables the record: none of them alone is wrong."""
    return finding.dataset, finding.record, "" if "," in finding.variable else finding.variable


def graded(report: ConformanceReport, standards: Iterable[CountryStandard]) -> ConformanceReport:
    """The report, in which findings of engines have the severity that authorities give their rules: the strictest of several."""
    grades = [(one.agency, one.grades) for one in standards]

    def grade(finding: ConformanceFinding) -> ConformanceFinding:
        for agency, rules in grades:
            if rule := rules.get(finding.rule):
                severity = min(rule.severity, finding.severity or SEVERITIES[-1], key=SEVERITIES.index)
                agencies = tuple(sorted({*finding.agencies, agency}))
                finding = replace(finding, severity=severity, agencies=agencies)
        return finding

    return replace(report, findings=tuple(sorted(map(grade, report.findings))))


def of_authority(standard: CountryStandard, findings: Iterable[RuleFinding]) -> ConformanceReport:
    """What an authority's own rules said (``CountryStandard.findings``), as a report."""
    profile = standard.country_profile
    rules = RuleSet(name=standard.name, version=profile.as_of, run=len(standard.own_rules))
    found = (
        ConformanceFinding(
            rule=one.rule, rule_set=standard.name, text=one.text, dataset=one.dataset, record=one.record, variable=one.variable,
            severity=one.severity, agencies=(standard.agency,),
        )
        for one in findings
    )  # fmt: skip
    return ConformanceReport((rules,), tuple(sorted(found)))


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
    """What every engine says of the files in a folder, as one report.

    :param progress: is told thousandths of the work of all, each engine the same share.
    """
    every = tuple(engines)
    reports = []
    for number, one in enumerate(every):

        def tell(done: int, of: int, number: int = number) -> None:
            progress((number * _WHOLE + done * _WHOLE // max(of, 1)) // len(every), _WHOLE)

        reports.append(one.check(folder, about, tell))
    return ConformanceReport.joined(reports)


_WHOLE = 1000
