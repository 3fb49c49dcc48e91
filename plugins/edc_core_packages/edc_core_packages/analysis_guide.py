"""The draft of the analysis data reviewer's guide (ADRG), from what the sponsor brought and from the tabulations beside it.

Source: PHUSE, Analysis Data Reviewer's Guide, template 1.2; Define-XML 2.1 for classes, structures and origins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import rows_of
from edc_core_packages.parts import Part, Shape, rows_of_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.api import ExportProfile, TabularDataset, Words
    from edc_core_packages.analysis import Analysis
    from edc_core_packages.analysis_define import DefinedVariable

DERIVED, ASSIGNED, PREDECESSOR = "Derived", "Assigned", "Predecessor"  #: def:Origin, Type


def parts(
    brought: Analysis, tables: Mapping[str, TabularDataset], profile: ExportProfile, tabulations: str, words: Words
) -> Iterator[Part]:  # fmt: skip
    """Standards, datasets, and the way back. :param tables: every dataset of the package. :param tabulations: their standard."""
    yield _standards(brought, profile, tabulations, words)
    yield _datasets(brought, words)
    yield _traceability(brought, tables, words)
    yield _broken(brought, tables, words)


def _standards(brought: Analysis, profile: ExportProfile, tabulations: str, words: Words) -> Part:
    named = words.group("analysis_standard_rows")
    said = {
        "define": brought.define.version or words.say("not_said"),
        "transport": words.say("transport", profile.name),
        "encoding": profile.transport.encoding,
        "tabulations": tabulations,
    }
    rows = [
        *brought.define.standards,
        *((named[key], said[key]) for key in named),
    ]
    return Part(words.say("analysis_standards"), words.say("draft"), rows=rows_of_text(rows))


def _datasets(brought: Analysis, words: Words) -> Part:
    rows = []
    for name, table in brought.tables.items():
        said = brought.define.datasets.get(name)
        rows.append(
            (
                name,
                table.label,
                (said and said.observation_class) or words.say("not_said"),
                (said and said.structure) or words.say("not_said"),
                sum(1 for _ in table.records()),
            )
        )
    columns = tuple(words.say(key) for key in ("dataset", "label", "class", "structure", "records"))
    return Part(words.say("analysis_datasets"), "", Shape.ANALYSIS, columns, rows_of_text(rows))


def _traceability(brought: Analysis, tables: Mapping[str, TabularDataset], words: Words) -> Part:
    known = {row["USUBJID"] for row in rows_of(tables, "DM")}
    rows = []
    for name in brought.tables:
        subjects = {row["USUBJID"] for row in rows_of(tables, name)} - {""}
        said = brought.define.datasets.get(name)
        origins = [one.origin for one in said.variables] if said else []
        counts = [origins.count(kind) for kind in (DERIVED, ASSIGNED, PREDECESSOR, "")]
        rows.append((name, len(subjects - known), *counts))
    keys = ("dataset", "unknown_subjects", "derived", "assigned", "predecessor", "no_origin")
    columns = tuple(words.say(key) for key in keys)
    return Part(
        words.say("traceability"), words.say("traceability_text"), Shape.ORIGINS, columns, rows_of_text(rows)
    )


def _broken(brought: Analysis, tables: Mapping[str, TabularDataset], words: Words) -> Part:
    there = {f"{name}.{variable.name}" for name, table in tables.items() for variable in table.variables}
    rows = [
        (name, one.name, one.source)
        for name, said in brought.define.datasets.items()
        for one in said.variables
        if is_broken(one, there)
    ]
    columns = tuple(words.say(key) for key in ("dataset", "variable", "predecessor"))
    return Part(words.say("broken"), "", Shape.THREE, columns, rows_of_text(rows)) if rows else Part("")


def is_broken(one: DefinedVariable, there: set[str]) -> bool:
    """Whether a variable is said to be that of a dataset, and is not. :param there: ``DATASET.VARIABLE`` of all that there are.

    What follows the name, as in ``SUPPAE.QVAL where QNAM is AETRTEM``, is not looked at.
    """
    return one.origin == PREDECESSOR and bool(one.source) and one.source.split()[0].rstrip(".,;") not in there


def programs(brought: Analysis, words: Words) -> Part:
    """Each program with its digest."""
    rows = [(one.name, one.size, one.sha256) for one in brought.programs]
    columns = tuple(words.say(key) for key in ("program", "size", "sha"))
    text = "" if rows else words.say("no_programs")
    return Part(words.say("programs"), text, Shape.PROGRAMS, columns, rows_of_text(rows))


def to_write(words: Words) -> Part:
    """What nobody but the sponsor knows."""
    rows = rows_of_text(words.group("to_write_rows").values())
    return Part(words.say("to_write"), words.say("to_write_text"), rows=rows)
