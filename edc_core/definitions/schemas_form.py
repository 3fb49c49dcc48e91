"""The shape of forms, item groups and items in YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, validates_schema

from edc_core.definitions.schemas_fields import (
    Choice,
    DefinitionSchema,
    Entries,
    Entry,
    Flag,
    Problem,
    Text,
    Whole,
    Word,
    Words,
)
from edc_core.definitions.schemas_parts import Aliases, Examples, about, expressions, many
from edc_core.domain.data_origin import ORIGINS
from edc_core.domain.file_value import ITEM_KINDS, MOST_MB
from edc_core.domain.metadata import DataType

if TYPE_CHECKING:
    from collections.abc import Sequence

LAYOUTS = ("", "grid")
SEVERITIES = ("query", "warning", "hard")
SENSITIVITIES = ("", "blinded", "identifying", "restricted")


class RangeSchema(DefinitionSchema):
    """A limit; each comparator given is a RangeCheck of its own with the same message."""

    gt = Words(**about("the value is above this"))
    ge = Words(**about("the value is at least this"))
    lt = Words(**about("the value is below this"))
    le = Words(**about("the value is at most this"))
    eq = Words(**about("the value is this"))
    ne = Words(**about("the value is not this"))
    notin = Words(**about("the value is none of these"))
    values = Words(**about("check values without a comparator, kept for exchange"))
    hard = Flag(**about("true refuses the value; otherwise it is stored and a query asks"))
    soft = Flag(**about("true says what is the default: the value is stored and a query asks"))
    message = Text(**about("what was found, what is expected, what to do; at most 160 characters"))
    oid = Word(**about("the check's OID; `<item OID>.GE` and so on by default"))
    unit = Word(**about("OID of the unit the limits are in"))
    warning = Flag(**about("true shows a message and never asks a query"))
    protocol = Word(**about("the section of the protocol it serves"))
    expressions = expressions("formal expressions, kept for exchange")

    class Meta(DefinitionSchema.Meta):
        include = {"in": Words(**about("the value is one of these"))}  # noqa: RUF012 - marshmallow reads it once


class CheckSchema(DefinitionSchema):
    """A check in the language of expressions. It says what should hold and fires when that is certainly not so."""

    oid = Word(**about("the check's OID, for ever", required=True))
    that = Word(**about("the expression that should hold", required=True))
    severity = Choice(SEVERITIES, **about("`query` (default), `warning`, or `hard`, which refuses the value"))
    message = Text(
        **about("what was found, what is expected, what to do; at most 160 characters", required=True)
    )
    protocol = Word(**about("the section of the protocol it serves"))
    fires = Examples(**about("examples on which it fires: address of an item to its value"))
    passes = Examples(**about("examples on which it does not"))


class ConversionSchema(DefinitionSchema):
    """How a number in one unit becomes one in the standard unit: number x factor + offset."""

    unit = Word(**about("OID of the unit it comes from", required=True))
    factor = Word(**about("what it is multiplied by: a number or a ratio such as `5/9`", required=True))
    offset = Word(**about("what is added afterwards; 0 by default"))
    countries = Words(**about("countries at whose sites the unit is offered; everywhere by default"))


class AnchorsSchema(DefinitionSchema):
    low = Text(**about("the words at 0", required=True))
    high = Text(**about("the words at 100", required=True))


class FileSchema(DefinitionSchema):
    """What a file item takes."""

    types = Words(
        **about("kinds that are taken: " + ", ".join(ITEM_KINDS) + "; pdf, jpeg and png by default")
    )
    max_mb = Whole(**about(f"most megabytes (millions of bytes), up to {MOST_MB}; 20 by default"))


class QuestionSourceSchema(DefinitionSchema):
    dictionary = Word(**about("the dictionary that has the question"))
    version = Word(**about("its version"))
    code = Word(**about("the question's code there"))


class _ItemUse(DefinitionSchema):
    """How an item is used in its group (ODM ItemRef)."""

    required = Flag(**about("the form is not Complete without it (ODM Mandatory)"))
    order = Whole(**about("an explicit order number; the place in the list counts otherwise"))
    key_sequence = Whole(**about("place of the item in the key of its dataset"))
    when = Word(**about("expression: it is asked when this is true"))
    derive = Word(**about("expression: what it is calculated from; nobody types into it"))
    constant = Word(**about("the value it always has; nobody types into it"))
    method = Word(**about("OID of the method that derives it"))
    condition = Word(**about("OID of the condition under which it is left out"))
    imputation_method = Word(**about("OID of the imputation method"))
    role = Word(**about("role of the item in its dataset"))
    role_codelist = Word(**about("OID of the code list of roles"))


class ItemUseSchema(_ItemUse):
    item = Word(**about("OID of an item that is defined elsewhere", required=True))


class ItemBodySchema(DefinitionSchema):
    oid = Word(**about("stable id, unique in the study; `<form OID>.<name>` by default"))
    name = Word(
        **about(
            "the word for it in expressions and columns; the part of the OID after the last dot by default"
        )
    )
    question = Text(**about("what the site is asked"))
    type = Choice([t.value for t in DataType], **about("ODM DataType; `text` by default"))
    length = Whole(**about("most characters or digits"))
    significant_digits = Whole(**about("decimal places of a float"))
    description = Text(**about("what the item is, for readers of the data"))
    help = Text(**about("a hint shown at the item"))
    codelist = Word(**about("OID of its code list"))
    multiple = Flag(**about("several codes may be given"))
    exclusive = Words(**about("codes of several that stand alone, such as 'None of these'"))
    unit = Word(**about("OID of its unit"))
    units = Words(**about("OIDs of the units it may be given in, the standard one first"))
    convert = many(ConversionSchema, "factors to the standard unit that UCUM codes of the units do not tell")
    censored = Flag(
        **about("true takes a number with `<`, `>`, `<=` or `>=` too: outside the limits of quantification")
    )
    standard_digits = Whole(
        **about("decimal places of the standard value; six significant digits by default")
    )
    range = Entries(lambda: {"": RangeSchema}, **about("declared limits"))
    checks = Entries(lambda: {"": CheckSchema}, **about("checks by expression, shown at this item"))
    missing_reasons = Words(**about("reasons offered instead of a value; ND, NA, UNK, NASK by default"))
    widget = Word(**about("name of the widget; chosen by the type when left out"))
    anchors = Entry(
        lambda: {"": AnchorsSchema},
        **about("the words at the ends of a line: `vas`, or `vas_unread`, which hides its number"),
    )
    file = Entry(lambda: {"": FileSchema}, **about("what is given is a file: its kinds and its size"))
    sas_name = Word(**about("at most eight characters; proposed when left out"))
    sds_var_name = Word(**about("ODM SDSVarName"))
    origin = Choice(ORIGINS, **about("where the value comes from; `collected` by default"))
    odm_origin = Word(**about("ODM Origin as it was found"))
    odm_comment = Word(**about("ODM Comment as it was found"))
    odm_name = Word(**about("ODM Name as it was found"))
    sensitivity = Choice(SENSITIVITIES, **about("who may not see it"))
    external_questions = many(QuestionSourceSchema, "where the question is taken from")
    alias = Aliases(**about("names elsewhere, for example `{SDTM: VS.VSORRES}`"))


class ItemSchema(ItemBodySchema, _ItemUse):
    """An item defined where it is used."""

    other = Word(**about("the code of 'other'; the text item after this one says what, required with it"))


class _Items(DefinitionSchema):
    """A list of items, in which an answer 'other' is followed by the item that says what it is."""

    @validates_schema
    def _constants(self, data: Any, **kwargs: Any) -> None:
        """A constant is all that a value comes from."""
        del kwargs
        problems = {
            index: {"constant": [Problem("E253", f"An item with a constant has no '{given[0]}'.")]}
            for index, item in enumerate(data.get("items", ()))
            if "constant" in item and (given := [key for key in ("derive", "method", "file") if key in item])
        }
        if problems:
            raise ValidationError({"items": problems})

    @validates_schema
    def _specified(self, data: Any, **kwargs: Any) -> None:
        del kwargs
        items = data.get("items", ())
        problems = {
            index: {"other": [Problem("E235", message)]}
            for index, item in enumerate(items)
            if "other" in item and (message := _unspecified(item, items[index + 1 : index + 2]))
        }
        if problems:
            raise ValidationError({"items": problems})


def _unspecified(item: dict[str, Any], after: Sequence[dict[str, Any]]) -> str:
    """What keeps the item after an answer 'other' from saying what it is; empty when nothing does."""
    if "codelist" not in item:
        return "Only an item with a code list has an answer 'other'."
    if (
        not after
        or "item" in after[0]
        or "codelist" in after[0]
        or after[0].get("type", "text") not in ("text", "string")
    ):
        return "The next item is expected to be the text that says what 'other' is."
    if given := [key for key in ("when", "condition", "derive", "method") if key in after[0]]:
        return f"The next item is asked with this answer, so it has no '{given[0]}' of its own."
    return ""


class _GroupUse(DefinitionSchema):
    mandatory = Flag(**about("ODM Mandatory of the reference; false by default"))
    order = Whole(**about("an explicit order number; the place in the list counts otherwise"))
    when = Word(**about("expression: it is asked when this is true"))
    condition = Word(**about("OID of the condition under which it is left out"))


class GroupUseSchema(_GroupUse):
    group = Word(**about("OID of an item group that is defined elsewhere", required=True))


class GroupBodySchema(_Items):
    oid = Word(**about("stable id, unique in the study; `<form OID>.<name>` by default"))
    name = Word(**about("its name; the OID, or the form's name, by default"))
    title = Text(**about("the heading people read"))
    description = Text(**about("what the group holds"))
    repeating = Flag(**about("true makes it a log with rows"))
    columns = Words(**about("names of the items a log shows as columns"))
    least_rows = Whole(**about("how many rows a log is expected to have at least; fewer lead to a query"))
    most_rows = Whole(**about("how many rows a log is expected to have at most; more lead to a query"))
    layout = Choice(
        LAYOUTS, **about("`grid` shows a row for each item: value, unit and not done side by side")
    )
    items = Entries(
        lambda: {"item": ItemUseSchema, "": ItemSchema}, **about("its items in the order of the page")
    )
    groups = Entries(
        lambda: {"group": GroupUseSchema, "": GroupSchema}, **about("groups inside each occurrence")
    )
    domain = Word(**about("SDTM domain"))
    sas_dataset_name = Word(**about("ODM SASDatasetName"))
    sas_name = Word(**about("at most eight characters; proposed when left out"))
    reference_data = Flag(**about("ODM IsReferenceData"))
    origin = Word(**about("ODM Origin"))
    role = Word(**about("ODM Role"))
    purpose = Word(**about("ODM Purpose"))
    comment = Word(**about("ODM Comment"))
    alias = Aliases(**about("names elsewhere"))


class GroupSchema(GroupBodySchema, _GroupUse):
    """An item group defined where it is used."""


class FormSchema(_Items):
    """A form: with ``items`` when it is one group, with ``groups`` otherwise."""

    oid = Word(**about("stable id, unique in the study", required=True))
    name = Word(**about("the word for it in expressions and columns; the OID by default"))
    title = Text(**about("what people read"))
    description = Text(**about("what the form is for"))
    repeating = Flag(**about("true lets an event hold several of it"))
    items = Entries(
        lambda: {"item": ItemUseSchema, "": ItemSchema}, **about("the items of a form that is one group")
    )
    groups = Entries(lambda: {"group": GroupUseSchema, "": GroupSchema}, **about("its item groups in order"))
    odm_name = Word(**about("ODM Name as it was found"))
    alias = Aliases(**about("names elsewhere"))
