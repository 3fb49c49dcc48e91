"""The changed fields of a definition in words, each with its class. A field without words of its own is still told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from edc_core.domain.change_class import ChangeClass, Said
from edc_core.domain.compare import DefinitionChange
from edc_core.domain.form_checks import check_oid
from edc_core.domain.metadata import (
    CodeListItem,
    DataType,
    FormalExpression,
    ItemDef,
    RangeCheck,
    TranslatedText,
    VisitWindow,
    own_expression,
)

SAFE, MIGRATION, BREAKS = ChangeClass
_NONE = "none"
Words = Callable[[Any, Any], Iterable[Said]]


def say(change: DefinitionChange) -> Iterator[Said]:
    """What changed in a definition that both versions have."""
    for name, before, after in change.fields:
        if change.element == "ItemDef" and name == "range_checks":
            yield from _checks(change.before, change.after)
            continue
        words = _FIELDS.get((change.element, name)) or _FIELDS.get(("", name))
        yield from words(before, after) if words else [_plain(name, before, after)]


def _plain(name: str, before: object, after: object, change_class: ChangeClass = MIGRATION) -> Said:
    """A field without words of its own: what it says now, as far as that can be said."""
    return Said(f"{_spoken(name)} changed.", change_class, shown(before), shown(after))


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


def plain(name: str, change_class: ChangeClass) -> Words:
    """One sentence with the value before and after."""
    return lambda before, after: [Said(f"{name} changed.", change_class, shown(before), shown(after))]


def texts(name: str, change_class: ChangeClass) -> Words:
    """Words by language: each language that changed is a change of its own; a new translation alone is safe."""

    def words(before: TranslatedText | None, after: TranslatedText | None) -> Iterator[Said]:
        old, new = dict(before.texts if before else ()), dict(after.texts if after else ())
        for tag in sorted(old.keys() | new.keys()):
            was, now = old.get(tag, ""), new.get(tag, "")
            if was == now:
                continue
            label = f"{name} ({tag})" if tag else name
            be = "were" if name.startswith("The words") else "was"
            verb = f"{be} added" if not was else f"{be} removed" if not now else "changed"
            yield Said(f"{label} {verb}.", change_class if was or not old else SAFE, was, now)

    return words


def parts(name: str, change_class: ChangeClass) -> Words:
    """A definition within a definition: each of its fields that changed."""

    def words(before: object, after: object) -> Iterator[Said]:
        if before is None or after is None:
            verb = "was added" if before is None else "was removed"
            yield Said(f"{name} {verb}.", change_class)
            return
        for field in getattr(before, "__dataclass_fields__", ()):
            was, now = getattr(before, field), getattr(after, field)
            if was != now:
                text = f"{name}: {_spoken(field).lower()} changed."
                yield Said(text, change_class, shown(was), shown(now))

    return words


def rising(name: str) -> Words:
    """A bound where a lower one narrows: length, decimal places; none is no bound."""

    def words(before: int | None, after: int | None) -> Iterator[Said]:
        narrows = after is not None and (before is None or after < before)
        verb = "is less than before" if narrows else "is more than before"
        yield Said(f"{name} {verb}.", BREAKS if narrows else MIGRATION, shown(before), shown(after))

    return words


def _less(name: str, one: str) -> Words:
    """A set where what is gone breaks: units, missing reasons."""

    def words(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Said]:
        for gone in [word for word in before if word not in after]:
            yield Said(f"{one} '{gone}' was removed.", BREAKS, shown(before), shown(after), "removed")
        for new in [word for word in after if word not in before]:
            yield Said(f"{one} '{new}' was added.", MIGRATION, shown(before), shown(after), "added")
        if set(before) == set(after):
            yield Said(f"The order of {name} changed.", MIGRATION, shown(before), shown(after))

    return words


def _units(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Said]:
    yield from _less("units", "Unit")(before, after)
    if before[:1] != after[:1]:
        yield Said("The standard unit changed.", BREAKS, shown(before[:1]), shown(after[:1]))


def _type(before: DataType, after: DataType) -> Iterator[Said]:
    yield Said(
        "The type of its values changed. A changed type is a new item.", BREAKS, before.value, after.value
    )


def _repeating(before: bool, after: bool) -> Iterator[Said]:  # noqa: FBT001
    text = "It repeats now." if after else "It no longer repeats."
    yield Said(text, MIGRATION if after else BREAKS, shown(before), shown(after))


def _sensitivity(before: str, after: str) -> Iterator[Said]:
    text = (
        f"It is {after} now; it is hidden at once from those who may not see it, in data of every version."
        if after
        else "It is no longer sensitive; while an older version calls it so, it stays hidden."
    )
    yield Said(text, MIGRATION, before or _NONE, after or _NONE)


def _expressions(before: tuple[FormalExpression, ...], after: tuple[FormalExpression, ...]) -> Iterator[Said]:
    was, now = own_expression(before), own_expression(after)
    if was != now:
        yield Said("The expression changed.", MIGRATION, was, now)
    else:
        yield Said("The expression in another language changed.", SAFE, shown(before), shown(after))


def _checks(old: object, new: object) -> Iterator[Said]:
    assert isinstance(old, ItemDef)
    assert isinstance(new, ItemDef)
    before = {check_oid(old, check): check for check in old.range_checks}
    after = {check_oid(new, check): check for check in new.range_checks}
    for oid in [*before, *(oid for oid in after if oid not in before)]:
        was, now = before.get(oid), after.get(oid)
        if was is None and now is not None:
            yield Said(f"Check {oid} was added.", MIGRATION, "", rule(now), "added")
        elif was is not None and now is None:
            yield Said(f"Check {oid} was removed.", MIGRATION, rule(was), "", "removed")
        elif was is not None and now is not None and was != now:
            yield from _check(oid, was, now)


def _check(oid: str, was: RangeCheck, now: RangeCheck) -> Iterator[Said]:
    if rule(was) != rule(now):
        what = "expression" if was.expression or now.expression else "limit"
        yield Said(f"The {what} of check {oid} changed.", MIGRATION, rule(was), rule(now))
    if (was.hard, was.warning) != (now.hard, now.warning):
        yield Said(f"What check {oid} leads to changed.", MIGRATION, _leads_to(was), _leads_to(now))
    yield from texts(f"The message of check {oid}", SAFE)(was.message, now.message)
    if was.protocol != now.protocol:
        yield Said(f"The protocol section of check {oid} changed.", SAFE, was.protocol, now.protocol)
    if was.examples != now.examples:
        yield Said(f"The examples of check {oid} changed.", SAFE)


def rule(check: RangeCheck) -> str:
    """What a check holds values to: its expression, or its limit with its unit."""
    if check.expression:
        return check.expression
    limit = f"{check.comparator or ''} {', '.join(check.check_values)}".strip()
    return f"{limit} {check.measurement_unit_oid}" if check.measurement_unit_oid else limit


def _leads_to(check: RangeCheck) -> str:
    return "refusal" if check.hard else "message" if check.warning else "query"


def _terms(before: tuple[CodeListItem, ...], after: tuple[CodeListItem, ...]) -> Iterator[Said]:
    old = {term.coded_value: term for term in before}
    new = {term.coded_value: term for term in after}
    for code in [*old, *(code for code in new if code not in old)]:
        was, now = old.get(code), new.get(code)
        if was is None and now is not None:
            yield Said(f"Code '{code}' was added.", SAFE, "", _decode(now), "added")
        elif was is not None and now is None:
            yield Said(f"Code '{code}' was removed.", BREAKS, _decode(was), "", "removed")
        elif was is not None and now is not None and was != now:
            yield from _term(code, was, now)
    if [code for code in old if code in new] != [code for code in new if code in old]:
        yield Said("The order of the codes changed.", SAFE)


def _term(code: str, was: CodeListItem, now: CodeListItem) -> Iterator[Said]:
    if was.retired != now.retired:
        text = (
            f"Code '{code}' was retired: it is shown where it was given, and no longer offered."
            if now.retired
            else f"Code '{code}' is offered again."
        )
        yield Said(text, MIGRATION if now.retired else SAFE)
    yield from texts(f"The words of code '{code}'", MIGRATION)(was.decode, now.decode)
    rest = [
        name
        for name in ("rank", "order_number", "extended", "aliases")
        if getattr(was, name) != getattr(now, name)
    ]
    if rest:
        yield Said(f"Code '{code}': {', '.join(_spoken(name).lower() for name in rest)} changed.", SAFE)


def _decode(term: CodeListItem) -> str:
    return term.decode.in_language("en") if term.decode else term.coded_value


def _order(what: str) -> Words:
    """Refs of a definition: those gone and new, and what changed of those that stayed."""

    def words(before: tuple[Any, ...], after: tuple[Any, ...]) -> Iterator[Said]:
        old, new = {shown(ref): ref for ref in before}, {shown(ref): ref for ref in after}
        if what != "item":  # items are told with their places
            for gone in [oid for oid in old if oid not in new]:
                yield Said(f"The {what} '{gone}' was taken out of it.", BREAKS, kind="removed")
            for more in [oid for oid in new if oid not in old]:
                yield Said(f"The {what} '{more}' was put into it.", MIGRATION, kind="added")
        stayed = [oid for oid in new if oid in old]
        for oid in stayed:
            yield from _ref(what, oid, old[oid], new[oid])
        if stayed != [oid for oid in old if oid in new]:
            yield Said(f"The order of {what}s changed.", SAFE)

    return words


_REF_WORDS = {"mandatory": "whether an answer is expected", "condition_oid": "when it is asked",
              "method_oid": "how it is calculated"}  # fmt: skip


def _ref(what: str, oid: str, was: object, now: object) -> Iterator[Said]:
    for name in getattr(was, "__dataclass_fields__", ()):
        before, after = getattr(was, name), getattr(now, name)
        if before == after:
            continue
        if name == "order_number":
            yield Said(f"{what.capitalize()} '{oid}': its number in the order changed.", SAFE)
            continue
        said = _REF_WORDS.get(name, _spoken(name).lower())
        yield Said(f"{what.capitalize()} '{oid}': {said} changed.", MIGRATION, shown(before), shown(after))


_FIELDS: dict[tuple[str, str], Words] = {
    ("", "title"): texts("The title", SAFE),
    ("", "description"): lambda b, a: (
        texts("The description", SAFE)(b, a)
        if isinstance(b, TranslatedText)
        else plain("The description", SAFE)(b, a)
    ),
    ("", "layout"): plain("The layout", SAFE),
    ("", "aliases"): plain("Names in other systems", SAFE),
    ("", "odm_name"): plain("The name in ODM", SAFE),
    ("", "repeating"): _repeating,
    ("", "expressions"): _expressions,
    ("ItemDef", "question"): texts("The question", MIGRATION),
    ("ItemDef", "help"): texts("The help", SAFE),
    ("ItemDef", "name"): plain("The name in expressions and columns", MIGRATION),
    ("ItemDef", "sas_name"): plain("The SAS name", MIGRATION),
    ("ItemDef", "data_type"): _type,
    ("ItemDef", "length"): rising("The length of text"),
    ("ItemDef", "significant_digits"): rising("The number of decimal places"),
    ("ItemDef", "code_list_oid"): plain("The code list", BREAKS),
    ("ItemDef", "multiple"): lambda b, a: [
        Said(
            "Several codes may be given now." if a else "Only one code may be given now.",
            MIGRATION if a else BREAKS,
        )
    ],
    ("ItemDef", "measurement_unit_oids"): _units,
    ("ItemDef", "conversions"): plain("The factors between units", BREAKS),
    ("ItemDef", "standard_digits"): plain("The decimal places in the standard unit", BREAKS),
    ("ItemDef", "missing_reasons"): _less("missing reasons", "Missing reason"),
    ("ItemDef", "sensitivity"): _sensitivity,
    ("ItemDef", "file"): parts("What a file may be", MIGRATION),
    ("ItemDef", "widget"): plain("The control", SAFE),
    ("ItemDef", "sds_var_name"): plain("The SDTM variable", SAFE),
    ("ItemDef", "odm_origin"): plain("The origin in ODM", SAFE),
    ("ItemDef", "odm_comment"): plain("The comment in ODM", SAFE),
    ("ItemDef", "external_questions"): plain("The question in a dictionary", SAFE),
    ("CodeList", "name"): plain("The name", SAFE),
    ("CodeList", "items"): _terms,
    ("CodeList", "data_type"): _type,
    ("CodeList", "sas_format_name"): plain("The SAS format", SAFE),
    ("ItemGroupDef", "item_refs"): _order("item"),
    ("ItemGroupDef", "group_refs"): _order("item group"),
    ("ItemGroupDef", "name"): plain("The name", SAFE),
    ("ItemGroupDef", "columns"): plain("The columns of its table", SAFE),
    ("FormDef", "group_refs"): _order("item group"),
    ("FormDef", "name"): plain("The name in expressions and columns", MIGRATION),
    ("StudyEventDef", "form_refs"): _order("form"),
    ("StudyEventDef", "name"): plain("The name", SAFE),
    ("StudyEventDef", "window"): plain("The visit window", MIGRATION),
    ("StudyEventDef", "date"): plain("The item that dates the visit", MIGRATION),
    ("StudyEventDef", "arms"): plain("The arms that have the visit", MIGRATION),
    ("MetaDataVersion", "oid"): plain("The version", SAFE),
    ("MetaDataVersion", "name"): plain("The name of the version", SAFE),
    ("MetaDataVersion", "event_refs"): _order("event"),
    ("MetaDataVersion", "include"): plain("The version it builds on", SAFE),
    ("MetaDataVersion", "languages"): plain("The languages", SAFE),
    ("MetaDataVersion", "study"): parts("What is said of the study", SAFE),
    ("MetaDataVersion", "policy"): parts("The study's policy", MIGRATION),
    ("MetaDataVersion", "lab_ranges"): parts("What chooses a reference range", MIGRATION),
    ("MetaDataVersion", "review_plan"): plain("The review plan", SAFE),
    ("MetaDataVersion", "protocol_description"): texts("The description of the protocol", SAFE),
    ("SiteDef", "name"): plain("The name", SAFE),
    ("SiteDef", "country"): plain("The country", SAFE),
    ("SiteDef", "zone"): plain("The time zone", SAFE),
    ("PluginUse", "specifier"): plain("The range of versions", SAFE),
    ("PluginUse", "version"): plain("The version", MIGRATION),
    ("PluginUse", "sha256"): plain("The digest of its source", MIGRATION),
}
