"""Everything a plugin may import. What is not here may change without notice."""

from edc_core.domain.casebook import RECORD_KEY, Casebook, FormData, GroupData, ItemData
from edc_core.domain.casebook_view import CasebookView, FormView, GroupView, RowView
from edc_core.domain.change import ItemInput
from edc_core.domain.change_class import ChangeClass, class_of, ref_target
from edc_core.domain.commands import (
    ActivateVersion,
    ActOnQuery,
    AddEvent,
    AddRow,
    AddSubject,
    BeginTransfer,
    CancelActivation,
    Command,
    CompleteForm,
    CorrectSubjectKey,
    EndTransfer,
    MarkEventNotDone,
    MarkNotDone,
    OpenQuery,
    Protect,
    ProtectStudy,
    Reason,
    ReopenForm,
    Review,
    SaveItems,
    Seen,
    StrikeRow,
    TakeBackReview,
    TransferItems,
)
from edc_core.domain.compare import DefinitionChange
from edc_core.domain.data_origin import data_origin
from edc_core.domain.dataset import (
    AnchoredState,
    AuditRecord,
    ExportDataset,
    Exporter,
    ExportForm,
    ExportItem,
    ExportSignature,
    ExportSink,
    ExportSubject,
    TrailEntry,
)
from edc_core.domain.each_row import EachRow
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.fact import (
    DefinitionPublished,
    Fact,
    FormStatusChanged,
    ItemValueChanged,
    ProtectionChanged,
    QueryStateChanged,
    ReviewChanged,
    RowChanged,
    SignatureChanged,
    SubjectAdded,
)
from edc_core.domain.file_value import FileRules, FileValue
from edc_core.domain.finding import EditCheck, Finding, Found, Severity
from edc_core.domain.foresight import AffectedForm, AffectedMark, AffectedQuery, Foresight
from edc_core.domain.form_checks import check_oid
from edc_core.domain.function import Function, FunctionDef, Kind
from edc_core.domain.imported import (
    Imported,
    ImportedForm,
    ImportedItem,
    ImportedQuery,
    ImportedSubject,
    Importer,
    Problem,
    TransactionType,
)
from edc_core.domain.index import MetaDataIndex, PlacedItem
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.job import Job
from edc_core.domain.metadata import *  # noqa: F403 - the ODM vocabulary is the interface
from edc_core.domain.migration import MigrationOrder
from edc_core.domain.page import (
    Attachment,
    JobKind,
    JobRequest,
    MenuEntry,
    Page,
    PageRequest,
    Refused,
    SeeOther,
    Times,
)
from edc_core.domain.partial_date import PartialDate
from edc_core.domain.permission import Action
from edc_core.domain.place_changes import ItemPlace, PlaceChange
from edc_core.domain.playground import Playground, PlaygroundAnswer, PlaygroundPage, PlaygroundPages
from edc_core.domain.plugin_access import (
    CommandLine,
    DefinitionAtHand,
    DefinitionRemark,
    DemoPerson,
    NamedVersion,
    PluginSession,
    StudyAtHand,
    StudyCheck,
    StudySite,
)
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.protection import ProtectAction, Protection
from edc_core.domain.query import Query, QueryAction, QueryMessage, QuerySource, QueryState
from edc_core.domain.review import ReviewMark, ReviewState
from edc_core.domain.review_plan import ReviewGroup
from edc_core.domain.study_access import StudyAccess
from edc_core.domain.study_versions import SiteActivation, SiteLine, StudyVersions, VersionLine
from edc_core.domain.study_view import CrossSubjectCheck, StudyFinding, StudyRow, StudyView
from edc_core.domain.tracing import TracedPart, TracedRule
from edc_core.domain.trail import Access, FoundTrail, TrailWanted
from edc_core.domain.values import display, join_codes, parse, split_codes
from edc_core.domain.version_diff import VersionChange, version_changes
from edc_core.domain.visit_window import read_duration
from edc_core.domain.widget import ItemWidget
from edc_core.errors import (
    AlreadyExists,
    BadRequest,
    EdcError,
    ImportRefused,
    NarrowsData,
    NotAllowed,
    NotFound,
    ValueRefused,
    WrongState,
)
from edc_core.expressions.asking import Asking
from edc_core.expressions.rule_book import RuleBook
from edc_core.expressions.rules import compile_rules
from edc_core.expressions.words import Wording
from edc_core.hookspecs import HOOK_API, hookimpl

__all__ = [
    "HOOK_API",
    "RECORD_KEY",
    "Access",
    "ActOnQuery",
    "Action",
    "ActivateVersion",
    "AddEvent",
    "AddRow",
    "AddSubject",
    "AffectedForm",
    "AffectedMark",
    "AffectedQuery",
    "AlreadyExists",
    "AnchoredState",
    "Asking",
    "Attachment",
    "AuditRecord",
    "BadRequest",
    "BeginTransfer",
    "CancelActivation",
    "Casebook",
    "CasebookView",
    "ChangeClass",
    "Command",
    "CommandLine",
    "CompleteForm",
    "CorrectSubjectKey",
    "CrossSubjectCheck",
    "DefinitionAtHand",
    "DefinitionChange",
    "DefinitionPublished",
    "DefinitionRemark",
    "DemoPerson",
    "EachRow",
    "EdcError",
    "EditCheck",
    "EndTransfer",
    "EntryStatus",
    "ExportDataset",
    "ExportForm",
    "ExportItem",
    "ExportSignature",
    "ExportSink",
    "ExportSubject",
    "Exporter",
    "Fact",
    "FileRules",
    "FileValue",
    "Finding",
    "Foresight",
    "FormData",
    "FormStatusChanged",
    "FormView",
    "Found",
    "FoundTrail",
    "Function",
    "FunctionDef",
    "GroupData",
    "GroupView",
    "ImportRefused",
    "Imported",
    "ImportedForm",
    "ImportedItem",
    "ImportedQuery",
    "ImportedSubject",
    "Importer",
    "ItemData",
    "ItemInput",
    "ItemPath",
    "ItemPlace",
    "ItemValueChanged",
    "ItemWidget",
    "Job",
    "JobKind",
    "JobRequest",
    "Kind",
    "MarkEventNotDone",
    "MarkNotDone",
    "MenuEntry",
    "MetaDataIndex",
    "MigrationOrder",
    "NamedVersion",
    "NarrowsData",
    "NotAllowed",
    "NotFound",
    "OpenQuery",
    "Page",
    "PageRequest",
    "PartialDate",
    "PlaceChange",
    "PlacedItem",
    "Playground",
    "PlaygroundAnswer",
    "PlaygroundPage",
    "PlaygroundPages",
    "PluginSession",
    "PluginStudy",
    "Problem",
    "Protect",
    "ProtectAction",
    "ProtectStudy",
    "Protection",
    "ProtectionChanged",
    "Query",
    "QueryAction",
    "QueryMessage",
    "QuerySource",
    "QueryState",
    "QueryStateChanged",
    "Reason",
    "Refused",
    "ReopenForm",
    "Review",
    "ReviewChanged",
    "ReviewGroup",
    "ReviewMark",
    "ReviewState",
    "RowChanged",
    "RowView",
    "RuleBook",
    "SaveItems",
    "SeeOther",
    "Seen",
    "Severity",
    "SignatureChanged",
    "SiteActivation",
    "SiteLine",
    "Step",
    "StrikeRow",
    "StudyAccess",
    "StudyAtHand",
    "StudyCheck",
    "StudyFinding",
    "StudyRow",
    "StudySite",
    "StudyVersions",
    "StudyView",
    "SubjectAdded",
    "TakeBackReview",
    "Times",
    "TracedPart",
    "TracedRule",
    "TrailEntry",
    "TrailWanted",
    "TransactionType",
    "TransferItems",
    "ValueRefused",
    "VersionChange",
    "VersionLine",
    "Wording",
    "WrongState",
    "check_oid",
    "class_of",
    "compile_rules",
    "data_origin",
    "display",
    "hookimpl",
    "join_codes",
    "parse",
    "read_duration",
    "ref_target",
    "split_codes",
    "version_changes",
]
