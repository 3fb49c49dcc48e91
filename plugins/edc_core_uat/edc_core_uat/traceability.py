"""From the protocol to the result (REQ-BLD-02): each section, what it asks for, where that stands, its script and what came of it.

A check names its section in the definition (``protocol``). What names none stands at the end, so that nothing is missing.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import Action, Attachment, Page, WrongState, check_oid
from edc_core_uat import results
from edc_core_uat.results import Status
from edc_core_uat.scripts import scripts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import MetaDataIndex, PageRequest, StudyAccess
    from edc_core_uat.results import Result
    from edc_core_uat.scripts import Script

HEADER = (
    "protocol section", "what is asked for", "kind", "form or visit", "items", "script", "status", "who", "role",
    "at (UTC)", "entry",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trace:
    """One script with its section; an empty one where the definition names none. :param items: names, in their order."""

    section: str
    script: Script
    items: tuple[str, ...]
    status: Status
    last: Result | None

    @property
    def cells(self) -> tuple[object, ...]:
        """As the file holds them."""
        script, last = self.script, self.last
        told = (last.login, last.role, last.at, last.n) if last else ("",) * 4
        return (
            self.section, script.title, script.kind, script.where, ", ".join(self.items), script.oid, self.status,
            *told,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """How many scripts of a section of the protocol stand how."""

    name: str
    counts: Mapping[Status, int]


@dataclass(frozen=True, slots=True)
class TraceabilityPage:
    """:param chosen: name of the section that is shown; ``None`` shows none. :param traces: of it."""

    study: str
    environment: str
    version: str
    sections: tuple[Section, ...]
    statuses: tuple[Status, ...]
    chosen: str | None
    traces: tuple[Trace, ...]


def trace(study: StudyAccess) -> tuple[str, tuple[Trace, ...]]:
    """The newest version, and every script of it in the order of the sections; those without one last.

    :raises WrongState: the study is live.
    """
    if study.environment == "live":
        raise WrongState(f"{study.name} is live. It was tried in its uat environment; look there.")
    at_hand = study.session()[1]
    index, version = at_hand.index, at_hand.index.version.oid
    found, sections = results.read(study, version), _sections(index)
    traces = (
        Trace(
            sections.get((script.target.form, script.target.check), ""), script,
            tuple(index.items[oid].name for oid in sorted(script.target.items)),
            found.status(script), found.last(script),
        )
        for script in scripts_of(index, at_hand.checks)
    )  # fmt: skip
    return version, tuple(sorted(traces, key=lambda one: _order(one.section)))


def _sections(index: MetaDataIndex) -> dict[tuple[str, str], str]:
    """Section by form and check."""
    return {
        (form.oid, check_oid(placed.item, check)): check.protocol
        for form in index.version.forms
        for placed in index.placed_items(form.oid)
        for check in placed.item.range_checks
    }


def _order(section: str) -> tuple[bool, list[tuple[int, str]]]:
    """7.9 before 7.10, and no section last."""
    parts = re.findall(r"(\d+)|(\D+)", section)
    return not section, [(int(number or 0), text) for number, text in parts]


def look(asked: PageRequest) -> TraceabilityPage:
    """The sections with their counts, and the scripts of one."""
    version, traces = trace(asked.study)
    counts: dict[str, Counter[Status]] = {}
    for one in traces:
        counts.setdefault(one.section, Counter())[one.status] += 1
    given = asked.text("section", longest=600)
    chosen = None if not given else "" if given == "-" else given
    return TraceabilityPage(
        study=asked.study.name,
        environment=asked.study.environment,
        version=version,
        sections=tuple(Section(name, {s: found[s] for s in Status}) for name, found in counts.items()),
        statuses=tuple(Status),
        chosen=chosen,
        traces=tuple(one for one in traces if one.section == chosen),
    )


def as_csv(asked: PageRequest) -> Attachment:
    """All of it."""
    version, traces = trace(asked.study)
    name = f"traceability-{asked.study.name}-{version}.csv".replace("/", "-")
    return Attachment.table(name, HEADER, (one.cells for one in traces))


PAGES = (
    Page(path="traceability", action=Action.READ_TRAIL, handler=look, template="traceability.html"),
    Page(path="traceability.csv", action=Action.READ_TRAIL, handler=as_csv),
)
