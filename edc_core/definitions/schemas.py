"""The shape of study.yaml and of the files beside it. Whatever stands in a file of its own may stand in study.yaml."""

from __future__ import annotations

from edc_core.definitions.schemas_fields import (
    Choice,
    DefinitionSchema,
    Entries,
    Flag,
    Span,
    Text,
    Whole,
    Word,
    Words,
)
from edc_core.definitions.schemas_form import FormSchema, GroupBodySchema, ItemBodySchema
from edc_core.definitions.schemas_parts import Aliases, Plugins, Terms, about, expressions, many, one
from edc_core.domain.data_origin import COLLECTED
from edc_core.domain.metadata import DataType, EventType
from edc_core.domain.milestone import LOCK
from edc_core.domain.review_plan import ReviewGroup


class SiteSchema(DefinitionSchema):
    number = Word(**about("the site's number, as in `KR-01`", required=True))
    name = Word(**about("the site's name", required=True))
    country = Word(**about("ISO 3166-1 code of two letters"))
    zone = Word(**about("IANA time zone, as in `Asia/Seoul`; UTC by default"))
    languages = Words(
        **about("languages of the study that are read there, the site's own first; all of them by default")
    )


class ReasonSchema(DefinitionSchema):
    code = Word(**about("kept with the change; `other` asks for words of one's own", required=True))
    text = Text(**about("what people read", required=True))


class PolicySchema(DefinitionSchema):
    reason_from = Choice(("complete", "first_save"), **about("from when on a change needs a reason"))
    subject_key_pattern = Word(**about("regular expression that a new subject key matches"))
    subject_key_hint = Word(**about("the format of a subject key in words"))
    origin_of_collected = Choice(
        COLLECTED, **about("what items of origin `collected` are, in the data-origin list")
    )
    sign_queries = Choice(
        ("closed", "answered"), **about("how far queries must be before data are signed; `closed` by default")
    )
    scanners_off = Words(**about("names of identifier scanners that this study does without"))
    scanners_ask = Words(**about("names of scanners that ask here, whatever they do elsewhere"))
    scanners_block = Words(**about("names of scanners that refuse here, whatever they do elsewhere"))
    review_first = Words(
        **about("OIDs of checks whose queries a data manager releases or drops first; `all` for every check")
    )
    reasons = many(
        ReasonSchema, "reasons for a change, in their order; a transcription error and three more by default"
    )
    double_entry = Words(**about("OIDs of the forms that a second person enters again"))
    double_entry_share = Whole(**about("of how many percent of the subjects; 100 by default"))


class QueryTemplateSchema(DefinitionSchema):
    text = Text(
        **about("the question; `{item}` and `{value}` stand for the item and what it holds", required=True)
    )
    forms = Words(**about("OIDs of the forms where it is offered; every form by default"))


class MilestoneSchema(DefinitionSchema):
    oid = Word(**about("a name for it, kept with each signature", required=True))
    title = Text(**about("what it is, as in `Before the interim analysis`"))
    statement = Text(**about("what a signature given for it attests", required=True))
    forms = Words(**about("OIDs of the forms that are signed for it; without forms or events, the casebook"))
    events = Words(**about("OIDs of the visits that are signed for it"))
    before = Choice((LOCK,), **about("`lock`: a lock waits until it is signed"))


class ReviewRuleSchema(DefinitionSchema):
    group = Choice(tuple(ReviewGroup), **about("who reviews", required=True))
    forms = Words(**about("OIDs of the forms whose items are reviewed"))
    items = Words(**about("OIDs of the items that are reviewed; without forms or items, all of them"))
    sites = Words(**about("site numbers; every site by default"))
    risks = Words(**about("tiers of risk of the sites: `low`, `medium`, `high`; every one by default"))
    share = Whole(**about("percent of the subjects, drawn by the seed; 100 by default"))
    seed = Word(**about("a text that decides which subjects are drawn"))


class LabRangesSchema(DefinitionSchema):
    lab = Word(**about("expression: the laboratory, in the form of the result", required=True))
    date = Word(**about("expression: when the sample was taken", required=True))
    sex = Word(**about("expression: the subject's sex", required=True))
    birth = Word(**about("expression: the date of birth, for the age", required=True))


class VersionSchema(DefinitionSchema):
    oid = Word(**about("the version's OID", required=True))
    name = Word(**about("its name; the OID by default"))
    description = Word(**about("what is new in it"))


class ProtocolSchema(DefinitionSchema):
    description = Text(**about("what the protocol says, in short"))
    alias = Aliases(**about("names elsewhere"))


class IncludeSchema(DefinitionSchema):
    study = Word(**about("OID of the other study", required=True))
    version = Word(**about("OID of its version", required=True))


class FormUseSchema(DefinitionSchema):
    short_key = "form"

    form = Word(**about("OID of the form", required=True))
    mandatory = Flag(**about("ODM Mandatory; true by default"))
    order = Whole(**about("an explicit order number; the place in the list counts otherwise"))
    when = Word(**about("expression: it is expected when this is true"))
    condition = Word(**about("OID of the condition under which it is left out"))


class EventUseSchema(DefinitionSchema):
    short_key = "event"

    event = Word(**about("OID of the event", required=True))
    mandatory = Flag(**about("ODM Mandatory; true by default"))
    order = Whole(**about("an explicit order number; the place in the list counts otherwise"))
    when = Word(**about("expression: it is expected when this is true"))
    condition = Word(**about("OID of the condition under which it is left out"))


class WindowSchema(DefinitionSchema):
    anchor = Word(
        **about(
            "what the window is counted from: OID of an event, for its date, or an expression that answers a date",
            required=True,
        )
    )
    target = Span(**about("from the anchor to the planned day; the anchor's own day by default"))
    before = Span(**about("how much earlier it may be; not at all by default"))
    after = Span(**about("how much later it may be; not at all by default"))


class EpochSchema(DefinitionSchema):
    oid = Word(**about("stable id, unique in the study", required=True))
    name = Word(**about("its name; the OID by default"))
    title = Text(**about("what people read"))


class ArmSchema(DefinitionSchema):
    oid = Word(**about("the code that `arm` answers for its subjects", required=True))
    name = Word(**about("its name; the OID by default"))
    title = Text(**about("what people read"))


class EventSchema(DefinitionSchema):
    oid = Word(**about("stable id, unique in the study", required=True))
    name = Word(**about("its name; the OID by default"))
    title = Text(**about("what people read"))
    description = Text(**about("what happens then"))
    type = Choice([t.value for t in EventType], **about("Scheduled by default; Unscheduled is added by hand"))
    repeating = Flag(**about("true lets a subject have several of it"))
    level = Choice(
        ("subject", "study"), **about("`study` for forms of the study as a whole, as a dose cohort")
    )
    forms = Entries(lambda: {"": FormUseSchema}, **about("its forms in order"))
    category = Word(**about("ODM Category"))
    date = Word(**about("the item that dates it, as `FORM.ITEM`, in one of its forms"))
    window = one(WindowSchema, "when it is to take place")
    epoch = Word(**about("OID of its epoch"))
    arms = Words(**about("OIDs of the arms that have it; all of them by default"))
    alias = Aliases(**about("names elsewhere"))


class ExternalSchema(DefinitionSchema):
    dictionary = Word(**about("name of the dictionary", required=True))
    version = Word(**about("its version"))
    href = Word(**about("where it is found"))
    ref = Word(**about("the part of it that is meant"))


class CodelistSchema(DefinitionSchema):
    oid = Word(**about("stable id, unique in the study", required=True))
    name = Word(**about("its name; the OID by default"))
    type = Choice([t.value for t in DataType], **about("the type of its codes; `text` by default"))
    terms = Terms(**about("its terms: `{Y: Yes, N: No}`, or a list"))
    external = one(ExternalSchema, "the dictionary that holds the terms instead")
    description = Text(**about("what it is for"))
    sas_format_name = Word(**about("ODM SASFormatName"))
    alias = Aliases(**about("names elsewhere"))


class UnitSchema(DefinitionSchema):
    oid = Word(**about("stable id, unique in the study", required=True))
    name = Word(**about("its name; the OID by default"))
    symbol = Text(**about("what stands behind the number"))
    alias = Aliases(**about("names elsewhere, for example `{UCUM: mm[Hg]}`"))


class ConditionSchema(DefinitionSchema):
    oid = Word(**about("stable id, unique in the study", required=True))
    name = Word(**about("its name; the OID by default"))
    description = Text(**about("the condition in words"))
    expressions = expressions("the condition")
    alias = Aliases(**about("names elsewhere"))


class MethodSchema(ConditionSchema):
    type = Word(**about("ODM Type, for example Computation"))
    description = Text(**about("the method in words"))
    expressions = expressions("the method")


class ImputationSchema(DefinitionSchema):
    oid = Word(**about("stable id, unique in the study", required=True))
    text = Word(**about("how a missing value is imputed"))


class PresentationSchema(DefinitionSchema):
    oid = Word(**about("stable id, unique in the study", required=True))
    language = Word(**about("its language"))
    text = Word(**about("the presentation"))


class EventsFileSchema(DefinitionSchema):
    """events.yaml: the schedule."""

    events = many(EventSchema, "the study's events in order")
    schedule = many(EventUseSchema, "the protocol's references to events; every event in order by default")
    epochs = many(EpochSchema, "the parts of the study that a subject goes through, in order")
    arms = many(ArmSchema, "the planned arms")
    arm = Word(**about("expression: the OID of the arm a subject is in"))


class UnitsFileSchema(DefinitionSchema):
    """units.yaml: measurement units."""

    units = many(UnitSchema, "measurement units")


class LogicFileSchema(DefinitionSchema):
    """logic.yaml: conditions, methods and what else an exchange file carries."""

    conditions = many(ConditionSchema, "ODM ConditionDefs")
    methods = many(MethodSchema, "ODM MethodDefs")
    imputation_methods = many(ImputationSchema, "ODM ImputationMethods")
    presentations = many(PresentationSchema, "ODM Presentations")


class SharedFileSchema(DefinitionSchema):
    """shared.yaml: items and item groups that stand in several forms, or in none."""

    items = many(ItemBodySchema, "items that several groups use")
    groups = many(GroupBodySchema, "item groups that several forms use")


class StudySchema(EventsFileSchema, UnitsFileSchema, LogicFileSchema):
    """study.yaml: who the study is, where it runs and how."""

    oid = Word(**about("the StudyOID", required=True))
    name = Word(**about("the study's name; the OID by default"))
    description = Word(**about("what the study is about"))
    protocol_name = Word(**about("the sponsor's name of the protocol"))
    version = one(VersionSchema, "this version of the definition", required=True)
    languages = Words(
        **about("languages of the texts, the first one is that of plain texts; `en` by default")
    )
    text_language = Word(**about("language of plain texts when it is not the first one; empty for none"))
    sites = many(SiteSchema, "the study's sites")
    plugins = Plugins(**about("active plugins with the versions that will do"))
    policy = one(PolicySchema, "choices about the conduct of the study")
    protocol = one(ProtocolSchema, "ODM Protocol")
    lab_ranges = one(LabRangesSchema, "where `range_low`, `range_high` and `range_flag` look")
    review = many(ReviewRuleSchema, "what is verified and reviewed, and of whom")
    query_templates = many(QueryTemplateSchema, "words that are offered to who asks a query")
    milestones = many(MilestoneSchema, "points at which investigators sign")
    include = one(IncludeSchema, "the version this one builds on")
    forms = many(FormSchema, "forms, when they have no files of their own")
    codelists = many(CodelistSchema, "code lists, when they have no files of their own")
    shared = one(SharedFileSchema, "items and groups used in several places")


#: File (a trailing slash: each file of the folder) to its schema.
FILES: dict[str, type[DefinitionSchema]] = {
    "study.yaml": StudySchema,
    "events.yaml": EventsFileSchema,
    "units.yaml": UnitsFileSchema,
    "logic.yaml": LogicFileSchema,
    "shared.yaml": SharedFileSchema,
    "forms/": FormSchema,
    "codelists/": CodelistSchema,
}
