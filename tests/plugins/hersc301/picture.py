"""A study with the forms and items the checks read, and casebooks of it written in one line per form."""

from edc_core.domain.casebook import Casebook, FormData, ItemData, Subject
from edc_core.domain.casebook_picture import CasebookPicture
from edc_core.domain.casebook_view import CasebookView
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.index import MetaDataIndex
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
    StudyEventDef,
    StudyInfo,
)

#: Form to the names of its items that the checks read; compared with the definition in forms/.
ITEMS = {
    "CONSENT": "RFICDAT WITHDRAWDAT",
    "DM": "BRTHDAT SEX CHILDPOT",
    "IE": "IEYN IEDAT",
    "MH": "MHTERM",
    "BCH": "HER2IHC HER2ISH",
    "VS": "VSDAT SYSBP DIABP",
    "PE": "PEDAT",
    "EG": "EGDAT",
    "LVEF": "CVDAT CVMETHOD LVEF",
    "ECOG": "RSDAT ECOG101",
    "LB_HEM": "LBDAT NEUT PLAT",
    "PREG": "LBDAT HCG",
    "EX_TRA": "ECOCCUR ECSTDAT ECSTTIM ECENTIM ECROUTE ECDOSE ECVOL ECLOC ECLAT",
    "AE": "AETERM AESTDAT AEENDAT AEONGO AETOXGR AESER AESDTH AESLIFE AESHOSP AESDISAB AESCONG AESMIE AEOUT AESI",
}
LOGS = {"AE": "AELOG", "MH": "MHLOG"}  #: form to its repeating group
EVENTS = ("SCR", "C1D1", "C2D1", "LOGS")


def version():
    return MetaDataVersion(
        "1",
        "1",
        StudyInfo("HERSC-301", "HERSC-301"),
        events=tuple(StudyEventDef(e, e, form_refs=tuple(map(FormRef, ITEMS))) for e in EVENTS),
        forms=tuple(FormDef(f, f, f == "CONSENT", (ItemGroupRef(LOGS.get(f, f)),)) for f in ITEMS),
        item_groups=tuple(
            ItemGroupDef(
                LOGS.get(f, f),
                LOGS.get(f, f),
                f in LOGS,
                tuple(ItemRef(f"{f}.{item}") for item in items.split()),
            )
            for f, items in ITEMS.items()
        ),
        items=tuple(
            ItemDef(f"{f}.{item}", item, DataType.TEXT)
            for f, items in ITEMS.items()
            for item in items.split()
        ),
    )


INDEX = MetaDataIndex(version())


def casebook(*parts):
    """A casebook of lines such as ``"SCR VS SYSBP=120"`` and ``"LOGS AE[2] AESER=Y"``.

    ``CONSENT#2`` is the second occurrence of a form, ``ITEM=~UNK`` a missing reason, ``ITEM=!x`` unreadable, and a
    semicolon stands between items.
    """
    book = Casebook(Subject("study", "subject", "US-01-001", "site"))
    for part in parts:
        event, form_text, items = part.split(" ", 2)
        name, _, row = form_text.rstrip("]").partition("[")
        name, _, occurrence = name.partition("#")
        path = ItemPath(Step(event), Step(name, occurrence or "1"))
        book.forms[path] = FormData(path, "1", EntryStatus.COMPLETE)
        for pair in items.split(";"):
            item, _, value = pair.strip().partition("=")
            place = path.with_group(LOGS.get(name, name), row or "1").with_item(f"{name}.{item}")
            if value.startswith("~"):
                book.items[place] = ItemData(place, missing=value[1:], version=1)
            elif value.startswith("!"):
                book.items[place] = ItemData(place, value[1:], reading="unreadable", version=1)
            else:
                book.items[place] = ItemData(place, value, value, version=1)
    return book


def view(*parts):
    return CasebookView(CasebookPicture(casebook(*parts), INDEX))
