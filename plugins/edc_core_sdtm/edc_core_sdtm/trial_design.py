"""Trial design datasets, from the definition alone: TA, TE, TV, TI and TS (SDTMIG 3.4, section 7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from edc_core.api import MetaDataIndex
from edc_core_sdtm.annotation import TRIAL_SUMMARY, constants
from edc_core_sdtm.elements import Element, elements_of
from edc_core_sdtm.plan import StudyPlan
from edc_core_sdtm.qualifiers import is_long, pieces, shortened
from edc_core_sdtm.schedule import PlannedVisit, Schedule
from edc_core_sdtm.standard import standard
from edc_core_sdtm.subject import arm_names
from edc_core_sdtm.terminology import Terminology

Row = Mapping[str, str]
#: TSPARM of the parameters that are derived (SDTMIG 3.4, section 7.4.2), for where no terminology is installed.
_DERIVED = {
    "ACTSUB": "Actual Number of Subjects", "NARMS": "Planned Number of Arms", "SDTIGVER": "SDTM IG Version",
    "SDTMVER": "SDTM Version", "SENDTC": "Study End Date", "SSTDTC": "Study Start Date", "TITLE": "Trial Title",
}  # fmt: skip
_CODED = re.compile(r"(?P<text>.*?)\s*\((?P<code>C\d+)\)")


def trial_design(
    index: MetaDataIndex, plan: StudyPlan, summary: Mapping[str, str]
) -> Iterator[tuple[str, list[Row]]]:
    """Each dataset with its rows.

    :param summary: what the data say for TS, by TSPARMCD.
    """
    arms = arm_names(index, plan)
    by_arm = {arm.oid: elements_of(index, plan, arm.oid) for arm in index.version.arms}
    yield "TA", list(_arms(by_arm, arms))
    yield "TE", list(_elements(by_arm))
    yield "TV", list(_visits(Schedule(index), arms))
    yield "TI", list(_criteria(index, plan))
    yield "TS", list(_summary(index, summary, plan.terms))


def _arms(by_arm: Mapping[str, Sequence[Element]], names: Mapping[str, str]) -> Iterator[Row]:
    for arm, elements in by_arm.items():
        common = True
        for element in elements:
            row = {
                "ARMCD": arm, "ARM": names.get(arm, arm), "TAETORD": str(element.order), "ETCD": element.code,
                "ELEMENT": element.name, "EPOCH": element.epoch,
            }  # fmt: skip
            if common and element.code.endswith(arm[:3]):
                row["TABRANCH"] = shortened(f"Assigned to {names.get(arm, arm)}", 200)
                common = False
            yield row


def _elements(by_arm: Mapping[str, Sequence[Element]]) -> Iterator[Row]:
    known = {element.code: element for elements in by_arm.values() for element in elements}
    for element in sorted(known.values(), key=lambda one: (one.order, one.code)):
        start = "Informed consent" if element.order == 1 else f"First visit of the epoch {element.epoch}"
        yield {
            "ETCD": element.code,
            "ELEMENT": element.name,
            "TESTRL": start,
            "TEENRL": "Start of the next element",
        }


def _visits(schedule: Schedule, arms: Mapping[str, str]) -> Iterator[Row]:
    for visit in schedule.planned.values():
        own = visit.event.arms or ("",)  # empty: the visit is planned for every arm
        for arm in own:
            row = {
                "VISITNUM": str(visit.number),
                "VISIT": visit.name,
                "VISITDY": visit.day,
                "TVSTRL": _starts(visit),
            }
            if arm:
                row |= {"ARMCD": arm, "ARM": arms.get(arm, arm)}
            yield row


def _starts(visit: PlannedVisit) -> str:
    described = visit.event.description.in_language("en")
    window = visit.event.window
    rule = f"{window.target} from {window.anchor}" if window else "The day that others are counted from"
    return shortened(described or rule, 200)


def _criteria(index: MetaDataIndex, plan: StudyPlan) -> Iterator[Row]:
    for record in plan.all_records:
        for source in record.sources.get("IETESTCD", ()):
            for term in source.code_list.items if source.code_list else ():
                code = term.coded_value
                category = record.constants.get("IECAT") or (
                    "EXCLUSION" if code.startswith("E") else "INCLUSION"
                )
                text = term.decode.in_language("en") if term.decode else code
                yield {
                    "IETESTCD": code, "IETEST": shortened(text, 200), "IECAT": category,
                    "TIVERS": index.version.name or index.version.oid,
                }  # fmt: skip


def _summary(index: MetaDataIndex, found: Mapping[str, str], terms: Terminology) -> Iterator[Row]:
    names = _parameters(terms)
    said = constants(index.version.protocol_aliases, TRIAL_SUMMARY)
    version = index.version
    derived = {
        "TITLE": version.study.description, "SDTMVER": "2.0", "SDTIGVER": standard().version,
        "NARMS": str(len(version.arms)) if version.arms else "", **found,
    }  # fmt: skip
    values = {**{code: text for code, text in derived.items() if text}, **said}
    for code in sorted(values):
        for n, value in enumerate((part.strip() for part in values[code].split("|")), 1):
            yield _parameter(code, names.get(code, code), str(n), value, terms)


def _parameter(code: str, name: str, number: str, value: str, terms: Terminology) -> Row:
    coded = _CODED.fullmatch(value)
    text = coded["text"] if coded else value
    row = {"TSSEQ": number, "TSPARMCD": code, "TSPARM": shortened(name, 40)}
    first, *rest = pieces(text) if is_long(text) else [text]
    row["TSVAL"] = first
    row |= {f"TSVAL{n}": piece for n, piece in enumerate(rest, 1)}
    nci = coded["code"] if coded else _nci_code(text, terms)
    if nci:
        row |= {"TSVALCD": nci, "TSVCDREF": "CDISC CT", "TSVCDVER": terms.release}
    return row


def _parameters(terms: Terminology) -> dict[str, str]:
    """TSPARM by TSPARMCD."""
    variables = standard().domains["TS"].variables
    return _DERIVED | terms.names(variables["TSPARMCD"].code_lists, variables["TSPARM"].code_lists)


def _nci_code(text: str, terms: Terminology) -> str:
    """The code of a value that stands in one of the code lists of TS: yes and no, so far as annotations give no code."""
    return dict(terms.terms_of("C66742")).get(text, "")
