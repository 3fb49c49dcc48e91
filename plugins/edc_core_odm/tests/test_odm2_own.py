"""What no ODM has a word for, in a file of ODM 2.0 and back."""

import pytest
from lxml import etree

from edc_core.api import (
    EDC_LANGUAGE,
    ArmDef,
    ConditionDef,
    DataType,
    EpochDef,
    ExportDataset,
    FormalExpression,
    FormDef,
    FormRef,
    ItemDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    LabRangeKeys,
    MetaDataIndex,
    MetaDataVersion,
    MethodDef,
    RangeCheck,
    StudyEventDef,
    StudyEventRef,
    StudyInfo,
    TranslatedText,
    VisitWindow,
)

NS = "{http://www.cdisc.org/ns/odm/v2.0}"


TWO = pytest.mark.parametrize("odm", ["odm-2.0"], indirect=True)


def own(code):
    return (FormalExpression(EDC_LANGUAGE, code),)


@TWO
def test_our_own_expressions_stand_in_the_file_and_come_back(odm, valid, import_text):
    version = MetaDataVersion(
        "V", "V", StudyInfo("S", "S", protocol_name="P"),
        events=(StudyEventDef("E", "E", form_refs=(FormRef("F"),), title=TranslatedText.of("E"), date="F.I",
                              window=VisitWindow("F.I", "-P28D", after="P27D"), epoch="T", arms=("A",), study_level=True),),
        epochs=(EpochDef("T", "Treatment", TranslatedText.of("Behandlung", "de")),),
        arms=(ArmDef("A", "A"),),
        arm="F.I",
        lab_ranges=LabRangeKeys("LBNAM", "LBDAT", "DM.SEX", "DM.BRTHDAT"),
        languages=("de",),
        event_refs=(StudyEventRef("E"),),
        forms=(FormDef("F", "F", group_refs=(ItemGroupRef("G", condition_oid="C"),), title=TranslatedText.of("F")),),
        item_groups=(ItemGroupDef("G", "G", item_refs=(ItemRef("I", method_oid="M", condition_oid="C"),)),),
        items=(ItemDef("I", "I", DataType.FLOAT, range_checks=(
            RangeCheck(oid="R", formal_expressions=own("I < 2 and I > 1"), warning=True, protocol="4.1"),)),),
        conditions=(ConditionDef("C", "C", expressions=own("I = 'a'")),),
        methods=(MethodDef("M", "M", "Computation", expressions=own("J & K")),),
    )  # fmt: skip
    dataset = ExportDataset(
        "S", "S", "live", {"V": MetaDataIndex(version)}, "c", "2026-01-01T00:00:00Z", {}, {}, lambda: iter(())
    )
    data = odm.written(dataset)
    valid(data)
    root = etree.fromstring(data)
    assert {
        (e.getparent().tag.removeprefix(NS), e.get("Context"), e.findtext(NS + "Code"))
        for e in root.iter(NS + "FormalExpression")
    } == {
        ("RangeCheck", EDC_LANGUAGE, "I < 2 and I > 1"),
        ("ConditionDef", EDC_LANGUAGE, "I = 'a'"),
        ("MethodDef", EDC_LANGUAGE, "J & K"),
    }
    imported = import_text(data)
    assert imported.problems == ()
    assert imported.versions == (version,)
