"""The definition for browser tests: the form with every control, and one of twenty items to enter at speed."""

import dataclasses

from edc_core.domain.metadata import DataType, FormDef, FormRef, ItemGroupDef, ItemGroupRef, ItemRef
from tests.rendering.vital_signs import en, item, version
from tests.web import item_types
from tests.web.trial import limited

#: Item, what is typed, what the box holds afterwards.
ENTRY = (
    (item("V01", question="Vital signs measured", code_list_oid="NY"), "1", "Y"),
    (item("V02", DataType.PARTIAL_DATE, "Date measured"), "23102026", "23 OCT 2026"),
    (item("V03", DataType.TIME, "Time measured"), "915", "09:15"),
    (item("V04", question="Position", code_list_oid="POS"), "1", "SIT"),
    (
        item("V05", DataType.FLOAT, "Weight", measurement_unit_oids=("kg",), significant_digits=1),
        "74.2",
        "74.2",
    ),
    (
        item("V06", DataType.FLOAT, "Temperature", measurement_unit_oids=("C", "F"), significant_digits=1),
        "36.8",
        "36.8",
    ),
    (item("V07", DataType.INTEGER, "Systolic blood pressure", measurement_unit_oids=("mmHg",)), "128", "128"),
    (item("V08", DataType.INTEGER, "Diastolic blood pressure", measurement_unit_oids=("mmHg",)), "84", "84"),
    (item("V09", DataType.INTEGER, "Pulse"), "71", "71"),
    (item("V10", DataType.INTEGER, "Respiratory rate"), "16", "16"),
    (item("V11", DataType.INTEGER, "Oxygen saturation"), "98", "98"),
    (item("V12", DataType.PARTIAL_DATE, "Last period began"), "unoct2026", "UN OCT 2026"),
    (item("V13", DataType.FLOAT, "Haemoglobin", significant_digits=1), "11.2", "11.2"),
    (item("V14", DataType.FLOAT, "White cells", significant_digits=1), "4.6", "4.6"),
    (item("V15", DataType.FLOAT, "Neutrophils", significant_digits=1), "1.7", "1.7"),
    (item("V16", DataType.INTEGER, "Platelets"), "188", "188"),
    (item("V17", DataType.DATE, "Sample date"), "22102026", "22 OCT 2026"),
    (item("V18", question="Fasting", code_list_oid="NY"), "n", "N"),
    (item("V19", question="Where", length=40), "ward", "ward"),
    (item("V20", question="Remarks"), "none", "none"),
)


def definition():
    base = limited(version())
    items = tuple(entry[0] for entry in ENTRY)
    group = ItemGroupDef(
        "IG.LONG", "LONG", item_refs=tuple(ItemRef(i.oid) for i in items), title=en("Vital signs and labs")
    )
    form = FormDef("LONG", "LONG", group_refs=(ItemGroupRef("IG.LONG"),), title=en("Twenty items"))
    events = (
        dataclasses.replace(
            base.events[0], form_refs=(FormRef("LONG"), FormRef("VS"), FormRef("TYPES"), FormRef("LAB"))
        ),
    )
    both = dataclasses.replace(
        base,
        items=(*base.items, *items),
        item_groups=(*base.item_groups, group),
        forms=(*base.forms, form),
        events=events,
    )
    return item_types.joined(both)
