"""Checks of what people read: languages, and the words of query texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from edc_core.definitions.findings import closest
from edc_core.definitions.query_style import language_named, remarks
from edc_core.domain.metadata import TranslatedText

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.definitions.lint import Lint
    from edc_core.definitions.places import Subject
    from edc_core.definitions.source import Steps
    from edc_core.domain.metadata import CodeList, FormDef, ItemDef, ItemGroupDef

#: What a text belongs to, the steps to it, and the text.
_Text: TypeAlias = "tuple[Subject, Steps, TranslatedText]"


def check_texts(lint: Lint) -> None:
    """Texts of what is in no form, nor in a code list."""
    version = lint.version
    titled = (("epoch", version.epochs), ("arm", version.arms), ("event", version.events))
    for kind, definitions in titled:
        for one in definitions:
            _languages(lint, (kind, one.oid), [((kind, one.oid), ("title",), one.title)])
    for unit in version.measurement_units:
        _languages(lint, ("unit", unit.oid), [(("unit", unit.oid), ("symbol",), unit.symbol)])
    _languages(
        lint, ("study", ""),
        [
            (("study", ""), ("milestones", i, key), getattr(one, key))
            for i, one in enumerate(version.milestones)
            for key in ("title", "statement")
        ],
    )  # fmt: skip
    study, reasons = ("study", ""), enumerate(version.policy.reasons)
    _languages(lint, study, [(study, ("policy", "reasons", i, "text"), one.text) for i, one in reasons])
    _query_templates(lint)


def _query_templates(lint: Lint) -> None:
    """Words that are offered for queries: read well, lead to no answer, name what is there (REQ-QRY-03)."""
    templates, study = lint.version.query_templates, ("study", "")
    steps = [("query_templates", i) for i in range(len(templates))]
    texts: list[_Text] = [(study, (*at, "text"), one.text) for at, one in zip(steps, templates, strict=True)]
    _languages(lint, study, texts)
    for at, one in zip(steps, templates, strict=True):
        for form in set(one.forms) - set(lint.forms):
            message = f"The study has no form '{form}', so this text is offered nowhere there."
            lint.note(*study, (*at, "forms"), "E256", message, suggestion=closest(form, lint.forms))
        for tag, text in one.text.texts:
            _query_text(lint, study, (*at, "text"), tag, text)
            for word in set(re.findall(r"{(.*?)}", text)) - {"item", "value"}:
                message = f"A text of a query knows {{item}} and {{value}}; here is {{{word}}}."
                lint.note(*study, (*at, "text"), "E256", message)


def check_texts_of_form(
    lint: Lint, form: FormDef | None, groups: Iterable[ItemGroupDef], items: Iterable[ItemDef]
) -> None:
    """Texts of a form with the groups and items that are counted to it; without one, of those in no form."""
    owner = ("form", form.oid if form else "")
    texts: list[_Text] = [(owner, ("title",), form.title)] if form else []
    texts += ((("group", group.oid), ("title",), group.title) for group in groups)
    for item in items:
        at = ("item", item.oid)
        texts += [(at, ("question",), item.question), (at, ("help",), item.help)]
        for i, check in enumerate(item.range_checks):
            texts.append((at, ("range_checks", i), check.message))
            for tag, text in check.message.texts:
                _query_text(lint, at, ("range_checks", i), tag, text)
    _languages(lint, owner, texts)


def check_texts_of_list(lint: Lint, code_list: CodeList) -> None:
    at = ("codelist", code_list.oid)
    terms = enumerate(code_list.items)
    _languages(lint, at, [(at, ("terms", i), term.decode or TranslatedText()) for i, term in terms])


def _languages(lint: Lint, owner: Subject, texts: list[_Text]) -> None:
    """Texts without an enabled language: one finding for each form or code list, not one for each text."""
    for tag in lint.version.languages:
        ways = {tag, tag.split("-")[0], ""}
        lacking = [one for one in texts if one[2] and ways.isdisjoint(dict(one[2].texts))]
        if lacking:
            (subject, steps, _), count = lacking[0], len(lacking)
            said = "1 text" if count == 1 else f"{count} texts"
            message = (
                f"{said} of {owner[0]} '{owner[1]}' missing in {language_named(tag)}, the first one here."
            )
            lint.note(*subject, steps, "W303", message)


def _query_text(lint: Lint, subject: Subject, steps: Steps, tag: str, text: str) -> None:
    for code, message in remarks(text, tag or next(iter(lint.version.languages), "en")):
        lint.note(*subject, steps, code, message)
