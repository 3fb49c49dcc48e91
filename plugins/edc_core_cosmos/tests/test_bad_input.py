"""Damaged files: all problems with their lines, and nothing half-imported."""

import json

import pytest
from edc_core_cosmos.importer import read
from edc_core_cosmos.lined import Lined, NotReadable, read_json
from hypothesis import given
from hypothesis import strategies as st

CT = """codelist_code,codelist,codelist_name,extensible,term_code,term,decode
C66742,NY,No Yes Response,N,C49487,N,No
C66742,NY,No Yes Response,N,C49488,Y,Yes
C74456,LOC,Anatomical Location,Y,C12680,LEG,Leg
"""
CRF = """[
 {"id": "DEMO", "domain": "VS", "name": "Demo",
  "items": [
   {"item": "VSPERF", "order": 1, "type": "text", "q": "Done?", "cl": "C66742"},
   {"item": "VSLOC", "order": 2, "type": "text", "q": "Where?", "cl": "C74456",
    "values": [["LEG", "Leg"]], "sdtm": "VSLOC"}
  ]}
]
"""
DATASET = """,
 {"id": "VSDEMO", "domain": "VS", "vars": [{"var": "VSPOS"}, {"var": "VSLOC"}]}
]
"""
PLAN = """study: LIB
version: "1"
forms:
  - oid: VS
    title: Vital signs
    groups:
      - {name: VS, from: [DEMO]}
"""


@pytest.fixture
def imported(tmp_path):
    def run(crf=CRF, ct=CT, plan=PLAN):
        given_files = {"crf.json": crf, "ct.csv": ct, "plan.yaml": plan}
        for name, text in given_files.items():
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return read([tmp_path / name for name in given_files])

    return run


def places(result):
    return [(p.file, p.line, p.code) for p in result.problems]


def test_whole_files_give_a_version_without_problems(imported):
    result = imported()
    assert not result.problems
    (version,) = result.versions
    assert [item.name for item in version.items] == ["VSPERF", "VSLOC"]
    assert [a.name for item in version.items for a in item.aliases] == ["[NOT SUBMITTED]", "VS.VSLOC"]


@pytest.mark.parametrize(
    ("crf", "line", "code"),
    [
        (CRF.replace('"order": 1,', '"order" 1,'), 4, "COS003"),
        (CRF[:-4], 7, "COS003"),
        (CRF + "x", 9, "COS003"),
        (b"[\n\n\xff]", 3, "COS002"),
        ("{}", 1, "COS006"),
        ("[]", 0, "COS012"),
        ("[1]", 1, "COS008"),
        ("[" * 40 + "]" * 40, 1, "COS003"),
        (CRF.replace('"type": "text", "q": "Where?"', '"q": "Where?"'), 5, "COS007"),
        (CRF.replace('"q": "Where?", ', ""), 5, "COS007"),
        (CRF.replace('"type": "text", "q": "Done?"', '"type": "image", "q": "Done?"'), 4, "COS009"),
        (CRF.replace('"order": 2', '"order": "second"'), 5, "COS008"),
        (CRF.replace('[["LEG", "Leg"]]', '["LEG"]'), 5, "COS008"),
        (CRF.replace('"VSLOC", "order"', '"VSPERF", "order"'), 5, "COS010"),
        (CRF.replace('[["LEG", "Leg"]]', '[["LEG", "Leg"], ["LEG", "Leg"]]'), 5, "COS010"),
        (CRF.replace('"id": "DEMO"', '"id": "DEMO", "id": "DEMO"'), 2, "COS011"),
        (CRF.replace('"cl": "C66742"', '"cl": "C1"'), 4, "COS014"),
        (CRF.replace('"id": "DEMO"', '"id": "DEMO", "dss": "DEMO"'), 0, "COS012"),
        (CRF.replace('"id": "DEMO"', '"id": "DEMO", "dss": "NONE"')[:-2] + DATASET, 2, "COS013"),
        (CRF[:-2] + DATASET.replace('"var": "VSLOC"', '"var": 7'), 9, "COS008"),
        (CRF[:-2] + DATASET.replace("VSLOC", "VSPOS"), 9, "COS010"),
    ],
)
def test_mistake_in_specializations_has_its_line(imported, crf, line, code):
    result = imported(crf)
    assert ("crf.json", line, code) in places(result)
    assert not result.versions


@pytest.mark.parametrize(
    ("ct", "line", "code"),
    [
        ("a,b\n1,2\n", 1, "COS005"),
        (CT + 'C1,"open', 5, "COS005"),
        (CT + "C1,X,X,N,,T,t\n", 5, "COS007"),
        (CT + "C66742,NY,No Yes Response,N,C49488,Y,Yes\n", 5, "COS010"),
        (CT + "C1,X\n", 5, "COS007"),
    ],
)
def test_mistake_in_terminology_has_its_line(imported, ct, line, code):
    result = imported(ct=ct)
    assert ("ct.csv", line, code) in places(result)
    assert not result.versions


FACTOR = '{test: NONE, unit: mg/dL, factor: "10"}'


@pytest.mark.parametrize(
    ("plan", "line", "code"),
    [
        (PLAN + "  - [", 8, "COS004"),
        ("- a\n", 1, "COS006"),
        ("", 1, "COS006"),
        (PLAN.replace("version", "lenght"), 1, "COS017"),
        (PLAN.replace("DEMO", "DMEO"), 7, "COS013"),
        (PLAN.replace("[DEMO]", "[DEMO], leave_out: [VSPOS]"), 7, "COS013"),
        (PLAN.replace("[DEMO]", "[DEMO], columns: [VSPOS]"), 7, "COS013"),
        (PLAN.replace("[DEMO]", f"[DEMO], convert: [{FACTOR}]"), 7, "COS013"),
        (PLAN.replace("[DEMO]", f"[DEMO], convert: [{FACTOR.replace('unit', 'units')}]"), 7, "COS017"),
        (PLAN + "      - {name: VS, from: [DEMO]}\n", 8, "COS010"),
        (PLAN.replace("name: VS, ", ""), 7, "COS007"),
        (PLAN + "other: &a [1]\nmore: *a\n", 8, "COS004"),
    ],
)
def test_mistake_in_an_arrangement_has_its_line(imported, plan, line, code):
    result = imported(plan=plan)
    assert ("plan.yaml", line, code) in places(result)
    assert not result.versions


def test_problems_of_all_files_come_in_one_run(imported):
    result = imported(CRF.replace('"text"', '"image"'), "a,b\n", "- a\n")
    assert places(result) == [
        ("crf.json", 4, "COS009"),
        ("crf.json", 5, "COS009"),
        ("ct.csv", 1, "COS005"),
        ("plan.yaml", 1, "COS006"),
    ]


def test_sponsor_term_is_taken_where_the_list_can_be_extended_and_left_out_elsewhere(imported):
    crf = CRF.replace('["LEG", "Leg"]', '["TAIL", "Tail"]').replace(
        '"cl": "C66742"', '"cl": "C66742", "values": [["Y", "Yes"], ["MAYBE", "Maybe"]]'
    )
    result = imported(crf)
    assert places(result) == [("crf.json", 4, "COS016"), ("crf.json", 5, "COS015")]
    terms = {t.coded_value: t.extended for each in result.versions[0].code_lists for t in each.items}
    assert terms == {"TAIL": True, "Y": False}


def test_file_that_is_not_there_and_one_of_another_kind(tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("hello")
    assert places(read([tmp_path / "none.json", other]))[:2] == [
        ("none.json", 0, "COS001"),
        ("other.txt", 0, "COS006"),
    ]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([None, 2]))
def test_json_is_read_as_the_standard_library_reads_it(value, indent):
    assert read_json(json.dumps(value, indent=indent)) == value


@given(st.text(alphabet='{}[]",: 01e-+.truefalsn\\\n', max_size=30))
def test_no_text_is_read_as_json_that_the_standard_library_refuses(text):
    try:
        expected = json.loads(text)
    except json.JSONDecodeError:
        with pytest.raises(NotReadable):
            read_json(text)
    else:
        assert read_json(text) == expected


def test_a_mapping_knows_its_line():
    found = read_json('[\n{"a": 1},\n\n{"a": {\n"b": 2}}]')
    assert [each.line for each in found] == [2, 4]
    assert isinstance(found[1]["a"], Lined)
