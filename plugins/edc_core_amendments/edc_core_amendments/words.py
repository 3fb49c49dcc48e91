"""The changed fields of a definition in words, each with its class. A field without words of its own is still told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from edc_core.api import (
    ChangeClass,
    CodeListItem,
    DataType,
    DefinitionChange,
    FormalExpression,
    ItemDef,
    RangeCheck,
    TranslatedText,
    VisitWindow,
    check_oid,
    class_of,
    own_expression,
    ref_target,
)

Kind = Literal["added", "removed", "moved", "changed"]
#: The class of a change of the field at hand: of all of it, or of the one part that a sentence is about.
Classed = Callable[[Any, Any], ChangeClass]
Words = Callable[[Any, Any, Classed], Iterable["Said"]]
_NONE = "none"


@dataclass(frozen=True, slots=True)
class Said:
    """One change of a definition in words.

    :param before: the words or the number that changed; ``after`` likewise. Empty where a sentence says it.
    """

    text: str
    change_class: ChangeClass
    before: str = ""
    after: str = ""
    kind: Kind = "changed"


def say(change: DefinitionChange) -> Iterator[Said]:
    """What changed in a definition that both versions have."""
    for name, before, after in change.fields:
        classed = partial(class_of, change.element, name)
        if change.element == "ItemDef" and name == "range_checks":
            yield from _checks(change.before, change.after, classed)
            continue
        words = _FIELDS.get((change.element, name)) or _FIELDS.get(("", name)) or plain(_spoken(name))
        yield from words(before, after, classed)


def _spoken(name: str) -> str:
    return name.removesuffix("_oid").removesuffix("_oids").replace("_", " ").capitalize()


def shown(value: object) -> str:
    """A value of a definition as people read it."""
    if value is None or value == ():
        return _NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, TranslatedText):
        return "; ".join(f"{tag or 'text'}: {text}" for tag, text in value.texts) or _NONE
    if isinstance(value, FormalExpression):
        return value.code
    if isinstance(value, VisitWindow):
        return f"{value.target} from {value.anchor}, {value.before} before to {value.after} after"
    if isinstance(value, tuple):
        return ", ".join(shown(part) for part in value)
    for attribute in ("form_oid", "item_group_oid", "item_oid", "study_event_oid", "oid", "name"):
        if found := getattr(value, attribute, ""):
            return str(found)
    return str(value)


def plain(name: str) -> Words:
    """One sentence with the value before and after."""
    return lambda before, after, classed: [
        Said(f"{name} changed.", classed(before, after), shown(before), shown(after))
    ]


def choices(
    before: tuple[tuple[str, str], ...], after: tuple[tuple[str, str], ...], classed: Classed
) -> Iterator[Said]:
    """What the study chooses of a plugin: each name with what was chosen and what is."""
    old, new = dict(before), dict(after)
    for name in sorted(old.keys() | new.keys()):
        if (was := old.get(name, "")) != (now := new.get(name, "")):
            yield Said(f"What the study chooses for '{name}' changed.", classed(before, after), was, now)


def texts(name: str) -> Words:
    """Words by language: each language that changed is a change of its own."""

    def words(
        before: TranslatedText | None, after: TranslatedText | None, classed: Classed
    ) -> Iterator[Said]:
        old, new = dict(before.texts if before else ()), dict(after.texts if after else ())
        for tag in sorted(old.keys() | new.keys()):
            was, now = old.get(tag, ""), new.get(tag, "")
            if was == now:
                continue
            label = f"{name} ({tag})" if tag else name
            be = "were" if name.startswith("The words") else "was"
            verb = f"{be} added" if not was else f"{be} removed" if not now else "changed"
            this = {key: text for key, text in (old | {tag: now}).items() if text}
            change_class = classed(before, TranslatedText(tuple(this.items())))
            yield Said(f"{label} {verb}.", change_class, was, now)

    return words


def parts(name: str) -> Words:
    """A definition within a definition: each of its fields that changed."""

    def words(before: object, after: object, classed: Classed) -> Iterator[Said]:
        if before is None or after is None:
            verb = "was added" if before is None else "was removed"
            yield Said(f"{name} {verb}.", classed(before, after))
            return
        for field in getattr(before, "__dataclass_fields__", ()):
            was, now = getattr(before, field), getattr(after, field)
            if was != now:
                text = f"{name}: {_spoken(field).lower()} changed."
                yield Said(text, classed(before, after), shown(was), shown(now))

    return words


def rising(name: str) -> Words:
    """A bound where a lower one narrows: length, decimal places; none is no bound."""

    def words(before: int | None, after: int | None, classed: Classed) -> Iterator[Said]:
        change_class = classed(before, after)
        verb = "is less than before" if change_class is ChangeClass.BREAKS else "is more than before"
        yield Said(f"{name} {verb}.", change_class, shown(before), shown(after))

    return words


def _less(name: str, one: str) -> Words:
    """A set: units, missing reasons."""

    def words(before: tuple[str, ...], after: tuple[str, ...], classed: Classed) -> Iterator[Said]:
        for gone in [word for word in before if word not in after]:
            left = tuple(word for word in before if word != gone)
            yield Said(
                f"{one} '{gone}' was removed.", classed(before, left), shown(before), shown(after), "removed"
            )
        for new in [word for word in after if word not in before]:
            change_class = classed(before, (*before, new))
            yield Said(f"{one} '{new}' was added.", change_class, shown(before), shown(after), "added")
        if set(before) == set(after):
            yield Said(f"The order of {name} changed.", classed(before, after), shown(before), shown(after))

    return words


def _units(before: tuple[str, ...], after: tuple[str, ...], classed: Classed) -> Iterator[Said]:
    yield from _less("units", "Unit")(before, after, classed)
    if before[:1] != after[:1]:
        yield Said("The standard unit changed.", classed(before, after), shown(before[:1]), shown(after[:1]))


def _type(before: DataType, after: DataType, classed: Classed) -> Iterator[Said]:
    text = "The type of its values changed. A changed type is a new item."
    yield Said(text, classed(before, after), before.value, after.value)


def _repeating(before: bool, after: bool, classed: Classed) -> Iterator[Said]:  # noqa: FBT001
    text = "It repeats now." if after else "It no longer repeats."
    yield Said(text, classed(before, after), shown(before), shown(after))


def _multiple(before: bool, after: bool, classed: Classed) -> Iterator[Said]:  # noqa: FBT001
    text = "Several codes may be given now." if after else "Only one code may be given now."
    yield Said(text, classed(before, after))


def _sensitivity(before: str, after: str, classed: Classed) -> Iterator[Said]:
    text = (
        f"It is {after} now; it is hidden at once from those who may not see it, in data of every version."
        if after
        else "It is no longer sensitive; while an older version calls it so, it stays hidden."
    )
    yield Said(text, classed(before, after), before or _NONE, after or _NONE)


def _expressions(
    before: tuple[FormalExpression, ...], after: tuple[FormalExpression, ...], classed: Classed
) -> Iterator[Said]:
    was, now = own_expression(before), own_expression(after)
    if was != now:
        yield Said("The expression changed.", classed(before, after), was, now)
    else:
        text = "The expression in another language changed."
        yield Said(text, classed(before, after), shown(before), shown(after))


def _checks(old: object, new: object, classed: Classed) -> Iterator[Said]:
    assert isinstance(old, ItemDef)
    assert isinstance(new, ItemDef)
    before = {check_oid(old, check): check for check in old.range_checks}
    after = {check_oid(new, check): check for check in new.range_checks}
    for oid in [*before, *(oid for oid in after if oid not in before)]:
        was, now = before.get(oid), after.get(oid)
        if was is None and now is not None:
            yield Said(f"Check {oid} was added.", classed((), (now,)), "", rule(now), "added")
        elif was is not None and now is None:
            yield Said(f"Check {oid} was removed.", classed((was,), ()), rule(was), "", "removed")
        elif was is not None and now is not None and was != now:
            yield from _check(oid, was, now, classed)


def _check(oid: str, was: RangeCheck, now: RangeCheck, classed: Classed) -> Iterator[Said]:
    def with_its(**changed: Any) -> ChangeClass:
        return classed((was,), (replace(was, **changed),))

    if rule(was) != rule(now):
        what = "expression" if was.expression or now.expression else "limit"
        yield Said(f"The {what} of check {oid} changed.", classed((was,), (now,)), rule(was), rule(now))
    if (was.hard, was.warning) != (now.hard, now.warning):
        leads = with_its(hard=now.hard, warning=now.warning)
        yield Said(f"What check {oid} leads to changed.", leads, _leads_to(was), _leads_to(now))
    yield from texts(f"The message of check {oid}")(
        was.message, now.message, lambda _, text: with_its(message=text)
    )
    if was.protocol != now.protocol:
        text = f"The protocol section of check {oid} changed."
        yield Said(text, with_its(protocol=now.protocol), was.protocol, now.protocol)
    if was.examples != now.examples:
        yield Said(f"The examples of check {oid} changed.", with_its(examples=now.examples))


def rule(check: RangeCheck) -> str:
    """What a check holds values to: its expression, or its limit with its unit."""
    if check.expression:
        return check.expression
    limit = f"{check.comparator or ''} {', '.join(check.check_values)}".strip()
    return f"{limit} {check.measurement_unit_oid}" if check.measurement_unit_oid else limit


def _leads_to(check: RangeCheck) -> str:
    return "refusal" if check.hard else "message" if check.warning else "query"


def _terms(
    before: tuple[CodeListItem, ...], after: tuple[CodeListItem, ...], classed: Classed
) -> Iterator[Said]:
    old = {term.coded_value: term for term in before}
    new = {term.coded_value: term for term in after}
    for code in [*old, *(code for code in new if code not in old)]:
        was, now = old.get(code), new.get(code)
        if was is None and now is not None:
            yield Said(f"Code '{code}' was added.", classed((), (now,)), "", _decode(now), "added")
        elif was is not None and now is None:
            yield Said(f"Code '{code}' was removed.", classed((was,), ()), _decode(was), "", "removed")
        elif was is not None and now is not None and was != now:
            yield from _term(code, was, now, classed)
    stayed = [term for code, term in old.items() if code in new]
    order = [old[code] for code in new if code in old]
    if stayed != order:
        yield Said("The order of the codes changed.", classed(tuple(stayed), tuple(order)))


def _term(code: str, was: CodeListItem, now: CodeListItem, classed: Classed) -> Iterator[Said]:
    def with_its(**changed: Any) -> ChangeClass:
        return classed((was,), (replace(was, **changed),))

    if was.retired != now.retired:
        text = (
            f"Code '{code}' was retired: it is shown where it was given, and no longer offered."
            if now.retired
            else f"Code '{code}' is offered again."
        )
        yield Said(text, with_its(retired=now.retired))
    yield from texts(f"The words of code '{code}'")(
        was.decode, now.decode, lambda _, text: with_its(decode=text)
    )
    names = ("rank", "order_number", "extended", "aliases")
    rest = {name: getattr(now, name) for name in names if getattr(was, name) != getattr(now, name)}
    if rest:
        told = ", ".join(_spoken(name).lower() for name in rest)
        yield Said(f"Code '{code}': {told} changed.", with_its(**rest))


def _decode(term: CodeListItem) -> str:
    return term.decode.in_language("en") if term.decode else term.coded_value


def _order(what: str) -> Words:
    """Refs of a definition: those gone and new, and what changed of those that stayed."""

    def words(before: tuple[Any, ...], after: tuple[Any, ...], classed: Classed) -> Iterator[Said]:
        old, new = {ref_target(ref): ref for ref in before}, {ref_target(ref): ref for ref in after}
        if what != "item":  # items are told with their places
            for gone in [oid for oid in old if oid not in new]:
                text = f"The {what} '{gone}' was taken out of it."
                yield Said(text, classed((old[gone],), ()), kind="removed")
            for more in [oid for oid in new if oid not in old]:
                yield Said(f"The {what} '{more}' was put into it.", classed((), (new[more],)), kind="added")
        stayed = [ref for oid, ref in old.items() if oid in new]
        order = [old[oid] for oid in new if oid in old]
        for was in order:
            yield from _ref(what, was, new[ref_target(was)], classed)
        if stayed != order:
            yield Said(f"The order of {what}s changed.", classed(tuple(stayed), tuple(order)))

    return words


_REF_WORDS = {"mandatory": "whether an answer is expected", "condition_oid": "when it is asked",
              "method_oid": "how it is calculated"}  # fmt: skip


def _ref(what: str, was: Any, now: Any, classed: Classed) -> Iterator[Said]:
    place = f"{what.capitalize()} '{ref_target(was)}'"
    for name in was.__dataclass_fields__:
        before, after = getattr(was, name), getattr(now, name)
        if before == after:
            continue
        change_class = classed((was,), (replace(was, **{name: after}),))
        if name == "order_number":
            yield Said(f"{place}: its number in the order changed.", change_class)
            continue
        said = _REF_WORDS.get(name, _spoken(name).lower())
        yield Said(f"{place}: {said} changed.", change_class, shown(before), shown(after))


_FIELDS: dict[tuple[str, str], Words] = {
    ("", "title"): texts("The title"),
    ("", "description"): lambda b, a, classed: (texts if isinstance(b, TranslatedText) else plain)(
        "The description"
    )(b, a, classed),
    ("", "layout"): plain("The layout"),
    ("", "aliases"): plain("Names in other systems"),
    ("", "odm_name"): plain("The name in ODM"),
    ("", "repeating"): _repeating,
    ("", "expressions"): _expressions,
    ("ItemDef", "question"): texts("The question"),
    ("ItemDef", "help"): texts("The help"),
    ("ItemDef", "name"): plain("The name in expressions and columns"),
    ("ItemDef", "sas_name"): plain("The SAS name"),
    ("ItemDef", "data_type"): _type,
    ("ItemDef", "length"): rising("The length of text"),
    ("ItemDef", "significant_digits"): rising("The number of decimal places"),
    ("ItemDef", "code_list_oid"): plain("The code list"),
    ("ItemDef", "multiple"): _multiple,
    ("ItemDef", "censored"): plain("Whether a result such as <0.5 is taken"),
    ("ItemDef", "exclusive"): plain("The answers that stand alone"),
    ("ItemDef", "measurement_unit_oids"): _units,
    ("ItemDef", "conversions"): plain("The factors between units"),
    ("ItemDef", "standard_digits"): plain("The decimal places in the standard unit"),
    ("ItemDef", "missing_reasons"): _less("missing reasons", "Missing reason"),
    ("ItemDef", "sensitivity"): _sensitivity,
    ("ItemDef", "file"): parts("What a file may be"),
    ("ItemDef", "widget"): plain("The control"),
    ("ItemDef", "sds_var_name"): plain("The SDTM variable"),
    ("ItemDef", "odm_origin"): plain("The origin in ODM"),
    ("ItemDef", "odm_comment"): plain("The comment in ODM"),
    ("ItemDef", "external_questions"): plain("The question in a dictionary"),
    ("CodeList", "name"): plain("The name"),
    ("CodeList", "items"): _terms,
    ("CodeList", "data_type"): _type,
    ("CodeList", "sas_format_name"): plain("The SAS format"),
    ("ItemGroupDef", "item_refs"): _order("item"),
    ("ItemGroupDef", "group_refs"): _order("item group"),
    ("ItemGroupDef", "name"): plain("The name"),
    ("ItemGroupDef", "columns"): plain("The columns of its table"),
    ("ItemGroupDef", "least_rows"): plain("The least number of rows expected"),
    ("ItemGroupDef", "most_rows"): plain("The largest number of rows expected"),
    ("FormDef", "group_refs"): _order("item group"),
    ("FormDef", "name"): plain("The name in expressions and columns"),
    ("StudyEventDef", "form_refs"): _order("form"),
    ("StudyEventDef", "name"): plain("The name"),
    ("StudyEventDef", "window"): plain("The visit window"),
    ("StudyEventDef", "date"): plain("The item that dates the visit"),
    ("StudyEventDef", "arms"): plain("The arms that have the visit"),
    ("MetaDataVersion", "oid"): plain("The version"),
    ("MetaDataVersion", "name"): plain("The name of the version"),
    ("MetaDataVersion", "event_refs"): _order("event"),
    ("MetaDataVersion", "include"): plain("The version it builds on"),
    ("MetaDataVersion", "languages"): plain("The languages"),
    ("MetaDataVersion", "study"): parts("What is said of the study"),
    ("MetaDataVersion", "policy"): parts("The study's policy"),
    ("MetaDataVersion", "lab_ranges"): parts("What chooses a reference range"),
    ("MetaDataVersion", "review_plan"): plain("The review plan"),
    ("MetaDataVersion", "query_templates"): plain("The texts that are offered for queries"),
    ("MetaDataVersion", "milestones"): plain("The milestones for which investigators sign"),
    ("MetaDataVersion", "gates"): plain("What has to be on record at a site"),
    ("MetaDataVersion", "eras"): plain("The eras in which dates may be typed"),
    ("MetaDataVersion", "protocol_description"): texts("The description of the protocol"),
    ("SiteDef", "name"): plain("The name"),
    ("SiteDef", "country"): plain("The country"),
    ("SiteDef", "zone"): plain("The time zone"),
    ("PluginUse", "specifier"): plain("The range of versions"),
    ("PluginUse", "version"): plain("The version"),
    ("PluginUse", "settings"): choices,
    ("PluginUse", "sha256"): plain("The digest of its source"),
    ("FunctionDef", "parameters"): plain("What it is given"),
    ("FunctionDef", "result"): plain("What it answers"),
    ("FunctionDef", "required"): plain("How much it must be given"),
    ("FunctionDef", "plugin"): plain("The plugin it comes from"),
}
