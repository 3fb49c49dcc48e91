"""The list of edit checks of the newest version: declared ones, those of plugins, and how often each has asked.

An inspector asks for it first (EMA guideline on computerised systems, 4.11; requirement REQ-EXP-08).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import Action, Attachment, MenuEntry, Page, check_oid
from edc_core_check_list.switched_off import off_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edc_core.api import MetaDataIndex, PageRequest, StudyAccess, StudyAtHand

HEADER = (
    "Check", "Form", "Item", "Severity", "What should hold", "What it says", "Protocol", "Plugin", "Examples", "Asked", "Switched off",
)  # fmt: skip
SEVERITIES = {"hard": "refuses the value", "query": "asks a query", "warning": "shows a message"}


@dataclass(frozen=True, slots=True)
class CheckRow:
    """:param form: its OID, with ``form_title``. :param item: name of the item it stands at; empty for one of a plugin.

    :param holds: the limit or the expression; empty for one of a plugin. :param plugin: name and version.
    :param examples: on how many data it was shown to fire or to pass. :param asked: queries, finished ones too.
    :param off: where, and until when, it is switched off now.
    """

    oid: str
    form: str
    form_title: str
    item: str
    severity: str
    holds: str
    says: str
    protocol: str
    plugin: str
    examples: int
    asked: int
    off: str

    @property
    def cells(self) -> tuple[object, ...]:
        """As the file holds them."""
        return (
            self.oid, self.form, self.item, SEVERITIES[self.severity], self.holds, self.says, self.protocol,
            self.plugin, self.examples, self.asked, self.off,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CheckListPage:
    """:param forms: (OID, title) to choose from. :param knows_queries: else nobody counts what was asked."""

    study: str
    version: str
    rows: Sequence[CheckRow]
    total: int
    forms: tuple[tuple[str, str], ...]
    given: Mapping[str, str]
    severities: Mapping[str, str]
    knows_queries: bool


def check_list(asked: PageRequest) -> CheckListPage:
    """All checks, or those of a form or with some words."""
    at_hand = asked.study.session()[1]
    every = _rows(asked.study, at_hand)
    titles = {row.form: row.form_title for row in every}
    return CheckListPage(
        study=asked.study.name,
        version=at_hand.index.version.oid,
        rows=_narrowed(every, _given(asked)),
        total=len(every),
        forms=tuple(sorted(titles.items(), key=lambda one: one[1])),
        given=_given(asked),
        severities=SEVERITIES,
        knows_queries=asked.study.may(Action.VIEW_DATA),
    )


def as_csv(asked: PageRequest) -> Attachment:
    """The same as a file."""
    found = _narrowed(_rows(asked.study, asked.study.session()[1]), _given(asked))
    return Attachment.table("checks.csv", HEADER, (row.cells for row in found))


def _rows(study: StudyAccess, at_hand: StudyAtHand) -> list[CheckRow]:
    """In the order of the study's forms; those of plugins after the declared ones."""
    asked = Counter(query.check_oid for query in (study.queries() if study.may(Action.VIEW_DATA) else ()))
    examples, off = {one.oid: len(one.examples) for one in at_hand.checks}, off_at(study.pauses)
    declared = _declared(at_hand.index, asked, examples, off)
    titles = {
        form.name: (form.oid, _title(form.title.in_language("en"), form.name))
        for form in at_hand.index.version.forms
    }
    coded = [
        CheckRow(
            one.oid, *titles.get(one.form, (one.form, one.form)), "", one.severity, "", one.title, "", one.plugin,
            len(one.examples), asked[one.oid], off.get(one.oid, ""),
        )
        for one in at_hand.checks
        if one.plugin
    ]  # fmt: skip
    return [*declared, *coded]


def _declared(
    index: MetaDataIndex, asked: Mapping[str, int], examples: Mapping[str, int], off: Mapping[str, str]
) -> list[CheckRow]:
    """:param examples: by OID of the check; those of a limit are made at its bound."""
    rows = []
    for form in index.version.forms:
        title = _title(form.title.in_language("en"), form.name)
        for placed in index.placed_items(form.oid):
            for check in placed.item.range_checks:
                if check.comparator is None and not check.expression:
                    continue  # of another language, kept for exchange and not evaluated
                oid = check_oid(placed.item, check)
                limit = (
                    f"{check.comparator.value} {', '.join(check.check_values)}" if check.comparator else ""
                )
                severity = "hard" if check.hard else "warning" if check.warning else "query"
                rows.append(
                    CheckRow(
                        oid, form.oid, title, placed.item.name, severity, check.expression or limit,
                        check.message.in_language("en"), check.protocol, "", examples.get(oid, 0), asked.get(oid, 0),
                        off.get(oid, ""),
                    )
                )  # fmt: skip
    return rows


def _title(title: str, name: str) -> str:
    return title or name


def _given(asked: PageRequest) -> dict[str, str]:
    return {"form": asked.text("form"), "text": asked.text("text")}


def _narrowed(rows: Sequence[CheckRow], given: Mapping[str, str]) -> list[CheckRow]:
    words = given["text"].casefold()
    return [
        row
        for row in rows
        if given["form"] in ("", row.form)
        and words in f"{row.oid} {row.item} {row.holds} {row.says} {row.protocol}".casefold()
    ]


_SEES = Action.COMPARE_VERSIONS
PAGES = (
    Page(
        path="", action=_SEES, handler=check_list, template="check_list.html",
        menu=MenuEntry("Check list", under="Queries"),
    ),
    Page(path="checks.csv", action=_SEES, handler=as_csv),
)  # fmt: skip
