"""From a field to an item: its type, its answers, its limits, and everything else as aliases that keep it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from edc_core.api import (
    EDC_LANGUAGE,
    Alias,
    CheckExample,
    CodeList,
    CodeListItem,
    Comparator,
    DataType,
    FormalExpression,
    ItemDef,
    RangeCheck,
    TranslatedText,
    join_codes,
)
from edc_core_redcap.action_tags import action_tags
from edc_core_redcap.data_types import data_type_of
from edc_core_redcap.plain_text import has_markup, plain_text
from edc_core_redcap.problems import ProblemLog
from edc_core_redcap.project import Field, Project, word
from edc_core_redcap.validations import limit_text, validation_of

LANGUAGE = "en"
_WIDGETS = {"radio": "radios", "dropdown": "select", "notes": "textarea", "checkbox": "checkboxes"}
#: Action tags that are taken over, here or in ``rules``.
TAKEN_TAGS = frozenset({"CALCTEXT", "CALCDATE", "NONEOFTHEABOVE", "MAXCHECKED", "CHARLIMIT", "FORCE-MINMAX"})
_PIPED = re.compile(r"\[[a-z][a-z0-9_]*(\([^)]*\))?\]|\{[a-z][a-z0-9_]*(:[a-z]+)?\}")
DEFAULT_REASONS = ("ND", "NA", "UNK", "NASK")


@dataclass(frozen=True, slots=True)
class BuiltItem:
    """An item and the code list of its answers.

    :param limits: texts of limits that name something else than a value, by comparator.
    """

    item: ItemDef
    code_list: CodeList | None = None
    limits: dict[Comparator, str] = field(default_factory=dict)


def build_item(one: Field, project: Project, log: ProblemLog) -> BuiltItem:
    """The item of a field; what cannot be represented is listed."""
    data_type = data_type_of(one)
    tags = {tag.name: tag.argument for tag in action_tags(one.annotation)}
    places = validation_of(one.validation).places if one.type == "text" else None
    limits, open_limits = _limits(one, data_type, tags, log)
    code_list = _code_list(one, data_type)
    line, ends = _line(one)
    item = ItemDef(
        oid=one.name,
        name=word(one.name),
        data_type=data_type,
        question=TranslatedText.of(plain_text(one.label), LANGUAGE),
        length=int(tags["CHARLIMIT"]) if tags.get("CHARLIMIT", "").isdecimal() else None,
        significant_digits=places,
        help=TranslatedText.of(_help(one), LANGUAGE),
        code_list_oid=code_list.oid if code_list else None,
        multiple=one.type == "checkbox",
        exclusive=_exclusive(one, tags),
        range_checks=(*limits, *_choice_checks(one, tags)),
        missing_reasons=tuple(dict.fromkeys((*DEFAULT_REASONS, *project.missing_codes))),
        widget=line or _WIDGETS.get(one.type, ""),
        anchors=ends,
        origin="assigned" if one.name == project.record_id else "collected",
        sensitivity="identifying" if one.identifier or one.validation == "ssn" else "",
        aliases=_aliases(one),
    )
    return BuiltItem(item, code_list, open_limits)


def list_what_stays_a_note(one: Field, log: ProblemLog) -> None:
    """Settings of a field that do nothing here."""
    validation = validation_of(one.validation)
    if one.type == "text" and not validation.is_kept:
        known = "" if validation.is_known else " It is none of those that REDCap brings."
        log.add("RED044", one.line, f"Format '{one.validation}'.{known}")
    if one.type == "sql" or (one.type == "text" and one.details):
        log.add("RED051", one.line, f"Field '{one.name}'.")
    if one.type == "file":
        log.add("RED057", one.line, f"Field '{one.name}'.")
    for tag in action_tags(one.annotation):
        if tag.name not in TAKEN_TAGS:
            log.add("RED043", one.line, f"@{tag.name}.")
    if _PIPED.search(one.label):
        log.add("RED046", one.line, f"Field '{one.name}'.")
    for what, given in (("alignment", one.alignment), ("question number", one.question_number),
                        ("ranking of a matrix", "y" if one.ranking else "")):  # fmt: skip
        if given:
            log.add("RED055", one.line, f"The {what}.")


def _line(one: Field) -> tuple[str, tuple[TranslatedText, ...]]:
    """The control of a slider from 0 to 100, which shows its number where REDCap does, and the words at its ends."""
    if one.type != "slider" or (one.minimum or "0", one.maximum or "100") != ("0", "100"):
        return "", ()
    labels = _labels(one)
    ends = (labels[0], labels[-1]) if len(labels) > 1 and labels[0] and labels[-1] else ()
    return "vas" if one.validation else "vas_unread", tuple(TranslatedText.of(end, LANGUAGE) for end in ends)


def _labels(one: Field) -> list[str]:
    """Those of a slider, from its lower end to its upper one."""
    return [label.strip() for label in one.details.split("|")] if one.type == "slider" and one.details else []


def _help(one: Field) -> str:
    labels = _labels(one)
    if not labels:
        return plain_text(one.note)
    return "\n".join(part for part in (plain_text(one.note), " \N{HORIZONTAL ELLIPSIS} ".join(labels)) if part)  # fmt: skip


def _aliases(one: Field) -> tuple[Alias, ...]:
    """Every cell of the dictionary that stands nowhere else as it was written."""
    is_rich = has_markup(one.label) or one.rich_label
    kept = {
        "field_type": one.type,
        "validation": one.validation,
        "min": one.minimum,
        "max": one.maximum,
        "details": one.details if one.type in ("slider", "sql") or not one.choices else "",
        "label": (one.rich_label or one.label) if is_rich else "",
        "note": one.note if one.type == "slider" or has_markup(one.note) else "",
        "branching_logic": one.branching,
        "custom_alignment": one.alignment,
        "question_number": one.question_number,
        "matrix_group": one.matrix,
        "matrix_ranking": "y" if one.ranking else "",
        "annotation": one.annotation,
        "identifier": "y" if one.identifier else "",
    }
    return tuple(Alias(f"REDCap.{name}", text) for name, text in kept.items() if text)


def _code_list(one: Field, data_type: DataType) -> CodeList | None:
    if not one.choices:
        return None
    terms = tuple(
        CodeListItem(
            choice.code,
            TranslatedText.of(plain_text(choice.label), LANGUAGE) or None,
            order_number=position,
            aliases=(Alias("REDCap.label", choice.label),) if has_markup(choice.label) else (),
        )
        for position, choice in enumerate(one.choices, start=1)
    )
    return CodeList(f"CL.{one.name}", one.name, data_type, terms)


def _limits(
    one: Field, data_type: DataType, tags: dict[str, str], log: ProblemLog
) -> tuple[list[RangeCheck], dict[Comparator, str]]:
    """Soft limits, since REDCap warns only, unless the tag @FORCE-MINMAX refuses; limits of other fields stay open."""
    checks: list[RangeCheck] = []
    others: dict[Comparator, str] = {}
    minimum, maximum = one.minimum, one.maximum
    if one.type == "slider":
        minimum, maximum = minimum or "0", maximum or "100"
    elif one.type != "text":
        return [], {}
    for comparator, text in ((Comparator.GE, minimum), (Comparator.LE, maximum)):
        if not text:
            continue
        limit = limit_text(data_type, text) if data_type is not DataType.TEXT else None
        if limit is not None:
            checks.append(RangeCheck(comparator, (limit,), hard="FORCE-MINMAX" in tags))
        elif text.startswith("[") and data_type is not DataType.TEXT:
            others[comparator] = text
        else:
            log.add("RED045", one.line, f"Field '{one.name}': '{text}'.")
    return checks, others


def _choice_checks(one: Field, tags: dict[str, str]) -> list[RangeCheck]:
    """What tags say of the choices of a checkbox, as checks that ask a query."""
    if one.type != "checkbox":
        return []
    name = word(one.name)
    codes = [choice.code for choice in one.choices]
    most = tags.get("MAXCHECKED", "")
    if not most.isdecimal() or not 0 < int(most) < len(codes):
        return []
    return [
        RangeCheck(
            message=TranslatedText.of(f"Answers expected at most: {most}.", LANGUAGE),
            oid=f"{one.name}.MAXCHECKED",
            formal_expressions=(FormalExpression(EDC_LANGUAGE, f"size({name}) <= {most}"),),
            examples=_choice_examples(name, codes[: int(most) + 1], codes[: int(most)]),
        )
    ]


def _exclusive(one: Field, tags: dict[str, str]) -> tuple[str, ...]:
    """The choices of a checkbox that stand alone."""
    given = [code.strip() for code in tags.get("NONEOFTHEABOVE", "").split(",")]
    return tuple(choice.code for choice in one.choices if choice.code in given and one.type == "checkbox")


def _choice_examples(name: str, wrong: list[str], right: list[str]) -> tuple[CheckExample, ...]:
    return (
        CheckExample(fires=True, values=((name, join_codes(wrong)),)),
        CheckExample(fires=False, values=((name, join_codes(right)),)),
    )
