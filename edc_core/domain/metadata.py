"""The ODM model of a trial's definition as frozen dataclasses (ODM 1.3.2, section 3.1.1).

A MetaDataVersion is published once and never changes. Lookups that a page or a check needs often
are built lazily in ``index.MetaDataIndex``; here stands only what was defined.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from edc_core.domain.era import Era
from edc_core.domain.file_value import FileRules
from edc_core.domain.function import FunctionDef
from edc_core.domain.gate import Gate
from edc_core.domain.metadata_events import ArmDef as ArmDef
from edc_core.domain.metadata_events import EpochDef as EpochDef
from edc_core.domain.metadata_events import EventType as EventType
from edc_core.domain.metadata_events import FormRef as FormRef
from edc_core.domain.metadata_events import StudyEventDef as StudyEventDef
from edc_core.domain.metadata_events import StudyEventRef as StudyEventRef
from edc_core.domain.metadata_events import VisitWindow as VisitWindow
from edc_core.domain.milestone import Milestone as Milestone
from edc_core.domain.policy import Policy as Policy
from edc_core.domain.reason_for_change import ReasonForChange as ReasonForChange
from edc_core.domain.review_plan import ReviewRule as ReviewRule
from edc_core.domain.translated_text import Alias as Alias
from edc_core.domain.translated_text import TranslatedText as TranslatedText


class DataType(StrEnum):
    """ODM 1.3.2 DataType. ``float`` holds decimal numbers: values are kept as decimal text, never as binary."""

    TEXT = "text"
    INTEGER = "integer"
    FLOAT = "float"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    STRING = "string"
    BOOLEAN = "boolean"
    DOUBLE = "double"
    HEX_BINARY = "hexBinary"
    BASE64_BINARY = "base64Binary"
    HEX_FLOAT = "hexFloat"
    BASE64_FLOAT = "base64Float"
    PARTIAL_DATE = "partialDate"
    PARTIAL_TIME = "partialTime"
    PARTIAL_DATETIME = "partialDatetime"
    DURATION_DATETIME = "durationDatetime"
    INTERVAL_DATETIME = "intervalDatetime"
    INCOMPLETE_DATE = "incompleteDate"
    INCOMPLETE_TIME = "incompleteTime"
    INCOMPLETE_DATETIME = "incompleteDatetime"
    URI = "URI"


#: Types by what is typed.
NUMBERS = frozenset({DataType.INTEGER, DataType.FLOAT, DataType.DOUBLE})
DATES = frozenset({DataType.DATE, DataType.PARTIAL_DATE, DataType.INCOMPLETE_DATE})
TIMES = frozenset({DataType.TIME, DataType.PARTIAL_TIME, DataType.INCOMPLETE_TIME})
DATETIMES = frozenset({DataType.DATETIME, DataType.PARTIAL_DATETIME, DataType.INCOMPLETE_DATETIME})
TEXTS = frozenset({DataType.TEXT, DataType.STRING})


class Comparator(StrEnum):
    LT = "LT"
    LE = "LE"
    GT = "GT"
    GE = "GE"
    EQ = "EQ"
    NE = "NE"
    IN = "IN"
    NOTIN = "NOTIN"


#: ODM Context of expressions in our own language; those of other systems are kept for exchange.
EDC_LANGUAGE = "edc-1"


@dataclass(frozen=True, slots=True)
class FormalExpression:
    context: str
    code: str


def own_expression(expressions: tuple[FormalExpression, ...]) -> str:
    """The expression in our own language; empty when there is none."""
    return next((e.code for e in expressions if e.context == EDC_LANGUAGE), "")


@dataclass(frozen=True, slots=True)
class MeasurementUnit:
    oid: str
    name: str
    symbol: TranslatedText = TranslatedText()
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeListItem:
    """A permitted term. Without a decode it is an ODM EnumeratedItem.

    :param retired: kept for data collected before; no longer offered.
    """

    coded_value: str
    decode: TranslatedText | None = None
    rank: str | None = None
    order_number: int | None = None
    extended: bool = False
    retired: bool = False
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True, slots=True)
class ExternalCodeList:
    dictionary: str
    version: str = ""
    href: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class CodeList:
    oid: str
    name: str
    data_type: DataType = DataType.TEXT
    items: tuple[CodeListItem, ...] = ()
    external: ExternalCodeList | None = None
    description: TranslatedText = TranslatedText()
    sas_format_name: str | None = None
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckExample:
    """Data on which a check must fire, or must not (REQ-DAT-05).

    :param values: address to text: ``SYSBP``, ``DM.SEX``, ``SCR/VS.WEIGHT``, ``AELOG[2].AETERM``; an item's address
        is relative to the check's form. ``~ND`` is a missing reason.
    """

    fires: bool
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RangeCheck:
    """A declared check (ODM RangeCheck): a limit, or an expression that holds. Soft asks a query; hard refuses the value.

    An expression of ``EDC_LANGUAGE`` states what should hold; it fires when that is certainly not so. Expressions in
    other languages without a comparator are kept for exchange and not evaluated.
    ``oid`` is the check OID of its queries; it is unique within the item.

    :param warning: it leads to a message, never to a query.
    :param protocol: the section of the protocol it serves.
    """

    comparator: Comparator | None = None
    check_values: tuple[str, ...] = ()
    hard: bool = False
    message: TranslatedText = TranslatedText()
    oid: str = ""
    measurement_unit_oid: str | None = None
    formal_expressions: tuple[FormalExpression, ...] = ()
    warning: bool = False
    protocol: str = ""
    examples: tuple[CheckExample, ...] = ()

    @property
    def expression(self) -> str:
        """What should hold, in our own language; empty for a limit."""
        return own_expression(self.formal_expressions)


@dataclass(frozen=True, slots=True)
class UnitConversion:
    """How a number in one of an item's units becomes one in its standard unit, the first: number x factor + offset.

    Numbers are exact texts, decimal or a ratio (``5/9``): what was published stays true whatever a library says later.

    :param countries: at whose sites the unit is offered, ISO 3166 alpha-2; empty for everywhere.
    """

    unit_oid: str
    factor: str
    offset: str = "0"
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExternalQuestion:
    dictionary: str = ""
    version: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class ItemDef:
    """A question and the kind of its answer.

    :param name: the word for this item in expressions and columns, ``[A-Za-z][A-Za-z0-9_]*``, unique in its form.
    :param multiple: several codes of the code list may be given; the canonical text joins them by ``;``.
    :param exclusive: of several answers, the codes that stand alone ("None of these").
    :param significant_digits: decimal places of a float item (ODM SignificantDigits).
    :param measurement_unit_oids: units the value may be given in; the first is its standard unit.
    :param standard_digits: decimal places of the value in its standard unit; six significant digits without it.
    :param censored: a number that may lie outside the limits of quantification, such as ``<0.5`` (see ``censored``).
    :param missing_reasons: reason codes offered instead of a value (``ND``, ``NA``, ``UNK``, ``NASK``, ...).
    :param anchors: the words at the two ends of a line (visual analogue scale), or none.
    :param sas_name: at most eight characters, frozen at publish.
    :param origin: where the value comes from; one of ``data_origin.ORIGINS``.
    :param sensitivity: ``""``, ``blinded``, ``identifying`` or ``restricted``.
    :param file: what is given is a file of this kind; its DataType is text (see ``FileValue``).
    """

    oid: str
    name: str
    data_type: DataType
    question: TranslatedText = TranslatedText()
    length: int | None = None
    significant_digits: int | None = None
    description: TranslatedText = TranslatedText()
    help: TranslatedText = TranslatedText()
    code_list_oid: str | None = None
    multiple: bool = False
    measurement_unit_oids: tuple[str, ...] = ()
    conversions: tuple[UnitConversion, ...] = ()
    standard_digits: int | None = None
    range_checks: tuple[RangeCheck, ...] = ()
    missing_reasons: tuple[str, ...] = ("ND", "NA", "UNK", "NASK")
    widget: str = ""
    anchors: tuple[TranslatedText, ...] = ()
    sas_name: str = ""
    sds_var_name: str = ""
    origin: str = "collected"
    odm_origin: str = ""
    odm_comment: str = ""
    sensitivity: str = ""
    odm_name: str = ""
    external_questions: tuple[ExternalQuestion, ...] = ()
    aliases: tuple[Alias, ...] = ()
    file: FileRules | None = None
    exclusive: tuple[str, ...] = ()
    censored: bool = False


@dataclass(frozen=True, slots=True)
class ItemRef:
    item_oid: str
    mandatory: bool = False
    order_number: int | None = None
    key_sequence: int | None = None
    method_oid: str | None = None
    condition_oid: str | None = None
    imputation_method_oid: str | None = None
    role: str | None = None
    role_code_list_oid: str | None = None


@dataclass(frozen=True, slots=True)
class ItemGroupRef:
    item_group_oid: str
    mandatory: bool = False
    order_number: int | None = None
    condition_oid: str | None = None


@dataclass(frozen=True, slots=True)
class ItemGroupDef:
    """A set of items; ``group_refs`` nest further groups in each occurrence (an ODM 2.0 notion).

    :param least_rows: how many occurrences are expected at least; ``most_rows`` at most; 0 for no bound.
    """

    oid: str
    name: str
    repeating: bool = False
    item_refs: tuple[ItemRef, ...] = ()
    group_refs: tuple[ItemGroupRef, ...] = ()
    title: TranslatedText = TranslatedText()
    description: TranslatedText = TranslatedText()
    is_reference_data: bool = False
    domain: str = ""
    sas_dataset_name: str = ""
    sas_name: str = ""
    origin: str = ""
    role: str = ""
    purpose: str = ""
    comment: str = ""
    columns: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    layout: str = ""  #: ``grid``: a row for each item, its value, unit and "not done" beside each other
    least_rows: int = 0
    most_rows: int = 0


@dataclass(frozen=True, slots=True)
class FormDef:
    """A case report form.

    :param name: the word for this form in expressions and columns, ``[A-Za-z][A-Za-z0-9_]*``.
    :param title: what people read; the ODM Name when only that is known.
    """

    oid: str
    name: str
    repeating: bool = False
    group_refs: tuple[ItemGroupRef, ...] = ()
    title: TranslatedText = TranslatedText()
    description: TranslatedText = TranslatedText()
    odm_name: str = ""
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionDef:
    oid: str
    name: str
    description: TranslatedText = TranslatedText()
    expressions: tuple[FormalExpression, ...] = ()
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True, slots=True)
class MethodDef:
    oid: str
    name: str
    type: str = ""
    description: TranslatedText = TranslatedText()
    expressions: tuple[FormalExpression, ...] = ()
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True, slots=True)
class ImputationMethod:
    oid: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Presentation:
    oid: str
    language: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Include:
    """ODM Include: the version this one builds on, kept for exchange."""

    study_oid: str
    meta_data_version_oid: str


@dataclass(frozen=True, slots=True)
class PluginUse:
    """A plugin that is active in the study. ``version`` and ``sha256`` are resolved at publish.

    :param settings: what the study chooses of it, by name.
    """

    name: str
    specifier: str
    version: str = ""
    sha256: str = ""
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SiteDef:
    """A site known to the definition: number, name, ISO 3166 alpha-2 country, IANA zone.

    :param languages: in which texts are read there, its own first; empty for those of the study.
    """

    number: str
    name: str
    country: str = ""
    zone: str = "UTC"
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryTemplate:
    """Words that are offered to who asks a query; ``{item}`` and ``{value}`` stand for the question and its answer.

    :param forms: OIDs of the forms on which it is offered; empty for all.
    """

    text: TranslatedText
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabRangeKeys:
    """Where the functions of reference ranges find what chooses a range: expressions, read in the form of the result.

    :param lab: code or name of the laboratory. :param date: when the sample was taken.
    :param sex: code of the sex. :param birth: the date of birth, for the age.
    """

    lab: str
    date: str
    sex: str
    birth: str


@dataclass(frozen=True, slots=True)
class StudyInfo:
    """ODM GlobalVariables, and who the study is."""

    oid: str
    name: str
    description: str = ""
    protocol_name: str = ""


@dataclass(frozen=True, slots=True)
class MetaDataVersion:
    """One frozen version of a trial's definitions.

    :param arm: expression that answers the OID of the arm a subject is in.
    :param functions: of plugins, that something else than a check calls; noted when it is published.
    :param gates: of country standards, likewise; ``eras`` too, in which dates may be typed there.
    """

    oid: str
    name: str
    study: StudyInfo
    description: str = ""
    events: tuple[StudyEventDef, ...] = ()
    event_refs: tuple[StudyEventRef, ...] = ()
    forms: tuple[FormDef, ...] = ()
    item_groups: tuple[ItemGroupDef, ...] = ()
    items: tuple[ItemDef, ...] = ()
    code_lists: tuple[CodeList, ...] = ()
    measurement_units: tuple[MeasurementUnit, ...] = ()
    conditions: tuple[ConditionDef, ...] = ()
    methods: tuple[MethodDef, ...] = ()
    imputation_methods: tuple[ImputationMethod, ...] = ()
    presentations: tuple[Presentation, ...] = ()
    protocol_description: TranslatedText = TranslatedText()
    protocol_aliases: tuple[Alias, ...] = ()
    include: Include | None = None
    sites: tuple[SiteDef, ...] = ()
    plugins: tuple[PluginUse, ...] = ()
    functions: tuple[FunctionDef, ...] = ()
    policy: Policy = field(default_factory=Policy)
    languages: tuple[str, ...] = ("en",)
    epochs: tuple[EpochDef, ...] = ()
    arms: tuple[ArmDef, ...] = ()
    arm: str = ""
    lab_ranges: LabRangeKeys | None = None
    review_plan: tuple[ReviewRule, ...] = ()
    query_templates: tuple[QueryTemplate, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    gates: tuple[Gate, ...] = ()
    eras: tuple[Era, ...] = ()

    def language_at(self, site_number: str, wanted: str = "") -> str:
        """The language of texts at a site: the wanted one where study and site have it, else the first one there."""
        site = next((site for site in self.sites if site.number == site_number), None)
        there = (site.languages if site else ()) or self.languages or ("en",)
        return next((tag for tag in (wanted, wanted.partition("-")[0]) if tag in there), there[0])
