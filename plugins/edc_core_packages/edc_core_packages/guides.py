"""The guides in a package, drawn from what the package holds: nothing in them is typed by hand."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst

from edc_core.api import ExportRefused
from edc_core_packages.clinical_sites import OF_THE_SPONSOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import ConformanceReport, ExportDataset, Tabulation
    from edc_core_packages.analysis import Analysis
    from edc_core_packages.package import Asked

LATIN = "Libertinus Serif"  #: comes with typst
EAST_ASIAN = (
    "Noto Sans CJK KR", "Noto Sans CJK JP", "Noto Sans CJK SC", "Malgun Gothic", "Apple SD Gothic Neo", "Yu Gothic",
    "Microsoft YaHei", "PingFang SC",
)  # fmt: skip
_EAST_ASIAN = re.compile(
    r"[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f]+"
)
LOOK = Path(__file__).with_name("guide.typ")
#: What each guide of a layout is called, and whether it tells of tabulations, of the plan, or of what the sponsor brings.
TITLES = {
    "csdrg": "Clinical Study Data Reviewer's Guide",
    "sdrg": "Study Data Reviewer's Guide",
    "guide": "Data Reviewer's Guide",
    "sdsp": "Study Data Standardization Plan",
}
OF_ANALYSIS = {"adrg": "Analysis Data Reviewer's Guide", "programs list": "List of programs"}
BROUGHT = (
    "These datasets and programs were made by the sponsor. Their names, labels, lengths and characters fit the transport format, and "
    "define.xml beside them describes each variable; how they were derived is not checked here."
)
NO_ANALYSIS = (
    "This package holds no analysis datasets, no parameters of pharmacokinetics and no programs. They are made by the sponsor, "
    "and are not part of the data that were collected."
)


@dataclass(frozen=True, slots=True)
class Guide:
    """What guides tell of. :param sites: name of the dataset on sites, empty for none. :param analysis: what the sponsor brought."""

    dataset: ExportDataset
    asked: Asked
    made: Tabulation
    report: ConformanceReport
    sites: str
    analysis: Analysis | None = None


def guide_files(guide: Guide) -> Iterator[tuple[str, bytes]]:
    """Name and content of each PDF; the same package gives the same bytes."""
    names = guide.asked.layout.guides or ("sdrg",)
    for name in names:
        if name in TITLES:
            folder = guide.asked.folder("guides", guide.dataset.study_oid)
            yield f"{folder}{name}.pdf", _printed(content(guide, name))


def content(guide: Guide, name: str) -> dict[str, Any]:
    """What stands in a guide, as plain values in the order in which it is told."""
    dataset, asked, made = guide.dataset, guide.asked, guide.made
    parts = [_study(guide), _standards(guide)]
    if name != "sdsp":
        parts += [_datasets(guide), _left_out(guide), _conformance(guide), _failed(guide), _findings(guide)]
        parts += [_remarks(guide), _sponsor(guide)]
    return {
        "title": TITLES[name],
        "study": dataset.study_oid,
        "authority": asked.standard.country_profile.value.authority,
        "day": dataset.created_at[:10],
        "cut": dataset.cut,
        "parts": [part for part in parts if part["rows"] or part["text"]],
        "standard": made.standard,
    }


def _part(heading: str, text: str = "", columns: tuple[str, ...] = (), rows: Any = ()) -> dict[str, Any]:
    return {
        "heading": heading,
        "text": text,
        "columns": list(columns),
        "rows": [[str(c) for c in row] for row in rows],
    }


def _study(guide: Guide) -> dict[str, Any]:
    version = guide.dataset.newest.version
    rows = [
        ("Study", guide.dataset.study_oid),
        ("Protocol", version.study.protocol_name or version.study.oid),
        ("Title", version.study.description or guide.dataset.study_name),
        ("Definitions used", ", ".join(guide.dataset.versions)),
        ("Data until", guide.dataset.created_at),
        ("Data", "locked and unlocked" if guide.dataset.unlocked else "locked data alone"),
        ("State of the data", guide.dataset.cut),
    ]
    return _part("Study", columns=("", ""), rows=rows)


def _standards(guide: Guide) -> dict[str, Any]:
    profile, transport = guide.asked.profile, guide.asked.profile.transport
    rows = [
        ("Tabulations", guide.made.standard),
        ("Terminology", _terminology(guide.made)),
        ("Define-XML", "2.1"),
        ("Transport", f"SAS XPORT version 5, {profile.name}"),
        ("Encoding of the datasets", transport.encoding),
        ("Largest file", f"{transport.most_bytes:,} bytes" if transport.most_bytes else "no limit"),
        ("Units", profile.units),
        ("Language of texts", guide.asked.layout.language),
    ]
    rows += [
        (term.dictionary, f"{term.version}{', required' if term.required else ''}")
        for term in guide.asked.standard.terms(guide.dataset.created_at[:10])
    ]
    return _part("Standards", columns=("", ""), rows=rows)


def _terminology(made: Tabulation) -> str:
    return (
        f"CDISC SDTM {made.terminology}, SHA-256 {made.terminology_sha256}"
        if made.terminology
        else "none at hand"
    )


def _datasets(guide: Guide) -> dict[str, Any]:
    rows = [(one.name, one.label, sum(1 for _ in one.records())) for one in guide.made.datasets]
    text = "Each dataset lies beside define.xml, which describes every variable; acrf.pdf shows where it was collected."
    return _part("Datasets", text, ("Dataset", "Label", "Records"), rows)


def _left_out(guide: Guide) -> dict[str, Any]:
    text = (
        "What is not locked, what stays in its country, and what whoever made this package may not see is not in it. manifest.json "
        "beside the package counts it, by reason."
    )
    return _part("What was left out", text)


def _conformance(guide: Guide) -> dict[str, Any]:
    rows = []
    for one in guide.report.rule_sets:
        said = f"{one.run} run" if one.state == "run" else f"not run: {one.why}"
        if one.skipped:
            said += f"; {len(one.skipped)} had nothing to look at"
        if one.failed:
            said += f"; {len({failure.rule for failure in one.failed})} could not be carried out, see below"
        rows.append((one.name, one.version or "-", said))
    return _part("What was checked", "", ("Rules", "Version", "Checked"), rows)


def _failed(guide: Guide) -> dict[str, Any]:
    """Rules of which nobody knows whether they hold: they are no findings, and stand by themselves."""
    failed = [failure for one in guide.report.rule_sets for failure in one.failed]
    if not failed:
        return _part("Rules that could not be carried out")
    broken = len({failure.rule for failure in guide.report.errors})
    text = "Whether these rules hold is not known." + (
        f" On {broken} of them the engine broke." if broken else " None of them is an error of the engine."
    )
    kinds = Counter(
        (one.rule, one.dataset or "-", ("Execution error: " if one.is_error else "") + one.why)
        for one in failed
    )
    return _part("Rules that could not be carried out", text, ("Rule", "Dataset", "Why"), sorted(kinds))


def _findings(guide: Guide) -> dict[str, Any]:
    kinds = [
        (one.rule_set, one.rule, one.severity, one.dataset, one.explanation) for one in guide.report.findings
    ]
    first = {
        kind: one.text for kind, one in zip(reversed(kinds), reversed(guide.report.findings), strict=True)
    }
    rows = [
        (kind[1], kind[2] or "-", kind[3] or "-", number, first[kind], kind[4] or "Not explained.")
        for kind, number in sorted(Counter(kinds).items())
    ]
    text = "" if rows else "No rule that was run has a finding."
    columns = ("Rule", "Severity", "Dataset", "Findings", "The first of them", "Explanation")
    return _part("Findings", text, columns, rows)


def _remarks(guide: Guide) -> dict[str, Any]:
    rows = [(one["code"], one["place"], one["message"]) for one in guide.made.remarks]
    return _part("What the annotations of the forms leave open", "", ("Code", "Place", "What it says"), rows)


def _sponsor(guide: Guide) -> dict[str, Any]:
    text = BROUGHT if guide.analysis else NO_ANALYSIS
    absent = [OF_ANALYSIS[name] for name in guide.asked.layout.guides if name in OF_ANALYSIS]
    if absent:
        text += f" The sponsor writes the {' and the '.join(absent)}."
    if guide.sites:
        text += (
            f" {guide.sites.lower()}.xpt has what the tabulations know of each site and arm; the sponsor adds "
            f"{', '.join(OF_THE_SPONSOR)}."
        )
    tables = guide.analysis.tables.values() if guide.analysis else ()
    rows = [(one.name, one.label, sum(1 for _ in one.records())) for one in tables]
    programs = [name for name, _ in guide.analysis.files if "/" in name] if guide.analysis else []
    if programs:
        text += f" Programs: {', '.join(programs)}."
    return _part("What the sponsor brings", text, ("Dataset", "Label", "Records"), rows)


def _printed(said: dict[str, Any]) -> bytes:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    data = json.dumps(said | {"fonts": fonts(text)}, ensure_ascii=False, sort_keys=True)
    made = typst.compile(LOOK, sys_inputs={"data": data})
    assert isinstance(made, bytes)
    return made


def fonts(text: str) -> list[str]:
    """Fonts that show a text: that of the printer, and one for the writings of East Asia where the text has them.

    :raises ExportRefused: none here shows them; a box in place of a word helps nobody.
    """
    found = _EAST_ASIAN.search(text)
    if found is None:
        return [LATIN]
    here = set(typst.Fonts().families())
    east = [family for family in EAST_ASIAN if family in here]
    if not east:
        raise ExportRefused(
            f"The guide quotes '{found[0]}', and no font here shows it. Install one (on Debian: apt-get install "
            "fonts-noto-cjk) and export again."
        )
    return [LATIN, *east]
