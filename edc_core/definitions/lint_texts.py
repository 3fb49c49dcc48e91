"""Checks of what people read: languages, and the words of query texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edc_core.definitions.complete import groups_of
from edc_core.definitions.query_style import language_named, style_of
from edc_core.domain.metadata import TranslatedText

if TYPE_CHECKING:
    from edc_core.definitions.lint import Lint
    from edc_core.definitions.places import Subject
    from edc_core.definitions.source import Steps


def check_texts(lint: Lint) -> None:
    lacks = _Lacks(lint.version.languages)
    for epoch in lint.version.epochs:
        lacks.look(("epoch", epoch.oid), ("epoch", epoch.oid), ("title",), epoch.title)
    for arm in lint.version.arms:
        lacks.look(("arm", arm.oid), ("arm", arm.oid), ("title",), arm.title)
    for event in lint.version.events:
        lacks.look(("event", event.oid), ("event", event.oid), ("title",), event.title)
    form_of_group: dict[str, str] = {}
    for form in lint.version.forms:
        lacks.look(("form", form.oid), ("form", form.oid), ("title",), form.title)
        form_of_group |= {g.oid: form.oid for g in groups_of(form, lint.groups)}
    for group in lint.version.item_groups:
        lacks.look(("form", form_of_group.get(group.oid, "")), ("group", group.oid), ("title",), group.title)
    for item in lint.version.items:
        owner = ("form", lint.homes.get(item.oid, ("",))[0])
        lacks.look(owner, ("item", item.oid), ("question",), item.question)
        lacks.look(owner, ("item", item.oid), ("help",), item.help)
        for i, check in enumerate(item.range_checks):
            lacks.look(owner, ("item", item.oid), ("range_checks", i), check.message)
            for tag, text in check.message.texts:
                _query_text(lint, item.oid, ("range_checks", i), tag, text)
    for unit in lint.version.measurement_units:
        lacks.look(("unit", unit.oid), ("unit", unit.oid), ("symbol",), unit.symbol)
    for code_list in lint.version.code_lists:
        subject = ("codelist", code_list.oid)
        for i, term in enumerate(code_list.items):
            lacks.look(subject, subject, ("terms", i), term.decode or TranslatedText())
    for (owner, tag), (times, subject, steps) in lacks.found.items():
        texts = "1 text" if times == 1 else f"{times} texts"
        message = f"{texts} of {owner[0]} '{owner[1]}' missing in {language_named(tag)}, the first one here."
        lint.note(*subject, steps, "W303", message)


@dataclass(slots=True)
class _Lacks:
    """Texts without an enabled language: one finding for each form or code list, not one for each text."""

    languages: tuple[str, ...]
    found: dict[tuple[Subject, str], tuple[int, Subject, Steps]] = field(default_factory=dict)

    def look(self, owner: Subject, subject: Subject, steps: Steps, text: TranslatedText) -> None:
        known = dict(text.texts)
        if not known or "" in known:
            return
        for tag in self.languages:
            if tag not in known and tag.split("-")[0] not in known:
                times, *first = self.found.get((owner, tag), (0, subject, steps))
                self.found[owner, tag] = (times + 1, *first)  # type: ignore[assignment]


def _query_text(lint: Lint, oid: str, steps: Steps, tag: str, text: str) -> None:
    style = style_of(tag or next(iter(lint.version.languages), "en"))
    if message := style.too_long(text):
        lint.note("item", oid, steps, "W304", message)
    for word in style.unwelcome_in(text):
        message = f"The query text has '{word}'. Say what was found, what is expected and what to do."
        lint.note("item", oid, steps, "W305", message)
