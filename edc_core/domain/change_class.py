"""How a change of a definition meets data collected before it (REQ-BLD-04): one rule for each field that has its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import Any

from edc_core.domain.metadata import CodeListItem, RangeCheck, TranslatedText, own_expression


class ChangeClass(StrEnum):
    """How a change meets data collected before it, mildest first.

    ``safe``: what was collected reads and means the same, and nothing has to be done. ``needs migration``: forms begun
    under the older version do not follow until they are moved. ``breaks``: a value collected under the older version may
    be unknown to the newer one, or be read differently; whether there is one is a question to the data.
    """

    SAFE = "safe"
    MIGRATION = "needs migration"
    BREAKS = "breaks"


_ORDER = tuple(ChangeClass)
SAFE, MIGRATION, BREAKS = ChangeClass
Rule = Callable[[Any, Any], ChangeClass]


def worst(classes: Iterable[ChangeClass]) -> ChangeClass:
    return max(classes, key=_ORDER.index, default=SAFE)


def class_of(element: str, field: str, before: object, after: object) -> ChangeClass:
    """The class of one changed field of a definition; of several changes in it, the strongest.

    :param element: the ODM word for what the field belongs to (``ItemDef``). :param before: its value, or a part of it
        alone; ``after`` likewise. A field without a rule of its own needs migration.
    """
    for name in ((element, field), ("", field)):
        if name in _SAFE:
            return SAFE
        if name in _BREAKS:
            return BREAKS
        if name in _RULES:
            return _RULES[name](before, after)
    return MIGRATION


def _texts(before: TranslatedText | None, after: TranslatedText | None) -> ChangeClass:
    """A translation added to words that were there changes nobody's question."""
    old, new = dict(before.texts if before else ()), dict(after.texts if after else ())
    kept = all(new.get(tag) == text for tag, text in old.items())
    return SAFE if old and kept else MIGRATION


def _bound(before: int | None, after: int | None) -> ChangeClass:
    """Length, decimal places: a lower one narrows; none is no bound."""
    return BREAKS if after is not None and (before is None or after < before) else MIGRATION


def _switch(before: bool, after: bool) -> ChangeClass:  # noqa: FBT001 - a rule sees both
    """Repeating, several codes, censored: what more was given has no place once it is switched off."""
    return MIGRATION if after else BREAKS


def _choices(before: tuple[str, ...], after: tuple[str, ...]) -> ChangeClass:
    return MIGRATION if set(before) <= set(after) else BREAKS


def _units(before: tuple[str, ...], after: tuple[str, ...]) -> ChangeClass:
    """The first one is the standard unit."""
    return BREAKS if before[:1] != after[:1] else _choices(before, after)


def _expressions(before: Any, after: Any) -> ChangeClass:
    return SAFE if own_expression(before) == own_expression(after) else MIGRATION


def _checks(before: tuple[RangeCheck, ...], after: tuple[RangeCheck, ...]) -> ChangeClass:
    """What a check says and shows may change; what it holds values to, and what it leads to, not without a move."""

    def judging(checks: tuple[RangeCheck, ...]) -> dict[str, RangeCheck]:
        return {
            check.oid or str(place): replace(check, message=TranslatedText(), protocol="", examples=())
            for place, check in enumerate(checks)
        }

    return SAFE if judging(before) == judging(after) else MIGRATION


def _terms(before: tuple[CodeListItem, ...], after: tuple[CodeListItem, ...]) -> ChangeClass:
    old, new = ({term.coded_value: term for term in terms} for terms in (before, after))
    if not old.keys() <= new.keys():
        return BREAKS
    return worst(_term(term, new[code]) for code, term in old.items())


def _term(was: CodeListItem, now: CodeListItem) -> ChangeClass:
    if now.retired and not was.retired:
        return MIGRATION
    return SAFE if was.decode == now.decode else _texts(was.decode, now.decode)


def _refs(
    gone: ChangeClass, come: ChangeClass, before: tuple[Any, ...], after: tuple[Any, ...]
) -> ChangeClass:
    old, new = ({ref_target(ref): ref for ref in refs} for refs in (before, after))
    stayed = old.keys() & new.keys()
    return worst(
        [
            *(gone for _ in old.keys() - new.keys()),
            *(come for _ in new.keys() - old.keys()),
            *(
                MIGRATION
                for oid in stayed
                if replace(old[oid], order_number=new[oid].order_number) != new[oid]
            ),
        ]
    )


def ref_target(ref: object) -> str:
    """The OID of the definition that a ref of ODM puts somewhere."""
    names = ("form_oid", "item_group_oid", "item_oid", "study_event_oid")
    return next(str(getattr(ref, name)) for name in names if hasattr(ref, name))


#: Fields whose change leaves what was collected as it reads and means; without an element, those of every definition.
_SAFE = frozenset(
    {("", name) for name in ("title", "description", "layout", "aliases", "odm_name")}
    | {("ItemDef", name) for name in ("help", "widget", "sds_var_name", "odm_origin", "odm_comment")}
    | {("ItemDef", "external_questions"), ("CodeList", "name"), ("CodeList", "sas_format_name")}
    | {("ItemGroupDef", "name"), ("ItemGroupDef", "columns"), ("StudyEventDef", "name")}
    | {("MetaDataVersion", name) for name in ("oid", "name", "include", "languages", "study")}
    | {
        ("MetaDataVersion", "protocol_description"),
        ("MetaDataVersion", "review_plan"),
        ("MetaDataVersion", "query_templates"),
        ("MetaDataVersion", "milestones"),
        ("MetaDataVersion", "gates"),
        ("MetaDataVersion", "eras"),
        ("PluginUse", "specifier"),
    }
    | {("SiteDef", name) for name in ("name", "country", "zone")}
)
_BREAKS = frozenset(
    {("ItemDef", name) for name in ("data_type", "code_list_oid", "conversions", "standard_digits")}
    | {("CodeList", "data_type")}
)
_put: Rule = partial(_refs, BREAKS, MIGRATION)
_RULES: dict[tuple[str, str], Rule] = {
    ("", "repeating"): _switch,
    ("", "expressions"): _expressions,
    ("ItemDef", "question"): _texts,
    ("ItemDef", "length"): _bound,
    ("ItemDef", "significant_digits"): _bound,
    ("ItemDef", "multiple"): _switch,
    ("ItemDef", "censored"): _switch,
    ("ItemDef", "measurement_unit_oids"): _units,
    ("ItemDef", "missing_reasons"): _choices,
    ("ItemDef", "range_checks"): _checks,
    ("CodeList", "items"): _terms,
    ("ItemGroupDef", "item_refs"): partial(_refs, SAFE, SAFE),  # items come and go with their places
    ("ItemGroupDef", "group_refs"): _put,
    ("FormDef", "group_refs"): _put,
    ("StudyEventDef", "form_refs"): _put,
    ("MetaDataVersion", "event_refs"): _put,
}
