"""Names of ODM 2.0: what an element may hold, in the order of the standard, and our words for what it cannot say."""

from __future__ import annotations

from urllib.parse import quote

from edc_core_odm.vocabulary import ALIAS

NAMESPACE = "http://www.cdisc.org/ns/odm/v2.0"
XHTML = "http://www.w3.org/1999/xhtml"
XLINK = "http://www.w3.org/1999/xlink"

KEPT = "ODM.2.0"  #: context of the alias that keeps what only ODM 2.0 has, for the way back
CODING = "Coding "  #: context of the alias that stands for a Coding, with its System after it
EVENTS = (
    ALIAS + "EVENTS"
)  #: OID of the StudyEventGroupDef that lists the events, which a Protocol of ODM 2.0 cannot
PLAIN = "text/plain"

_REF = ("OrderNumber", "Mandatory", "CollectionExceptionConditionOID")

#: Definition to its attributes and its children.
SHAPES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Study": (
        ("OID", "StudyName", "ProtocolName", "VersionID", "VersionName", "Status"),
        ("Description", "MetaDataVersion"),
    ),
    "MetaDataVersion": (
        ("OID", "Name", "CommentOID"),
        (
            "Description", "Include", "Standards", "AnnotatedCRF", "SupplementalDoc", "ValueListDef",
            "WhereClauseDef", "Protocol", "WorkflowDef", "StudyEventGroupDef", "StudyEventDef", "ItemGroupDef",
            "ItemDef", "CodeList", "ConditionDef", "MethodDef", "CommentDef", "Leaf",
        ),
    ),
    "Protocol": (
        (),
        (
            "Description", "StudySummary", "StudyStructure", "TrialPhase", "StudyTimings", "StudyIndications",
            "StudyInterventions", "StudyObjectives", "StudyEndPoints", "StudyTargetPopulation", "StudyEstimands",
            "InclusionExclusionCriteria", "StudyEventGroupRef", "WorkflowRef", "Alias",
        ),
    ),
    "StudyEventDef": (
        ("OID", "Name", "Repeating", "Type", "Category", "CommentOID"),
        ("Description", "ItemGroupRef", "WorkflowRef", "Coding", "Alias"),
    ),
    "ItemGroupRef": (("ItemGroupOID", "MethodOID", *_REF), ()),
    "ItemGroupDef": (
        (
            "OID", "Name", "Repeating", "RepeatingLimit", "IsReferenceData", "Structure", "ArchiveLocationID",
            "DatasetName", "Domain", "Type", "Purpose", "StandardOID", "IsNonStandard", "HasNoData", "CommentOID",
        ),
        ("Description", "Class", "ItemRef", "ItemGroupRef", "Coding", "WorkflowRef", "Origin", "Alias", "Leaf"),
    ),
    "ItemRef": (
        (
            "ItemOID", "KeySequence", "IsNonStandard", "HasNoData", "MethodOID", "UnitsItemOID", "Repeat", "Other",
            "Role", "RoleCodeListOID", "Core", "PreSpecifiedValue", *_REF,
        ),
        ("Origin", "WhereClauseRef"),
    ),
    "ItemDef": (
        ("OID", "Name", "DataType", "Length", "DisplayFormat", "VariableSet", "CommentOID"),
        (
            "Description", "Definition", "Question", "Prompt", "CRFCompletionInstructions", "ImplementationNotes",
            "CDISCNotes", "RangeCheck", "CodeListRef", "ValueListRef", "Coding", "Alias",
        ),
    ),
    "RangeCheck": (
        ("Comparator", "SoftHard", "ItemOID"),
        ("CheckValue", "MethodSignature", "FormalExpression", "ErrorMessage"),
    ),
    "CodeList": (
        ("OID", "Name", "DataType", "CommentOID", "StandardOID", "IsNonStandard"),
        ("Description", "CodeListItem", "Coding", "Alias"),
    ),
    "CodeListItem": (
        ("CodedValue", "Rank", "Other", "OrderNumber", "ExtendedValue", "CommentOID"),
        ("Description", "Decode", "Coding", "Alias"),
    ),
    "ConditionDef": (("OID", "Name", "CommentOID"), ("Description", "MethodSignature", "FormalExpression", "Alias")),
    "MethodDef": (
        ("OID", "Name", "Type", "CommentOID"),
        ("Description", "MethodSignature", "FormalExpression", "Alias", "DocumentRef"),
    ),
}  # fmt: skip
#: Children that may occur more than once.
MANY = frozenset(
    {
        "ValueListDef", "WhereClauseDef", "WorkflowDef", "StudyEventGroupDef", "StudyEventGroupRef", "CommentDef",
        "Leaf", "Origin", "WhereClauseRef", "DocumentRef", "FormalExpression",
    }
)  # fmt: skip
CODING_ATTRIBUTES = ("Code", "System", "SystemName", "SystemVersion", "Label", "href", "ref", "CommentOID")

#: Our sources of a query that ODM 2.0 has another word for; the exact one stands in a flag beside the query.
QUERY_SOURCES = {
    "System": "System",
    "Data Management": "Data Management",
    "Site Monitor": "Site Monitor",
    "Medical": "Safety Reviewer",
    "Safety": "Safety Reviewer",
    "Coder": "Coding System",
    "Other": "Data Management",
}
#: The words of ODM 2.0 in ours.
SOURCES_IN = {
    "System": "System",
    "Data Management": "Data Management",
    "Site Monitor": "Site Monitor",
    "Safety Reviewer": "Safety",
    "Coding System": "Coder",
}
METHOD_TYPES = frozenset({"Computation", "Imputation", "Preload", "Transpose"})
REPEATING = frozenset({"No", "Simple", "Dynamic", "Static"})
AUDIT_CHILDREN = ("UserRef", "LocationRef", "DateTimeStamp", "ReasonForChange", "SourceID")
AUDIT_ATTRIBUTES = ("EditPoint", "UsedMethod")
SIGNATURE_CHILDREN = ("UserRef", "LocationRef", "SignatureRef", "DateTimeStamp")
UNKNOWN_TIME = "1970-01-01T00:00:00Z"  #: where the standard demands a time and there is none


def address(text: str) -> str:
    """Any text as what XML Schema takes for an address; an address stays as it is."""
    return quote(text, safe="/:?#[]@!$&'()*+,;=-._~%")
