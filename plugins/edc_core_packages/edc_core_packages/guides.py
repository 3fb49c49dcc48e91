"""The guides in a package, drawn from what the package holds: nothing in them is typed by hand.

Their words stand in ``words/``, a file for each language; that of a guide is the one of the layout of the authority.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edc_core.api import Words
from edc_core_packages import analysis_guide
from edc_core_packages.clinical_sites import CLINSITE, OF_THE_SPONSOR
from edc_core_packages.left_out import left_out
from edc_core_packages.parts import Part, Shape, rows_of_text
from edc_core_packages.printing import printed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from edc_core.api import ConformanceReport, ExportDataset, TabularDataset, Tabulation
    from edc_core_packages.analysis import Analysis
    from edc_core_packages.asked import Asked
    from edc_core_packages.held import Held

WORDS = Path(__file__).with_name("words")
#: Guides of a layout that tell of tabulations, of the plan, and of what the sponsor brings; their names are in the words.
OF_TABULATIONS, OF_THE_PLAN = ("csdrg", "sdrg", "guide"), ("sdsp",)
OF_ANALYSIS, PROGRAMS = "adrg", "programs list"
MOST_LISTED = 100  #: texts of one kind that are in English alone


@dataclass(frozen=True, slots=True)
class Guide:
    """What guides tell of.

    :param datasets: the tabulations, with the labels of the package. :param untranslated: labels that are in English, where the
        authority wants another language; ``texts`` of define.xml likewise, see ``Tabulation.write_define``. :param held: what else lies in the package. :param analysis: what the sponsor brought.
    """

    dataset: ExportDataset
    asked: Asked
    made: Tabulation
    datasets: tuple[TabularDataset, ...]
    report: ConformanceReport
    untranslated: tuple[str, ...] = ()
    texts: Mapping[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    held: tuple[Held, ...] = ()
    analysis: Analysis | None = None

    @property
    def words(self) -> Words:
        return Words(WORDS, self.asked.layout.language)

    @property
    def tables(self) -> Mapping[str, TabularDataset]:
        """The tabulations and what the sponsor brought, by name."""
        brought = self.analysis.tables if self.analysis else {}
        return {one.name: one for one in self.datasets} | dict(brought)


def guide_files(guide: Guide) -> Iterator[tuple[str, bytes]]:
    """Name and content of each PDF; the same package gives the same bytes.

    :raises BadRequest: no font here shows the language, or what is quoted.
    """
    study, asked = guide.dataset.study_oid, guide.asked
    for name in asked.layout.guides or ("sdrg",):
        if name not in (*OF_TABULATIONS, *OF_THE_PLAN) and guide.analysis is None:
            continue  # the guide of the tabulations says that there is none
        of_analysis = name in (OF_ANALYSIS, PROGRAMS)
        folder = asked.folder("analysis" if of_analysis else "guides", study)
        yield f"{folder}{name.replace(' ', '-')}.pdf", printed(content(guide, name), guide.dataset.fonts)


def content(guide: Guide, name: str) -> dict[str, Any]:
    """What stands in a guide, as plain values in the order in which it is told."""
    dataset, standard, words = guide.dataset, guide.asked.standard, guide.words
    authority = words.of("authorities", standard.name)
    if authority == standard.name:
        authority = standard.country_profile.value.authority
    day, title = dataset.created_at[:10], words.of("titles", name)
    return {
        "title": title,
        "language": guide.asked.layout.language,
        "study": dataset.study_oid,
        "day": day,
        "head": words.say("head", dataset.study_oid, authority, guide.made.standard, day),
        "note": words.say("quoted"),
        "state": words.say("state", dataset.cut[:16]),
        "page": words.say("page"),
        "pages": words.say("pages"),
        "parts": [asdict(part) for part in _parts(guide, name, words) if part.says_something],
    }


def _parts(guide: Guide, name: str, words: Words) -> Iterator[Part]:
    yield _study(guide, words)
    if name == PROGRAMS:
        assert guide.analysis is not None
        yield analysis_guide.programs(guide.analysis, words)
        return
    if name == OF_ANALYSIS:
        yield from _of_analysis(guide, words)
        return
    yield _standards(guide, words)
    if name in OF_THE_PLAN:
        return
    yield _datasets(guide, words)
    yield _texts(guide, words)
    encoding = guide.asked.profile.transport.encoding
    yield left_out(guide.dataset, words, _subjects(guide), guide.made.left_out, encoding)
    yield _held(guide, words)
    yield _conformance(guide, words)
    yield _failed(guide, words)
    yield findings(guide, words, lambda _: True, words.say("no_finding"))
    yield _remarks(guide, words)
    yield _sponsor(guide, words)
    if guide.analysis and OF_ANALYSIS not in guide.asked.layout.guides:
        yield from _of_analysis(guide, words)  # one guide tells of both


def _of_analysis(guide: Guide, words: Words) -> Iterator[Part]:
    brought = guide.analysis
    assert brought is not None
    yield from analysis_guide.parts(brought, guide.tables, guide.asked.profile, guide.made.standard, words)
    part = findings(
        guide, words, lambda dataset: dataset in brought.tables, words.say("no_analysis_finding"),
        words.say("analysis_findings_text"),
    )  # fmt: skip
    yield part
    yield analysis_guide.programs(brought, words)
    yield analysis_guide.to_write(words)


def _subjects(guide: Guide) -> int:
    demographics = guide.tables.get("DM")
    return sum(1 for _ in demographics.records()) if demographics else 0


def _study(guide: Guide, words: Words) -> Part:
    dataset, version, named = guide.dataset, guide.dataset.newest.version, words.group("study_rows")
    said = {
        "study": dataset.study_oid,
        "protocol": version.study.protocol_name or version.study.oid,
        "title": version.study.description or dataset.study_name,
        "definitions": ", ".join(dataset.versions),
        "until": dataset.created_at,
        "data": words.say("unlocked" if dataset.unlocked else "locked"),
        "state": dataset.cut,
    }
    return Part(words.say("study"), rows=rows_of_text((named[key], said[key]) for key in named))


def _standards(guide: Guide, words: Words) -> Part:
    profile, layout, named = guide.asked.profile, guide.asked.layout, words.group("standard_rows")
    transport, languages = profile.transport, words.group("languages")
    language = languages.get(layout.language, layout.language)
    terms = guide.made.terminology
    said = {
        "tabulations": guide.made.standard,
        "terminology": words.say("terminology", terms, guide.made.terminology_sha256)
        if terms
        else words.say("no_terminology"),
        "define": "2.1",
        "transport": words.say("transport", profile.name),
        "encoding": transport.encoding,
        "largest": words.say("bytes", f"{transport.most_bytes:,}")
        if transport.most_bytes
        else words.say("no_limit"),
        "units": words.of("units", profile.units),
        "language": language,
        "labels": _labels(guide, words, language),
    }
    terminology = [
        (term.dictionary, words.say("required", term.version) if term.required else term.version)
        for term in guide.asked.standard.terms(guide.dataset.created_at[:10])
    ]
    return Part(
        words.say("standards"),
        rows=rows_of_text([*((named[key], said[key]) for key in named), *terminology]),
    )


def _labels(guide: Guide, words: Words, language: str) -> str:
    if not guide.asked.profile.labels:
        return words.say("labels_all", words.of("languages", "en"))
    if guide.untranslated:
        return words.say("labels_some", language, "; ".join(guide.untranslated))
    return words.say("labels_all", language)


def _datasets(guide: Guide, words: Words) -> Part:
    rows = [(one.name, one.label, sum(1 for _ in one.records())) for one in guide.datasets]
    return Part(
        words.say("datasets"),
        words.say("datasets_text"),
        Shape.COUNTED,
        _columns(words, "dataset", "label", "records"),
        rows_of_text(rows),
    )


def _texts(guide: Guide, words: Words) -> Part:
    """How much of what define.xml says is in the language that the authority wants; labels of variables are told of above."""
    kinds = words.group("define_kinds")
    said = {kind: guide.texts[kind] for kind in kinds if kind in guide.texts}
    total, left = (
        sum(number for number, _ in said.values()),
        sum(len(english) for _, english in said.values()),
    )
    if not total:
        return Part("")
    language = words.of("languages", guide.asked.layout.language)
    text = (
        words.say("define_texts_some", total - left, total, language)
        if left
        else words.say("define_texts_all", total, language)
    )
    rows = [
        (kinds[kind], _listed(english, words), len(english)) for kind, (_, english) in said.items() if english
    ]
    columns = _columns(words, "kind", "texts", "number")
    return Part(words.say("define_texts"), text, Shape.COUNTED, columns, rows_of_text(rows))


def _listed(texts: tuple[str, ...], words: Words) -> str:
    more = len(texts) - MOST_LISTED
    return "; ".join((*texts[:MOST_LISTED], *([words.say("more", more)] if more > 0 else [])))


def _held(guide: Guide, words: Words) -> Part:
    rows = [
        (
            words.say(
                "held_row",
                words.of("held_what", one.what.name),
                words.of("held_subjects", one.what.subjects),
            ),
            one.subjects,
            f"{one.folder} ({one.what.why})",
        )
        for one in guide.held
    ]
    columns = _columns(words, "what", "subjects", "folder")
    return Part(words.say("held"), "", Shape.REASONED, columns, rows_of_text(rows))


def _conformance(guide: Guide, words: Words) -> Part:
    rows = []
    for one in guide.report.rule_sets:
        said = [words.say("run", one.run) if one.state == "run" else words.say("not_run", one.why)]
        if one.skipped:
            said.append(words.say("skipped", len(one.skipped)))
        if one.failed:
            said.append(words.say("failed", len({failure.rule for failure in one.failed})))
        rows.append((one.name, one.version or "-", "; ".join(said)))
    columns = _columns(words, "rules", "version", "checked_column")
    return Part(words.say("checked"), "", Shape.THREE, columns, rows_of_text(rows))


def _failed(guide: Guide, words: Words) -> Part:
    """Rules of which nobody knows whether they hold: they are no findings, and stand by themselves."""
    failed = [failure for one in guide.report.rule_sets for failure in one.failed]
    broken = len({failure.rule for failure in guide.report.errors})
    text = words.say("failed_text") + " "
    text += words.say("failed_broken", broken) if broken else words.say("failed_not_broken")
    kinds = {
        (one.rule, one.dataset or "-", words.say("execution_error", one.why) if one.is_error else one.why)
        for one in failed
    }
    columns = _columns(words, "rule", "dataset", "why")
    return Part(
        words.say("failed_rules"), text if failed else "", Shape.THREE, columns, rows_of_text(sorted(kinds))
    )


def findings(guide: Guide, words: Words, about: Callable[[str], bool], without: str, text: str = "") -> Part:
    """What rules found, by rule and dataset. :param about: which datasets. :param without: what is said where there is none."""
    grades = guide.asked.standard.grades
    known = {rule: f"{rule} ({graded.known_as})" for rule, graded in grades.items()}
    ungraded = words.say("not_graded") if grades else "-"
    found = [one for one in guide.report.findings if about(one.dataset)]
    kinds = [(one.rule_set, one.rule, one.severity, one.dataset, one.explanation) for one in found]
    first = {kind: one.text for kind, one in zip(reversed(kinds), reversed(found), strict=True)}
    rows = [
        (
            known.get(kind[1], kind[1]),
            words.of("severities", kind[2]) if kind[2] else ungraded,
            kind[3] or "-",
            number,
            first[kind],
            kind[4] or words.say("not_explained"),
        )
        for kind, number in sorted(Counter(kinds).items())
    ]
    columns = _columns(words, "rule", "severity", "dataset", "findings_column", "first", "explanation")
    if grades and any(not one.severity for one in found):
        text = f"{text} {words.say('not_graded_text', guide.asked.standard.agency)}".strip()
    return Part(words.say("findings"), text if rows else without, Shape.FINDINGS, columns, rows_of_text(rows))


def _remarks(guide: Guide, words: Words) -> Part:
    rows = [(one["code"], one["place"], one["message"]) for one in guide.made.remarks]
    columns = _columns(words, "code", "place", "says")
    return Part(words.say("remarks"), "", Shape.THREE, columns, rows_of_text(rows))


def _sponsor(guide: Guide, words: Words) -> Part:
    """What was brought, or the plain word that nothing was."""
    own_guide = OF_ANALYSIS in guide.asked.layout.guides
    if guide.analysis:
        text = [words.say("brought"), *([words.say("see_adrg")] if own_guide else [])]
    else:
        text = [words.say("no_analysis"), *([words.say("no_adrg")] if own_guide else [])]
    if guide.asked.wants_sites:
        text.append(words.say("sites", f"{CLINSITE.lower()}.xpt", ", ".join(OF_THE_SPONSOR)))
    tables = guide.analysis.tables.values() if guide.analysis else ()
    rows = [(one.name, one.label, sum(1 for _ in one.records())) for one in tables]
    columns = _columns(words, "dataset", "label", "records")
    return Part(words.say("sponsor"), " ".join(text), Shape.COUNTED, columns, rows_of_text(rows))


def _columns(words: Words, *keys: str) -> tuple[str, ...]:
    return tuple(words.say(key) for key in keys)
