"""A small study and casebook for tests of plugins and the check host."""

from edc_core.domain.casebook import Casebook, FormData, ItemData, Subject
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.metadata import (
    DataType,
    FormDef,
    FormRef,
    ItemDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    MetaDataVersion,
    SiteDef,
    StudyEventDef,
    StudyInfo,
)


def small_version(oid="1"):
    """Two events with vital signs, and a log of adverse events."""
    vs = FormDef("VS", "VS", group_refs=(ItemGroupRef("VS.G"),))
    ae = FormDef("AE", "AE", group_refs=(ItemGroupRef("AE.G"),))
    return MetaDataVersion(
        oid=oid,
        name="one",
        study=StudyInfo("S-1", "Study one"),
        events=(
            StudyEventDef("SCR", "SCR", form_refs=(FormRef("VS"),)),
            StudyEventDef("C1D1", "C1D1", form_refs=(FormRef("VS"),)),
            StudyEventDef("LOGS", "LOGS", form_refs=(FormRef("AE"),)),
        ),
        forms=(vs, ae),
        item_groups=(
            ItemGroupDef("VS.G", "VS", item_refs=(ItemRef("VS.SYSBP"), ItemRef("VS.DIABP"))),
            ItemGroupDef("AE.G", "AE", repeating=True, item_refs=(ItemRef("AE.AETERM"), ItemRef("AE.AESER"))),
        ),
        items=(
            ItemDef("VS.SYSBP", "SYSBP", DataType.INTEGER),
            ItemDef("VS.DIABP", "DIABP", DataType.INTEGER),
            ItemDef("AE.AETERM", "AETERM", DataType.TEXT),
            ItemDef("AE.AESER", "AESER", DataType.TEXT),
        ),
        sites=(SiteDef("01", "One", "KR"), SiteDef("02", "Two", "DE")),
    )


def vs_item(event, item):
    return ItemPath(Step(event), Step("VS"), (Step("VS.G"),), item)


def ae_item(row, item):
    return ItemPath(Step("LOGS"), Step("AE"), (Step("AE.G", row),), item)


def small_casebook(values):
    casebook = Casebook(Subject("study", "subject", "S-001", "site"))
    for path, value in values.items():
        casebook.forms[path.form_path] = FormData(path.form_path, "1", EntryStatus.COMPLETE)
        casebook.items[path] = ItemData(path, value, value, version=1)
    return casebook
