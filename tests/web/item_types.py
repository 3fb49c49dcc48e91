"""A form with the kinds of item that the form of twenty has not: what browser tests enter by keyboard."""

from edc_core.domain.metadata import (
    Alias,
    CodeList,
    CodeListItem,
    DataType,
    FormDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    MeasurementUnit,
    TranslatedText,
    UnitConversion,
)
from tests.rendering.vital_signs import en, item

PLACES = (("KOR", "Korea, Republic of", "대한민국"), ("JPN", "Japan", "일본"), ("DEU", "Germany", "독일"))
COUNTRIES = CodeList(
    "COUNTRIES",
    "COUNTRIES",
    items=(
        *(
            CodeListItem(
                code, TranslatedText((("en", english), ("ko", korean))), aliases=(Alias("iso", code[:2]),)
            )
            for code, english, korean in PLACES
        ),
        CodeListItem("SUN", en("Soviet Union"), retired=True),
        *(CodeListItem(f"X{n:02}", en(f"Territory {n}")) for n in range(60)),
    ),
)
UNITS = (MeasurementUnit("umol/L", "umol/L", en("µmol/L")), MeasurementUnit("mg/dL", "mg/dL", en("mg/dL")))
ITEMS = (
    item("T.COUNTRY", question="Country of birth", code_list_oid="COUNTRIES"),
    item("T.HIDDEN", question="Country of the batch", code_list_oid="COUNTRIES", sensitivity="blinded"),
    item(
        "T.CREAT",
        DataType.FLOAT,
        "Creatinine",
        measurement_unit_oids=("umol/L", "mg/dL"),
        conversions=(UnitConversion("mg/dL", "88.42"),),
        standard_digits=1,
    ),
)
GROUP = ItemGroupDef(
    "IG.TYPES", "TYPES", item_refs=tuple(ItemRef(i.oid) for i in ITEMS), title=en("Kinds of item")
)
FORM = FormDef("TYPES", "TYPES", group_refs=(ItemGroupRef("IG.TYPES"),), title=en("Kinds of item"))
