"""A form with every kind of control, made without files or a database."""

from edc_core.builtin.widgets import WIDGETS
from edc_core.domain.casebook import Casebook, FormData, ItemData, Subject
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import (
    CodeList,
    CodeListItem,
    DataType,
    FormDef,
    FormRef,
    ItemDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    MeasurementUnit,
    MetaDataVersion,
    StudyEventDef,
    StudyEventRef,
    StudyInfo,
    TranslatedText,
)
from edc_core.rendering.form_builder import FormBuilder
from edc_core.rendering.item_markup import MarkupStore
from edc_core.rendering.view_model import Access, Addresses, FormFacts

en = TranslatedText.of
PATH = ItemPath.parse("V2[1]/VS[1]")
VITALS = PATH.with_group("IG.VS", "1")
ADDRESSES = Addresses(
    item=lambda path: f"/items/{path}",
    query=lambda query_id: f"/queries/{query_id}",
    file=lambda path: f"/files/{path}",
)


def code_list(oid, *codes):
    return CodeList(oid, oid, items=tuple(CodeListItem(code, en(text)) for code, text in codes))


def item(oid, data_type=DataType.TEXT, question="", **more):
    return ItemDef(oid, oid.replace(".", "_"), data_type, en(question or oid), **more)


ITEMS = (
    item("VSPERF", question="Vital signs measured", code_list_oid="NY"),
    item("VSDAT", DataType.PARTIAL_DATE, "Date measured"),
    item("VSTIM", DataType.TIME, "Time measured"),
    item("VSPOS", question="Position", code_list_oid="POS"),
    item(
        "WEIGHT",
        DataType.FLOAT,
        "Weight",
        measurement_unit_oids=("kg",),
        help=en("Without shoes."),
        significant_digits=1,
    ),
    item("TEMP", DataType.FLOAT, "Temperature", measurement_unit_oids=("C", "F"), significant_digits=1),
    item("SYSBP", DataType.INTEGER, "Systolic blood pressure", measurement_unit_oids=("mmHg",)),
    item("SYMPT", question="Symptoms", code_list_oid="SYMPT", multiple=True),
    item("COUNTRY", question="Country", code_list_oid="COUNTRY"),
    item("FASTING", DataType.BOOLEAN, "Fasting"),
    item("SEEN", DataType.DATETIME, "Seen at"),
    item("NOTE", question="Remarks", length=500),
)
AE = (item("AETERM", question="Event"), item("AESTDAT", DataType.PARTIAL_DATE, "Start"))


def version(items=ITEMS):
    return MetaDataVersion(
        "v1",
        "Version 1",
        StudyInfo("DEMO", "Demo"),
        events=(StudyEventDef("V2", "V2", form_refs=(FormRef("VS"),), title=en("Visit 2")),),
        event_refs=(StudyEventRef("V2"),),
        forms=(
            FormDef(
                "VS", "VS", group_refs=(ItemGroupRef("IG.VS"), ItemGroupRef("IG.AE")), title=en("Vital signs")
            ),
        ),
        item_groups=(
            ItemGroupDef(
                "IG.VS", "VS", item_refs=tuple(ItemRef(i.oid) for i in items), title=en("Vital signs")
            ),
            ItemGroupDef(
                "IG.AE",
                "AE",
                repeating=True,
                item_refs=tuple(ItemRef(i.oid) for i in AE),
                title=en("Adverse events"),
            ),
        ),
        items=(*items, *AE),
        code_lists=(
            code_list("NY", ("Y", "Yes"), ("N", "No")),
            code_list("POS", ("SIT", "Sitting"), ("STA", "Standing"), ("SUP", "Supine")),
            code_list("SYMPT", ("H", "Headache"), ("N", "Nausea"), ("D", "Dizziness")),
            code_list("COUNTRY", *((f"C{n}", f"Country {n}") for n in range(12))),
        ),
        measurement_units=tuple(
            MeasurementUnit(u, u, en(s))
            for u, s in (("kg", "kg"), ("C", "°C"), ("F", "°F"), ("mmHg", "mmHg"))
        ),
    )


def casebook(status=EntryStatus.IN_PROGRESS, *, was_complete=False, **values):
    book = Casebook(Subject("study", "subject", "S-014", "site"))
    book.forms[PATH] = FormData(PATH, "v1", status, was_complete, n=3)
    for name, value in values.items():
        path = VITALS.with_item(name)
        book.items[path] = ItemData(path, value, value, version=1)
    return book


STORE = MarkupStore("/static/icons.svg", WIDGETS)
INDEX = MetaDataIndex(version())


def builder(book, *, index=INDEX, access=None, facts=None, open_row=None):
    return FormBuilder(
        STORE.of(index, "en"),
        book,
        PATH,
        access=access or Access(enter=True, answer=True),
        addresses=ADDRESSES,
        facts=facts or FormFacts(),
        open_row=open_row,
    )
