"""Everything a plugin may import. What is not here may change without notice."""

from edc_core.domain.casebook_view import CasebookView, FormView, GroupView, RowView
from edc_core.domain.dataset import (
    AuditRecord,
    ExportDataset,
    Exporter,
    ExportForm,
    ExportItem,
    ExportSink,
    ExportSubject,
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
from edc_core.domain.finding import EditCheck, Finding, Severity
from edc_core.domain.imported import (
    Imported,
    ImportedForm,
    ImportedItem,
    ImportedSubject,
    Importer,
    Problem,
    TransactionType,
)
from edc_core.domain.index import MetaDataIndex, PlacedItem
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.metadata import *  # noqa: F403 - the ODM vocabulary is the interface
from edc_core.domain.partial_date import PartialDate
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.query import Query, QueryMessage, QuerySource, QueryState
from edc_core.domain.values import display, join_codes, split_codes
from edc_core.domain.widget import ItemWidget
from edc_core.errors import EdcError
from edc_core.hookspecs import HOOK_API, hookimpl

__all__ = [
    "HOOK_API",
    "AuditRecord",
    "CasebookView",
    "DefinitionPublished",
    "EachRow",
    "EdcError",
    "EditCheck",
    "EntryStatus",
    "ExportDataset",
    "ExportForm",
    "ExportItem",
    "ExportSink",
    "ExportSubject",
    "Exporter",
    "Fact",
    "Finding",
    "FormStatusChanged",
    "FormView",
    "GroupView",
    "Imported",
    "ImportedForm",
    "ImportedItem",
    "ImportedSubject",
    "Importer",
    "ItemPath",
    "ItemValueChanged",
    "ItemWidget",
    "MetaDataIndex",
    "PartialDate",
    "PlacedItem",
    "PluginStudy",
    "Problem",
    "ProtectionChanged",
    "Query",
    "QueryMessage",
    "QuerySource",
    "QueryState",
    "QueryStateChanged",
    "ReviewChanged",
    "RowChanged",
    "RowView",
    "Severity",
    "SignatureChanged",
    "Step",
    "SubjectAdded",
    "TransactionType",
    "display",
    "hookimpl",
    "join_codes",
    "split_codes",
]
