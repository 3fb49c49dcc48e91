"""Checks of what people read: languages, and the words of query texts."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from edc_core.definitions.findings import closest
from edc_core.definitions.query_style import language_named, remarks
from edc_core.domain.metadata import TranslatedText, own_expression
from edc_core.expressions.at_site import holds_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edc_core.definitions.lint import Lint
    from edc_core.definitions.places import Subject
    from edc_core.definitions.source import Steps
    from edc_core.domain.metadata import CodeList, FormDef, ItemDef, ItemGroupDef, MetaDataVersion, SiteDef

#: What a text belongs to, the steps to it, and the text.
_Text: TypeAlias = "tuple[Subject, Steps, TranslatedText]"

NOWHERE: Mapping[tuple[Subject, Steps], tuple[str, ...]] = MappingProxyType({})


class Readers:
    """In what languages sites read the texts of a study: those of the sites at which a text comes up.

    :ivar everywhere: of all sites, in the order of the study; all that the study has where it names no site.
    """

    def __init__(self, version: MetaDataVersion) -> None:
        self._version = version
        self.everywhere = self._at(version.sites) if version.sites else version.languages
        self._conditions = {one.oid: self.of(own_expression(one.expressions)) for one in version.conditions}

    def of(self, expression: str) -> tuple[str, ...]:
        """Where an expression does not hold whatever is entered."""
        if "country()" not in expression and "site()" not in expression:
            return self.everywhere
        return self._at(site for site in self._version.sites if not holds_at(expression, site))

    def where(self, form: FormDef | None, groups: Iterable[ItemGroupDef]) -> dict[Subject, tuple[str, ...]]:
        """Of the groups and items of a form that have a condition."""
        conditions: dict[Subject, str | None] = {}
        for holder in (*((form,) if form else ()), *groups):
            conditions |= {("group", ref.item_group_oid): ref.condition_oid for ref in holder.group_refs}
        for group in groups:
            conditions |= {("item", ref.item_oid): ref.condition_oid for ref in group.item_refs}
        return {at: self._conditions[oid] for at, oid in conditions.items() if oid in self._conditions}

    def _at(self, sites: Iterable[SiteDef]) -> tuple[str, ...]:
        read = {tag for site in sites for tag in site.languages or self._version.languages}
        return tuple(tag for tag in self._version.languages if tag in read)


def check_texts(lint: Lint) -> None:
    """Texts of what is in no form, nor in a code list."""
    version = lint.version
    readers = Readers(version)
    titled = (("epoch", version.epochs), ("arm", version.arms), ("event", version.events))
    for kind, definitions in titled:
        for one in definitions:
            _languages(lint, (kind, one.oid), [((kind, one.oid), ("title",), one.title)], readers)
    for unit in version.measurement_units:
        _languages(lint, ("unit", unit.oid), [(("unit", unit.oid), ("symbol",), unit.symbol)], readers)
    _languages(
        lint, ("study", ""),
        [
            (("study", ""), ("milestones", i, key), getattr(one, key))
            for i, one in enumerate(version.milestones)
            for key in ("title", "statement")
        ],
        readers,
    )  # fmt: skip
    study, reasons = ("study", ""), enumerate(version.policy.reasons)
    _languages(
        lint, study, [(study, ("policy", "reasons", i, "text"), one.text) for i, one in reasons], readers
    )
    _query_templates(lint, readers)


def _query_templates(lint: Lint, readers: Readers) -> None:
    """Words that are offered for queries: read well, lead to no answer, name what is there (REQ-QRY-03)."""
    templates, study = lint.version.query_templates, ("study", "")
    steps = [("query_templates", i) for i in range(len(templates))]
    texts: list[_Text] = [(study, (*at, "text"), one.text) for at, one in zip(steps, templates, strict=True)]
    _languages(lint, study, texts, readers)
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
    lint: Lint, form: FormDef | None, groups: Iterable[ItemGroupDef], items: Iterable[ItemDef],
    readers: Readers, where: Mapping[Subject, tuple[str, ...]],
) -> None:  # fmt: skip
    """Texts of a form with the groups and items that are counted to it; without one, of those in no form."""
    owner = ("form", form.oid if form else "")
    texts: list[_Text] = [(owner, ("title",), form.title)] if form else []
    texts += ((("group", group.oid), ("title",), group.title) for group in groups)
    read = {one[:2]: where[one[0]] for one in texts if one[0] in where}
    for item in items:
        at = ("item", item.oid)
        here = where.get(at, readers.everywhere)
        own: list[_Text] = [(at, ("question",), item.question), (at, ("help",), item.help)]
        read |= {one[:2]: here for one in own}
        for i, check in enumerate(item.range_checks):
            own.append((at, ("range_checks", i), check.message))
            said = readers.of(check.expression)
            read[own[-1][:2]] = tuple(tag for tag in here if tag in said)
            for tag, text in check.message.texts:
                _query_text(lint, at, ("range_checks", i), tag, text)
        texts += own
    _languages(lint, owner, texts, readers, read)


def check_texts_of_list(lint: Lint, code_list: CodeList, readers: Readers, here: tuple[str, ...]) -> None:
    """:param here: in what its terms are read."""
    at = ("codelist", code_list.oid)
    texts: list[_Text] = [
        (at, ("terms", i), term.decode or TranslatedText()) for i, term in enumerate(code_list.items)
    ]
    _languages(lint, at, texts, readers, {one[:2]: here for one in texts})


def _languages(
    lint: Lint, owner: Subject, texts: list[_Text], readers: Readers,
    read: Mapping[tuple[Subject, Steps], tuple[str, ...]] = NOWHERE,
) -> None:  # fmt: skip
    """Texts without a language in which a site reads them: one finding for each form or code list, not one for each text.

    :param read: of texts that are read at some sites alone, by where they stand.
    """
    for tag in readers.everywhere:
        ways = {tag, tag.split("-")[0], ""}
        lacking = [
            one
            for one in texts
            if one[2] and ways.isdisjoint(dict(one[2].texts)) and tag in read.get(one[:2], readers.everywhere)
        ]
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
