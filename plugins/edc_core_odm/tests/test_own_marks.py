"""What ODM has no word for goes out in aliases and flags and comes back from them."""

import dataclasses
import json

import pytest
from edc_core_odm.exporter import write
from edc_core_odm.nesting import Nesting, join
from edc_core_odm.own_marks import unescape
from lxml import etree

from edc_core.api import (
    Alias,
    ArmDef,
    AuditRecord,
    CheckExample,
    CodedLevel,
    CodedTerm,
    CodeList,
    CodeListItem,
    Coding,
    CodingState,
    Comparator,
    DataType,
    EpochDef,
    ExportDataset,
    ExportForm,
    ExportItem,
    ExportSubject,
    FileRules,
    FormalExpression,
    FormDef,
    FormRef,
    Include,
    ItemDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemPath,
    ItemRef,
    LabRangeKeys,
    MeasurementUnit,
    MetaDataIndex,
    MetaDataVersion,
    MethodDef,
    Milestone,
    PluginUse,
    Policy,
    Query,
    QueryMessage,
    QuerySource,
    QueryState,
    QueryTemplate,
    RangeCheck,
    ReasonForChange,
    ReviewGroup,
    ReviewMark,
    ReviewRule,
    ReviewState,
    SiteDef,
    Step,
    StudyEventDef,
    StudyEventRef,
    StudyInfo,
    TranslatedText,
    UnitConversion,
    VisitWindow,
)
from edc_core.testing import MemorySink

EN = TranslatedText.of

VERSION = MetaDataVersion(
    "V1",
    "One",
    StudyInfo("S", "Study", "d", "P"),
    events=(StudyEventDef("AE", "Adverse events", repeating=True, form_refs=(FormRef("AE"),), title=EN("Übersicht", "de"),
                          date="AE.DAY", window=VisitWindow("previous(AE, DAY)", "P21D", "P3D", "P1M"), epoch="T", arms=("A", "B \\")),),
    epochs=(EpochDef("T", "Treatment", EN("Behandlung", "de")),),
    arms=(ArmDef("A", "A"), ArmDef("B \\", "B", EN("Arm B"))),
    arm="first(AE, ARM)",
    lab_ranges=LabRangeKeys("LBNAM", "LBDAT", "DM.SEX", "DM.BRTHDAT"),
    review_plan=(ReviewRule(ReviewGroup.SDV, ("AE",), ("I3",), ("01",), 20, "seed"), ReviewRule(ReviewGroup.DM, risks=("low", "high"))),
    milestones=(Milestone("INTERIM", EN("Before the analysis", "en"), EN("I stand for it.", "en"), ("AE",), ("E1",), "lock"), Milestone("BOARD")),
    query_templates=(QueryTemplate(TranslatedText((("en", "Does {value} agree?"), ("ko", "{value} 확인"))), ("AE",)), QueryTemplate(EN("Why?", "en"))),
    event_refs=(StudyEventRef("AE"),),
    forms=(
        FormDef("AE", "AE", group_refs=(ItemGroupRef("OUTER"), ItemGroupRef("TOP", order_number=2)), title=EN("Events", "en"), odm_name="A & E"),
    ),
    item_groups=(
        ItemGroupDef("OUTER", "Outer", repeating=True, item_refs=(ItemRef("I1"),), group_refs=(ItemGroupRef("INNER", mandatory=True, order_number=1),)),
        ItemGroupDef("INNER", "Inner", repeating=True, item_refs=(ItemRef("I2", method_oid="AE"),), columns=("I2",), sas_name="INNER", title=EN("t"), least_rows=1, most_rows=4),
        ItemGroupDef("TOP", "Top", item_refs=(ItemRef("I3"), ItemRef("I4")), layout="grid"),
    ),
    items=(
        ItemDef("I1", "TERM", DataType.TEXT, missing_reasons=("LOST",), widget="area", sensitivity="blinded", exclusive=("NONE", "N/A"), origin="derived", help=EN("hint", "ko")),
        ItemDef(
            "I2",
            "GRADE",
            DataType.TEXT,
            code_list_oid="AE",
            multiple=True,
            odm_name="Grade of it",
            range_checks=(
                RangeCheck(oid="RC1", message=EN("m", "en"), formal_expressions=(FormalExpression("edc", "a < b"),)),
                RangeCheck(oid="RC2"),
                RangeCheck(
                    Comparator.LE,
                    ("3",),
                    oid="RC3",
                    warning=True,
                    protocol="5.2.1",
                    examples=(CheckExample(True, (("GRADE", "4"),)), CheckExample(False, (("GRADE", "~ND"),))),
                ),
            ),
            aliases=(Alias("X", "1"), Alias("X", "2")),
        ),
        ItemDef("I3", "DATE", DataType.PARTIAL_DATE, sas_name="TOOLONGNAME"),
        ItemDef("I4", "NUM", DataType.FLOAT, measurement_unit_oids=("kg",), conversions=(UnitConversion("lb", "0.45359237", countries=("GB", "US")), UnitConversion("F", "5/9", "-160/9")), standard_digits=0, censored=True, anchors=(EN("Low", "en"), EN("높음", "ko"))),
        ItemDef("I5", "SCAN", DataType.TEXT, file=FileRules(("dicom", "pdf"), 200), origin="direct_source"),
        ItemDef("I6", "SENT", DataType.TEXT, origin="transferred", odm_origin="transferred"),
        ItemDef("I7", "CRF", DataType.TEXT, origin="transcribed", odm_origin="CRF page 7"),
        ItemDef("I8", "SAME", DataType.TEXT, odm_origin="collected"),
    ),
    code_lists=(
        CodeList("AE", "c", DataType.BOOLEAN, (CodeListItem("a", EN("A"), retired=True), CodeListItem("b", None, extended=True, order_number=1), CodeListItem("c", EN("C"), order_number=1, rank="x"))),
        CodeList("EMPTY", "e"),
    ),
    measurement_units=(MeasurementUnit("kg", "kilogram", EN("kg")),),
    methods=(MethodDef("AE", "m", "", EN("how")),),
    include=Include("S", "V0"),
    sites=(SiteDef("01", "One", "KR", "Asia/Seoul", ("ko", "en")), SiteDef("02", "Two")),
    plugins=(PluginUse("p", ">=1", "1.2", "ab"),),
    policy=Policy(
        "first_save", "[0-9]+", "digits", "transcribed", "answered", ("RC1", "all"),
        double_entry=("F",), double_entry_share=20,
        reasons=(ReasonForChange("lab", TranslatedText((("en", "Wrong sample"), ("ko", "검체 오류")))), ReasonForChange("other", EN("Other", "en"))),
    ),
    languages=("en", "ko"),
)  # fmt: skip
FORM = ItemPath(Step("AE", "2"), Step("AE"))
INNER = (Step("OUTER", "1.5"), Step("INNER", "2"))


def record(n, raw, value, **more):
    facts = {
        "missing": "",
        "unit": "",
        "reading": "ok",
        "transaction": "Update" if n else "Insert",
        "reason": f"r{n}",
        "source": {},
    }
    return AuditRecord(
        raw=raw, value=value, user="kim", role="CRC", site_number="01", at=f"2026-01-01T00:00:0{n}.000001Z",
        source_id=f"{n}/op", **(facts | more),
    )  # fmt: skip


def item(groups, oid, *history):
    last = history[-1]
    return ExportItem(
        groups, oid, last.raw, last.value, last.missing, last.unit, last.reading, False, history
    )


def dataset(forms, queries=(), versions=(VERSION,), **more):
    subject = ExportSubject(
        "S-1", "01", "enrolled", tuple(forms), tuple(queries), (ItemPath(Step("AE", "7")),), {}
    )
    facts = {
        "study_oid": "S", "study_name": "Study", "environment": "uat", "cut": "abc", "created_at": "2026-01-02T00:00:00.5Z",
        "versions": {v.oid: MetaDataIndex(v) for v in versions}, "sites": {"01": SiteDef("01", "One", "KR", "Asia/Seoul")},
        "users": {"kim": "Kim"}, "subjects": lambda: iter([subject]),
    }  # fmt: skip
    return ExportDataset(**(facts | more))


def written(data):
    sink = MemorySink()
    write(data, sink)
    return sink.files["odm.xml"]


def form(*items, rows=(), status="complete", protection="locked"):
    return ExportForm(FORM, "V1", status, protection, rows, items, {})


@pytest.mark.parametrize("odm", ["odm-1.3.2", "odm-2.0"], indirect=True)
def test_definitions_come_back_whole(odm, valid, import_text):
    data = odm.written(dataset([]))
    valid(data)
    imported = import_text(data)
    assert imported.problems == ()
    assert imported.versions == (VERSION,)
    assert imported.sites == (SiteDef("01", "One", "KR", "Asia/Seoul", ("ko", "en")),)


@pytest.mark.parametrize("odm", ["odm-1.3.2", "odm-2.0"], indirect=True)
def test_two_versions_may_disagree_on_a_unit(odm, valid, import_text):
    other = dataclasses.replace(
        VERSION, oid="V2", measurement_units=(MeasurementUnit("kg", "Kilo", EN("Kilo")),)
    )
    data = odm.written(dataset([], versions=(VERSION, other)))
    valid(data)
    assert import_text(data).versions == (VERSION, other)


@pytest.mark.parametrize("odm", ["odm-1.3.2", "odm-2.0"], indirect=True)
def test_reviews_stand_at_the_value_as_it_is_and_an_import_leaves_them_aside(odm, valid, import_text):
    path = FORM.with_group("TOP", "1").with_item("I3")
    marks = (
        ReviewMark(path, ReviewGroup.SDV, ReviewState.VERIFIED, "", 2),
        ReviewMark(path, ReviewGroup.DM, ReviewState.DROPPED, "", 1, "value"),
    )
    history = (record(0, "2026-01", "2026-01"), record(1, "2026-02", "2026-02"))
    plain = item((Step("TOP"),), "I4", record(0, "1", "1"))._replace(
        reviews=(ReviewMark(path, ReviewGroup.MEDICAL, ReviewState.REQUIRED, "", 1, "person"),)
    )
    data = odm.written(dataset([form(item((Step("TOP"),), "I3", *history)._replace(reviews=marks), plain)]))
    valid(data)
    text = data.decode()
    for kind, state in (("SDV", "verified"), ("DM", "dropped"), ("MEDICAL", "required")):
        assert text.count(f'<FlagValue CodeListOID="CL.EDC.REVIEW_{kind}">{state}</FlagValue>') == 1
    assert text.index("2026-02") < text.index('REVIEW_SDV">verified')
    imported = import_text(data)
    assert imported.problems == ()
    sources = [found.source for found in imported.subjects[0].forms[0].items]
    assert "REVIEW" not in repr(sources)


@pytest.mark.parametrize("odm", ["odm-1.3.2", "odm-2.0"], indirect=True)
def test_a_coding_stands_at_the_value_as_it_is_and_an_import_leaves_it_aside(odm, valid, import_text):
    path = FORM.with_group("TOP", "1").with_item("I3")
    term = CodedTerm("MadeDRA", "1.0", "en", (CodedLevel("LLT", "90000001", 'Zorbly "head" & toe'),))
    coding = Coding(
        path, CodingState.CODED, term, 2, "person", False, "cod", "", 9, "2026-03-04T05:06:07.000008Z"
    )
    history = (record(0, "2026-01", "2026-01"), record(1, "2026-02", "2026-02"))
    data = odm.written(dataset([form(item((Step("TOP"),), "I3", *history)._replace(coding=coding))]))
    valid(data)
    flags = etree.fromstring(data).iterfind(".//{*}FlagValue[@CodeListOID='CL.EDC.CODING']")
    (said,) = [json.loads(unescape(flag.text)) for flag in flags]
    assert (said["state"], said["dictionary"], said["version"]) == ("coded", "MadeDRA", "1.0")
    assert said["levels"] == [{"level": "LLT", "code": "90000001", "term": 'Zorbly "head" & toe'}]
    imported = import_text(data)
    assert imported.problems == ()
    assert "CODING" not in repr([found.source for found in imported.subjects[0].forms[0].items])


@pytest.mark.parametrize("odm", ["odm-1.3.2", "odm-2.0"], indirect=True)
def test_values_marks_and_nesting_come_back(odm, valid, import_text):
    items = [
        item((INNER[0],), "I1", record(0, "first", "first"), record(1, "second\x01\\", "second\x01\\")),
        item(INNER, "I2", record(0, "", None, missing="LOST")),
        item((Step("TOP"),), "I3", record(0, "soon", None, reading="unreadable")),
        item((Step("TOP"),), "I4", record(0, "1,5", "1.5", unit="kg")),
    ]
    path = FORM.with_group("TOP", "1").with_item("I3")
    messages = (
        QueryMessage(1, "Mon", "CRA", "2026-01-01T00:00:00Z", "why <so> \x02?", "Open"),
        QueryMessage(2, "kim", "CRC", "2026-01-02T00:00:00Z", "because", "Answered"),
    )
    queries = [
        Query(
            "q1", path, QueryState.ANSWERED, QuerySource.SITE_MONITOR, "why?", author="Mon", messages=messages
        ),
        Query(
            "q2",
            FORM.with_group("TOP", "1").with_item("NONE"),
            QueryState.OPEN,
            QuerySource.SYSTEM,
            "empty",
            check_oid="EC1",
            finding_key="k",
        ),
        Query("q3", ItemPath(), QueryState.OPEN, QuerySource.OTHER, "subject", recipient="MED"),
    ]
    rows = ((FORM.with_group("OUTER", "9"), True),)
    data = odm.written(dataset([form(*items, rows=rows)], queries))
    valid(data)
    imported = import_text(data)
    assert imported.problems == ()
    subject = imported.subjects[0]
    assert [str(path) for path in subject.events] == ["AE[7]"]
    found = subject.forms[0]
    assert {k: found.source[k] for k in ("status", "protection")} == {
        "status": "complete",
        "protection": "locked",
    }
    assert [(i.path.groups, i.path.item, i.raw, i.missing, i.unit, i.transaction) for i in found.items] == [
        ((INNER[0],), "I1", "first", "", "", "Insert"),
        ((INNER[0],), "I1", "second\x01\\", "", "", "Update"),
        (INNER, "I2", None, "LOST", "", "Insert"),
        ((Step("TOP"),), "I3", "soon", "", "", "Insert"),
        ((Step("TOP"),), "I4", "1,5", "", "kg", "Insert"),
    ]
    assert found.items[1].source["audit"] == {
        "UserRef": "kim", "LocationRef": "01", "DateTimeStamp": "2026-01-01T00:00:01.000001Z", "ReasonForChange": "r1", "SourceID": "1/op",
    }  # fmt: skip
    assert found.rows == (FORM.with_group("OUTER", "9"),)
    assert found.source["groups"]["OUTER[9]"]["removed"] is True
    asked = {one.query.query_id: one.query for one in subject.queries}
    assert set(asked) == {"q1", "q2", "q3"}
    assert all(one.line for one in subject.queries)
    assert dataclasses.replace(asked["q1"], opened_at="", author_role="", text="why?") == queries[0]
    assert asked["q1"].text == messages[0].text
    assert (asked["q1"].opened_at, asked["q1"].author_role) == (messages[0].at, "CRA")
    assert [asked["q2"], asked["q3"]] == queries[1:]
    assert "queries" not in subject.source
    assert subject.source["status"] == "enrolled"


@pytest.mark.parametrize("odm", ["odm-1.3.2", "odm-2.0"], indirect=True)
def test_sixty_four_groups_inside_each_other_come_back(odm, valid, import_text):
    depth = 64
    groups = tuple(
        ItemGroupDef(
            f"G{n}", f"G{n}", repeating=True, item_refs=(ItemRef("I"),) if n == depth else (),
            group_refs=(ItemGroupRef(f"G{n + 1}"),) if n < depth else (),
        )
        for n in range(1, depth + 1)
    )  # fmt: skip
    deep = MetaDataVersion(
        "V1", "One", StudyInfo("S", "Study", "d", "P"),
        events=(StudyEventDef("AE", "AE", repeating=True, form_refs=(FormRef("AE"),)),),
        event_refs=(StudyEventRef("AE"),),
        forms=(FormDef("AE", "AE", group_refs=(ItemGroupRef("G1"),)),),
        item_groups=groups,
        items=(ItemDef("I", "I", DataType.TEXT),),
    )  # fmt: skip
    place = tuple(Step(f"G{n}", str(n % 7 + 1)) for n in range(1, depth + 1))
    data = odm.written(dataset([form(item(place, "I", record(0, "x", "x")))], versions=(deep,)))
    valid(data)
    imported = import_text(data)
    assert imported.problems == ()
    [found] = imported.subjects[0].forms[0].items
    assert (found.path.groups, found.raw) == (place, "x")


def test_a_number_is_written_as_typed_or_canonical(valid):
    items = [
        item((Step("TOP"),), "I4", record(0, "1,5", "1.5")),
        item((Step("TOP"),), "I3", record(0, "2026-03", "2026-03")),
    ]
    data = written(dataset([form(*items)])).decode()
    assert 'ItemOID="I4" Value="1.5"' in data
    assert '<FlagValue CodeListOID="CL.EDC.RAW">1,5</FlagValue>' in data
    assert 'ItemOID="I3" Value="2026-03"' in data


@pytest.mark.parametrize("odm", ["odm-1.3.2", "odm-2.0"], indirect=True)
def test_a_censored_result_is_a_text_with_a_flag_and_comes_back_as_typed(odm, valid, import_text):
    typed = ("<0.5", "< 0,5", "0.5")
    items = [
        item((Step("TOP", str(n)),), "I4", record(0, raw, raw.replace(" ", "").replace(",", ".")))
        for n, raw in enumerate(typed, 1)
    ]
    data = odm.written(dataset([form(*items)]))
    valid(data)
    text = data.decode()
    assert text.count("&lt;0.5") == 2
    assert text.count('<FlagValue CodeListOID="CL.EDC.READING">censored</FlagValue>') == 2
    assert [i.raw for i in import_text(data).subjects[0].forms[0].items] == list(typed)


@pytest.mark.parametrize("odm", ["odm-1.3.2", "odm-2.0"], indirect=True)
def test_the_file_is_a_snapshot_until_something_was_changed(odm, valid):
    once, twice = (
        item((Step("TOP"),), "I4", record(0, "1", "1")),
        item((Step("TOP"),), "I4", record(0, "1", "1"), record(1, "2", "2")),
    )
    snapshot = odm.written(dataset([form(once)]))
    assert b'FileType="Snapshot"' in snapshot
    assert b"TransactionType" not in snapshot
    changed = odm.written(dataset([form(twice)]))
    valid(changed)
    assert b'FileType="Transactional"' in changed
    assert changed.count(b"<ODM ") == 1


def test_struck_rows_and_removed_forms_go_out_as_removed(valid):
    struck = item((Step("OUTER", "1"),), "I1", record(0, "x", "x"))._replace(removed=True)
    data = written(dataset([form(struck)]))
    valid(data)
    assert b'<ItemGroupData ItemGroupOID="OUTER" ItemGroupRepeatKey="1" TransactionType="Remove">' in data
    gone = written(dataset([form(struck, status="removed")]))
    valid(gone)
    assert b'FormRepeatKey="1" TransactionType="Remove"' in gone


def test_no_foreign_namespace_stands_in_an_export():
    data = written(dataset([]))
    assert data.count(b"xmlns") == 1


def test_the_way_to_a_group_is_stated_where_its_key_could_mean_two():
    twice = dataclasses.replace(
        VERSION, forms=(FormDef("AE", "AE", group_refs=(ItemGroupRef("OUTER"), ItemGroupRef("INNER"))),)
    )
    assert Nesting(twice).is_ambiguous("AE", INNER)
    assert not Nesting(VERSION).is_ambiguous("AE", INNER)
    assert Nesting(VERSION).split(FORM, "INNER", join(INNER), "") == INNER
