"""What ODM 2.0 allows in the parts that are only kept: so that what was kept can be written into a valid file."""

from __future__ import annotations

import re
from functools import cache

from lxml import etree

from edc_core_odm.odm2.vocabulary import NAMESPACE, XHTML, XLINK, address
from edc_core_odm.safe_xml import Element
from edc_core_odm.vocabulary import LANGUAGE, NC_NAME, XML

_TEXTS = "TranslatedText+"
_REF = "OrderNumber:whole Mandatory!:yn CollectionExceptionConditionOID"
_WINDOW = "TimepointPreWindow:duration TimepointPostWindow:duration"
_LENGTH = "DurationPreWindow:duration DurationPostWindow:duration"
_ITEM_REF = (
    "KeySequence:whole IsNonStandard:Yes HasNoData:Yes MethodOID UnitsItemOID Repeat:Yes Other:Yes Role RoleCodeListOID "
    "Core:core PreSpecifiedValue"
)
_CODING = "Code System!:address SystemName SystemVersion Label href:address ref:address CommentOID"

#: Element to its attributes (``!``: required; after a colon its kind) and its content: children as a regular expression
#: of names, or ``text``.
PARTS: dict[str, tuple[str, str]] = {
    "Standards": ("", "Standard+"),
    "Standard": ("OID! Name!:standard Type!:CT|IG PublishingSet:publishing Version! Status! CommentOID", ""),
    "AnnotatedCRF": ("", "DocumentRef+"),
    "SupplementalDoc": ("", "DocumentRef+"),
    "DocumentRef": ("LeafID!:name", "PDFPageRef*"),
    "PDFPageRef": ("PageRefs FirstPage:whole LastPage:whole Type!:NamedDestination|PhysicalRef Title", ""),
    "Leaf": ("ID!:name xlink:href!:address", "Title"),
    "Title": ("", "text"),
    "ValueListDef": ("OID!", "Description? ItemRef+"),
    "ItemRef": (
        f"ItemOID! {_ITEM_REF} {_REF}",
        "Origin* WhereClauseRef*",
    ),
    "Origin": ("Type!:origin Source:Investigator|Sponsor|Subject|Vendor", "Description? SourceItems? Coding* DocumentRef*"),
    "SourceItems": ("", "SourceItem+ Coding*"),
    "SourceItem": ("ItemOID ItemGroupOID MetaDataVersionOID StudyOID leafID Name", "Resource+ Coding*"),
    "Resource": ("Type! Name! Attribute Label", "Selection*"),
    "Selection": ("Path!", ""),
    "WhereClauseRef": ("WhereClauseOID!", ""),
    "WhereClauseDef": ("OID! CommentOID", "RangeCheck+"),
    "RangeCheck": (
        "Comparator:LT|LE|GT|GE|EQ|NE|IN|NOTIN SoftHard:Soft|Hard ItemOID",
        "(CheckValue+|MethodSignature? FormalExpression+) ErrorMessage?",
    ),
    "CheckValue": ("", "text"),
    "ErrorMessage": ("", _TEXTS),
    "MethodSignature": ("", "Parameter* ReturnValue*"),
    "Parameter": ("Name! DataType!:data Definition OrderNumber:whole", ""),
    "ReturnValue": ("Name! DataType!:data Definition OrderNumber:whole", ""),
    "FormalExpression": ("Context", "(Code|ExternalCodeLib)"),
    "Code": ("", "text"),
    "ExternalCodeLib": ("Library! Method Version ref href:address", ""),
    "Description": ("", _TEXTS),
    "Definition": ("", _TEXTS),
    "Prompt": ("", _TEXTS),
    "ImplementationNotes": ("", _TEXTS),
    "CDISCNotes": ("", _TEXTS),
    "TranslatedText": ("Type! xml:lang:language", "text"),
    "ValueListRef": ("ValueListOID!", ""),
    "Class": ("Name!:class", "SubClass*"),
    "SubClass": ("Name!:subclass ParentClass:class|subclass", ""),
    "WorkflowRef": ("WorkflowOID!", ""),
    "Coding": (_CODING, ""),
    "CommentDef": ("OID!", "Description DocumentRef*"),
    "WorkflowDef": ("OID! Name!", "Description? WorkflowStart (Transition|Branching)* WorkflowEnd+"),
    "WorkflowStart": ("StartOID!", ""),
    "Transition": ("OID! Name! SourceOID! TargetOID! StartConditionOID EndConditionOID", ""),
    "Branching": ("OID! Name! Type!:Exclusive|Parallel", "TargetTransition+ DefaultTransition*"),
    "TargetTransition": ("TargetTransitionOID! ConditionOID", ""),
    "DefaultTransition": ("TargetTransitionOID!", ""),
    "WorkflowEnd": ("EndOID!", "text"),
    "StudyEventGroupDef": (
        "OID! Name! ArmOID EpochOID CommentOID",
        "Description? (StudyEventGroupRef|StudyEventRef)* WorkflowRef? Coding*",
    ),
    "StudyEventGroupRef": (f"StudyEventGroupOID! {_REF}", "Description?"),
    "StudyEventRef": (f"StudyEventOID! {_REF}", ""),
    "StudySummary": ("", "StudyParameter+"),
    "StudyParameter": ("OID! Term! ShortName", "ParameterValue Coding*"),
    "ParameterValue": ("Value!", "Coding*"),
    "StudyStructure": ("", "Description? Arm* Epoch* WorkflowRef?"),
    "Arm": ("OID! Name!", "Description? WorkflowRef?"),
    "Epoch": ("OID! Name! SequenceNumber!:whole", "Description?"),
    "TrialPhase": ("Value!", "Description?"),
    "StudyTimings": ("", "StudyTiming+"),
    "StudyTiming": (
        "OID! Name!",
        "AbsoluteTimingConstraint* RelativeTimingConstraint* TransitionTimingConstraint* DurationTimingConstraint*",
    ),
    "AbsoluteTimingConstraint": (
        f"OID! Name! StudyEventGroupOID StudyEventOID TimepointTarget!:when {_WINDOW}", "Description?"),
    "RelativeTimingConstraint": (
        f"OID! Name! PredecessorOID SuccessorOID Type:timing TimepointRelativeTarget!:duration {_WINDOW}", "Description?"),
    "TransitionTimingConstraint": (
        f"OID! Name! TransitionOID! MethodOID Type:timing TimepointTarget!:duration {_WINDOW}", "Description?"),
    "DurationTimingConstraint": (
        f"OID! Name! StructuralElementOID! DurationTarget!:duration {_LENGTH}", "Description?"),
    "StudyIndications": ("", "StudyIndication+"),
    "StudyIndication": ("OID!", "Description Coding*"),
    "StudyInterventions": ("", "StudyIntervention+"),
    "StudyIntervention": ("OID!", "Description Coding*"),
    "StudyObjectives": ("", "StudyObjective+"),
    "StudyObjective": ("OID! Name! Level:level", "Description? StudyEndPointRef*"),
    "StudyEndPointRef": ("StudyEndPointOID! OrderNumber:whole", ""),
    "StudyEndPoints": ("", "StudyEndPoint+"),
    "StudyEndPoint": ("OID! Name! Type:Simple|Humane|Surrogate|Composite Level:level", "Description FormalExpression*"),
    "StudyTargetPopulation": ("OID! Name!", "Description Coding* FormalExpression*"),
    "StudyEstimands": ("", "StudyEstimand+"),
    "StudyEstimand": (
        "OID! Name! Level:level",
        "Description? StudyTargetPopulationRef? StudyInterventionRef? StudyEndPointRef? IntercurrentEvent* SummaryMeasure?",
    ),
    "StudyTargetPopulationRef": ("StudyTargetPopulationOID!", ""),
    "StudyInterventionRef": ("StudyInterventionOID!", ""),
    "IntercurrentEvent": ("", "Description"),
    "SummaryMeasure": ("", "Description"),
    "InclusionExclusionCriteria": ("", "InclusionCriteria? ExclusionCriteria?"),
    "InclusionCriteria": ("", "Criterion+"),
    "ExclusionCriteria": ("", "Criterion+"),
    "Criterion": ("OID! Name! ConditionOID!", "Description? Coding*"),
}  # fmt: skip
_CLASSES = (
    "ADAM OTHER|BASIC DATA STRUCTURE|DEVICE LEVEL ANALYSIS DATASET|EVENTS|FINDINGS|FINDINGS ABOUT|INTERVENTIONS|"
    "MEDICAL DEVICE BASIC DATA STRUCTURE|MEDICAL DEVICE OCCURRENCE DATA STRUCTURE|OCCURRENCE DATA STRUCTURE|"
    "RELATIONSHIP|SPECIAL PURPOSE|STUDY REFERENCE|SUBJECT LEVEL ANALYSIS DATASET|TRIAL DESIGN"
)
_SUBCLASSES = "ADVERSE EVENT|MEDICAL DEVICE TIME-TO-EVENT|NON-COMPARTMENTAL ANALYSIS|TIME-TO-EVENT"
_DATE = r"\d{4}(-\d\d(-\d\d)?)?"
_TIME = r"\d\d(:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?"
#: Kinds of attributes.
KINDS: dict[str, str] = {
    "whole": r"0*[1-9]\d*",
    "yn": "Yes|No",
    "name": NC_NAME.pattern,
    "language": LANGUAGE.pattern,
    "duration": r"-?P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?|[+-]?P\d+W",
    "when": rf"{_DATE}(T{_TIME})?|{_TIME}",
    "timing": "StartToStart|StartToFinish|FinishToStart|FinishToFinish",
    "level": "Primary|Secondary|Exploratory",
    "origin": "Assigned|Collected|Derived|EHR|Not Available|Other|Predecessor|Protocol",
    "core": r"Cond|Exp|Perm|Req|HR|O|R/C",
    "class": _CLASSES,
    "subclass": _SUBCLASSES,
    "class|subclass": f"{_CLASSES}|{_SUBCLASSES}",
    "standard": r"ADaMIG|CDISC/NCI|SDTMIG|SDTMIG-AP|SDTMIG-MD|SENDIG|SENDIG-AR|SENDIG-DART",
    "publishing": "ADaM|CDASH|DEFINE-XML|SDTM|SEND",
    "data": (
        "integer|decimal|float|double|date|datetime|time|text|string|URI|boolean|hexBinary|base64Binary|hexFloat|"
        "base64Float|partialDate|partialTime|partialDatetime|durationDatetime|intervalDatetime|incompleteDatetime|"
        "incompleteDate|incompleteTime"
    ),
}
#: Attributes of definitions that are kept, and their kinds.
ATTRIBUTES: dict[str, str] = {
    "RepeatingLimit": "whole",
    "IsNonStandard": "Yes",
    "HasNoData": "Yes",
    "Repeat": "Yes",
    "Other": "Yes",
    "Core": "core",
    "Type": r"(?s).+",
}
#: Children whose siblings must differ in these attributes.
_DISTINCT = {
    "TranslatedText": ("Type", XML + "lang"),
    "DocumentRef": ("LeafID",),
    "ItemRef": ("ItemOID",),
    "Standard": ("OID",),
}


def misfit(element: Element) -> str:
    """Why an element cannot be written into a valid file, with the place; empty when it can.

    What is not of the standard at all is left out when it is written, and counts for nothing here.
    """
    name = etree.QName(element).localname
    if name not in PARTS:
        return f"{name} has no place there"
    wanted, content = PARTS[name]
    children = [child for child in element if etree.QName(child).namespace in (NAMESPACE, XHTML)]
    return (
        _attributes(element, name, wanted)
        or _content(element, name, content, children)
        or _alike(name, children)
        or next((reason for child in children if content != "text" and (reason := misfit(child))), "")
    )


def fits(key: str, value: str) -> bool:
    """Whether a kept attribute of a definition is as the standard has it."""
    return _is(ATTRIBUTES.get(key, ""), value)


def _attributes(element: Element, name: str, wanted: str) -> str:
    known = dict(_wanted(part) for part in wanted.split())
    given = {_spelled(str(key)): str(value) for key, value in element.items()}
    for key, (required, kind) in known.items():
        if required and key not in given:
            return f"{name} has no {key}"
        is_name = required or key.endswith("OID")  # neither may be empty; other text may
        if key in given and not (_is(kind, given[key]) and (given[key] or not is_name)):
            return f"{key} of {name} is '{given[key]}'"
    return next((f"{name} has '{key}'" for key in given if key not in known and not key.startswith("{")), "")


def _wanted(part: str) -> tuple[str, tuple[bool, str]]:
    """``xlink:href!:address`` as the name, whether it is required, and the kind."""
    prefix = part.startswith(("xlink:", "xml:"))
    head, _, rest = part.partition(":")
    if prefix:
        more, _, kind = rest.partition(":")
        head = f"{head}:{more}"
    else:
        kind = rest
    return head.rstrip("!"), (head.endswith("!"), kind)


def _spelled(key: str) -> str:
    return key.replace(XML, "xml:").replace(f"{{{XLINK}}}", "xlink:")


def _is(kind: str, value: str) -> bool:
    if kind == "address":
        return address(value) == value
    return not kind or re.fullmatch(KINDS.get(kind, kind), value) is not None


def _content(element: Element, name: str, content: str, children: list[Element]) -> str:
    if content == "text":
        allowed = name == "TranslatedText" and [child.tag for child in children] == [f"{{{XHTML}}}div"]
        return f"{name} has elements in it" if children and not allowed else ""
    words = [element.text, *(child.tail for child in element)]
    if any(str(part or "").strip() for part in words):
        return f"{name} has text in it"
    names = "".join(f"{etree.QName(child).localname} " for child in children)
    return (
        ""
        if _model(content).fullmatch(names)
        else f"{name} does not have its parts in the order of the standard"
    )


@cache
def _model(content: str) -> re.Pattern[str]:
    """Children as their names, each with a blank after it."""
    pattern = re.sub(r"(\w+)|\s+", lambda m: f"(?:{m[1]} )" if m[1] else "", content)
    return re.compile(pattern)


def _alike(name: str, children: list[Element]) -> str:
    seen: set[tuple[object, ...]] = set()
    for child in children:
        tag = etree.QName(child).localname
        if tag in _DISTINCT:
            key = (tag, *(child.get(attribute) for attribute in _DISTINCT[tag]))
            if key in seen:
                return f"{name} has two {tag} alike"
            seen.add(key)
    return ""
