"""Files that must be refused, and files that are odd: each with its code and its line."""

import re
from pathlib import Path

import pytest
from edc_core_odm.importer import read
from edc_core_odm.problems import CODES, FATAL
from edc_core_odm.safe_xml import recognises

NS = 'xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2" FileType="Snapshot" FileOID="F" CreationDateTime="2024-01-01T00:00:00Z"'
STUDY = (
    '<Study OID="S"><GlobalVariables><StudyName>S</StudyName><StudyDescription/><ProtocolName>P</ProtocolName>'
    '</GlobalVariables><MetaDataVersion OID="V" Name="V">{}</MetaDataVersion></Study>'
)
DEFS = (
    '<Protocol><StudyEventRef StudyEventOID="E" Mandatory="Yes"/></Protocol>'
    '<StudyEventDef OID="E" Name="E" Repeating="Yes" Type="Scheduled"><FormRef FormOID="F" Mandatory="Yes"/></StudyEventDef>'
    '<FormDef OID="F" Name="F" Repeating="No"><ItemGroupRef ItemGroupOID="G" Mandatory="Yes"/></FormDef>'
    '<ItemGroupDef OID="G" Name="G" Repeating="No"><ItemRef ItemOID="I" Mandatory="Yes"/></ItemGroupDef>'
    '<ItemDef OID="I" Name="I" DataType="text"/>'
)
DATA = (
    '<ClinicalData StudyOID="S" MetaDataVersionOID="V">\n<SubjectData SubjectKey="1">\n<StudyEventData StudyEventOID="E" '
    'StudyEventRepeatKey="1">\n<FormData FormOID="F">\n<ItemGroupData ItemGroupOID="G">\n{}\n</ItemGroupData></FormData>'
    "</StudyEventData></SubjectData></ClinicalData>"
)


def odm(*parts):
    return f"<ODM {NS}>\n{''.join(parts)}</ODM>"


LAUGHS = '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">'

REFUSED = {
    "empty": ("", "ODM001", 0),
    "truncated": ("<ODM " + NS + ">\n<Study OID='S'>\n", "ODM001", 3),
    "no xml": ("PK\x03\x04 this is a zip", "ODM001", 1),
    "html": ("<html><body/></html>", "ODM003", 1),
    "define": ('\n<Define xmlns="http://www.cdisc.org/ns/odm/v1.3"/>', "ODM003", 2),
    "odm 2": ('\n<ODM xmlns="http://www.cdisc.org/ns/odm/v2.0" ODMVersion="2.0"/>', "ODM004", 2),
    "doctype": ('<?xml version="1.0"?>\n\n<!DOCTYPE ODM SYSTEM "odm.dtd">\n<ODM/>', "ODM002", 3),
    "billion laughs": (f"<!DOCTYPE ODM [{LAUGHS}]><ODM {NS}>&b;</ODM>", "ODM002", 1),
    "external entity": (
        f'<?xml version="1.0"?>\n<!-- a comment\n with <!DOCTYPE in it -->\n<!DOCTYPE ODM [<!ENTITY x SYSTEM "file:///etc/passwd">]><ODM {NS}>&x;</ODM>',
        "ODM002",
        4,
    ),
    "wrong encoding": (b'<?xml version="1.0" encoding="UTF-8"?>\n<ODM Description="\xc7\xd1"/>', "ODM005", 2),
    "unknown encoding": ('<?xml version="1.0" encoding="KLINGON-8"?>\n<ODM/>', "ODM005", 1),
    "undefined entity": (odm("\n&nbsp;"), "ODM001", 3),
    "two roots": (odm() + "<ODM/>", "ODM001", 2),
    "a text past the limit": (
        odm(STUDY.format(DEFS), DATA.format(f'<ItemData ItemOID="I" Value="{"x" * 10_500_000}"/>')),
        "ODM042",
        None,
    ),
    "too deep": (odm(STUDY.format(DEFS), "\n" + "<a>" * 300 + "</a>" * 300), "ODM042", 3),
    "control character": (odm("\n\x01"), "ODM001", 3),
    "control reference": (odm("\n&#1;"), "ODM001", 3),
    "NUL reference": (odm("\n&#0;"), "ODM001", 3),
    "half a character": (odm("\n&#xD800;"), "ODM001", 3),
    "attribute twice": (odm('\n<ItemData ItemOID="I" ItemOID="I"/>'), "ODM001", 3),
    "doctype in UTF-16": (
        f'<?xml version="1.0" encoding="UTF-16"?>\n<!DOCTYPE ODM [{LAUGHS}]>{odm("&b;")}'.encode("utf-16"),
        "ODM002",
        2,
    ),
    "UTF-8 said to be UTF-16": (('<?xml version="1.0" encoding="UTF-16"?>' + odm()).encode(), "ODM005", 1),
    "EBCDIC": (('<?xml version="1.0" encoding="cp037"?>' + odm()).encode("cp037"), "ODM005", 1),
    "UTF-32": (('<?xml version="1.0" encoding="UTF-32"?>' + odm()).encode("utf-32"), "ODM001", 1),
    "unbound prefix after data": (odm(STUDY.format(DEFS), DATA.format("<ItemData")), "ODM001", None),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_its_line(name, import_text):
    text, code, line = REFUSED[name]
    imported = import_text(text)
    assert imported.versions == ()
    assert imported.subjects == ()
    fatal = [p for p in imported.problems if p.fatal]
    assert [p.code for p in fatal] == [code]
    assert line is None or fatal[0].line == line
    assert fatal[0].code in FATAL


def test_a_missing_file_is_a_problem_not_a_crash(tmp_path):
    assert [p.code for p in read([tmp_path / "none.xml"]).problems] == ["ODM008"]


def test_one_unreadable_file_refuses_the_whole_import(import_text):
    imported = import_text(odm(STUDY.format(DEFS)), "<ODM")
    assert imported.versions == ()
    assert {p.file for p in imported.problems if p.fatal} == {"odm1.xml"}


ODD = {
    "no namespace": (
        '<ODM ODMVersion="1.3.2">'
        + STUDY.format(DEFS)
        + DATA.format('<ItemData ItemOID="I" Value="x"/>')
        + "</ODM>",
        "ODM006",
    ),
    "odd namespace": (
        '<ODM xmlns="http://example.org/odm" ODMVersion="1.3">' + STUDY.format(DEFS) + "</ODM>",
        "ODM006",
    ),
    "no version": (odm(STUDY.format(DEFS)).replace(' ODMVersion="1.3.2"', ""), "ODM007"),
    "nothing in it": (odm(), "ODM009"),
    "vendor attribute": (
        odm(
            STUDY.format(DEFS), DATA.format('<ItemData xmlns:m="urn:m" ItemOID="I" Value="x" m:Lock="Yes"/>')
        ),
        "ODM011",
    ),
    "vendor element": (
        odm(STUDY.format(DEFS), DATA.format('<ItemData ItemOID="I" Value="x"><q xmlns="urn:m"/></ItemData>')),
        "ODM010",
    ),
    "unknown element": (odm(STUDY.format(DEFS), DATA.format("<Bogus/>")), "ODM012"),
    "unknown attribute": (
        odm(STUDY.format(DEFS), DATA.format('<ItemData ItemOID="I" Value="x" Bogus="1"/>')),
        "ODM013",
    ),
    "no ItemOID": (odm(STUDY.format(DEFS), DATA.format('<ItemData Value="x"/>')), "ODM014"),
    "no OID": (odm(STUDY.format('<FormDef Name="F" Repeating="No"/>')), "ODM014"),
    "unknown type": (odm(STUDY.format('<ItemDef OID="I" Name="I" DataType="quantum"/>')), "ODM015"),
    "bad number": (odm(STUDY.format('<ItemDef OID="I" Name="I" DataType="text" Length="long"/>')), "ODM015"),
    "duplicate OID": (odm(STUDY.format(DEFS + '<ItemDef OID="I" Name="J" DataType="text"/>')), "ODM016"),
    "duplicate code": (
        odm(
            STUDY.format(
                '<CodeList OID="C" Name="C" DataType="text"><EnumeratedItem CodedValue="1"/><EnumeratedItem CodedValue="1"/></CodeList>'
            )
        ),
        "ODM017",
    ),
    "reference data": (
        odm(STUDY.format(DEFS), '<ReferenceData StudyOID="S" MetaDataVersionOID="V"/>'),
        "ODM018",
    ),
    "dangling reference": (
        odm(
            STUDY.format(
                '<ItemGroupDef OID="G" Name="G" Repeating="No"><ItemRef ItemOID="I" Mandatory="No"/></ItemGroupDef>'
            )
        ),
        "ODM020",
    ),
    "undefined item": (odm(STUDY.format(DEFS), DATA.format('<ItemData ItemOID="J" Value="x"/>')), "ODM021"),
    "include of nothing": (odm(STUDY.format('<Include StudyOID="S" MetaDataVersionOID="none"/>')), "ODM022"),
    "include of itself": (odm(STUDY.format('<Include StudyOID="S" MetaDataVersionOID="V"/>')), "ODM022"),
    "unknown version": (
        odm(
            STUDY.format(DEFS), DATA.replace('OID="V"', 'OID="W"').format('<ItemData ItemOID="I" Value="x"/>')
        ),
        "ODM023",
    ),
    "unknown site": (
        odm(
            STUDY.format(DEFS),
            DATA.replace(
                '<SubjectData SubjectKey="1">', '<SubjectData SubjectKey="1"><SiteRef LocationOID="X"/>'
            ).format(""),
        ),
        "ODM024",
    ),
    "id leads nowhere": (
        odm(
            STUDY.format(DEFS),
            DATA.format('<ItemDataString ItemOID="I" AuditRecordID="A">x</ItemDataString>'),
        ),
        "ODM033",
    ),
    "no repeat key": (
        odm(
            STUDY.format(DEFS),
            DATA.replace(' \nStudyEventRepeatKey="1"', "").replace('StudyEventRepeatKey="1"', "").format(""),
        ),
        "ODM034",
    ),
    "null with value": (
        odm(STUDY.format(DEFS), DATA.format('<ItemData ItemOID="I" IsNull="Yes" Value="x"/>')),
        "ODM035",
    ),
    "neither value nor null": (odm(STUDY.format(DEFS), DATA.format('<ItemData ItemOID="I"/>')), "ODM036"),
    "an item twice in a snapshot": (
        odm(STUDY.format(DEFS), DATA.format('<ItemData ItemOID="I" Value="x"/>\n' * 2)),
        "ODM037",
    ),
    "inclusion of another file": (
        odm(
            STUDY.format(DEFS),
            DATA.format(
                '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
            ),
        ),
        "ODM010",
    ),
    "groups in groups": (
        odm(
            STUDY.format(DEFS),
            DATA.format('<ItemGroupData ItemGroupOID="G">' * 64 + "</ItemGroupData>" * 64),
        ),
        "ODM012",
    ),
    "data outside of ClinicalData": (odm(STUDY.format(DEFS), '<SubjectData SubjectKey="1"/>'), "ODM012"),
    "an element beside the data": (
        odm(STUDY.format(DEFS), DATA.format('<ItemData ItemOID="I" Value="x"/>'), '<x xmlns="urn:m"/>'),
        "ODM010",
    ),
    "own alias broken": (
        odm(
            STUDY.format(
                '<ItemDef OID="I" Name="I" DataType="text"><Alias Context="EDC.help" Name="{"/></ItemDef>'
            )
        ),
        "ODM041",
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_is_taken_and_reported_with_its_line(name, import_text, export, valid):
    text, code = ODD[name]
    imported = import_text(text)
    found = [p for p in imported.problems if p.code == code]
    assert found, imported.problems
    assert found[0].line > 0
    assert not any(p.fatal for p in imported.problems)
    if imported.versions:
        valid(export(imported))


def test_lines_are_right_past_the_sixteen_bit_limit(import_text):
    padding = "\n" * 70_000
    imported = import_text(
        odm(STUDY.format(DEFS), padding, DATA.format('<ItemData ItemOID="J" Value="x"/>\n' * 3))
    )
    item = imported.subjects[0].forms[0].items[0]
    assert item.line == 70_007
    assert next(p for p in imported.problems if p.code == "ODM021").line == 70_007


def test_values_stand_in_no_problem_text(import_text):
    imported = import_text(
        odm(STUDY.format(DEFS), DATA.format('<ItemData ItemOID="I" Value="SECRET" IsNull="Yes"/>'))
    )
    assert all("SECRET" not in p.text for p in imported.problems)


def test_definitions_and_data_may_come_in_two_files_in_any_order(import_text):
    data = odm(DATA.format('<ItemData ItemOID="I" Value="x"/>'))
    for files in ((odm(STUDY.format(DEFS)), data), (data, odm(STUDY.format(DEFS)))):
        imported = import_text(*files)
        assert imported.problems == ()
        assert [i.raw for s in imported.subjects for f in s.forms for i in f.items] == ["x"]


def test_data_without_definitions_refer_to_a_study_that_is_known_elsewhere(import_text):
    imported = import_text(odm(DATA.format('<ItemData ItemOID="I" Value="x"/>')))
    assert imported.versions == ()
    assert imported.problems == ()
    assert (imported.subjects[0].study_oid, imported.subjects[0].meta_data_version) == ("S", "V")


def test_a_study_after_its_data_is_found(import_text):
    imported = import_text(odm(DATA.format('<ItemData ItemOID="I" Value="x"/>'), STUDY.format(DEFS)))
    assert [v.oid for v in imported.versions] == ["V"]
    assert imported.problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "euc-kr", "shift_jis", "iso-8859-1"])
def test_encodings(encoding, import_text):
    name = "Müller" if encoding == "iso-8859-1" else "ASCII" if encoding == "shift_jis" else "서울"
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n' + odm(
        STUDY.format(DEFS).replace("<StudyName>S", f"<StudyName>{name}")
    )
    assert import_text(text.encode(encoding)).versions[0].study.name == name


@pytest.mark.parametrize(
    "encoded",
    [
        b"\xef\xbb\xbf" + odm(STUDY.format(DEFS), DATA.format('<ItemData ItemOID="I" Value="\xe9"/>')).encode(),
        ('<?xml version="1.0" encoding="UTF-16LE"?>' + odm(STUDY.format(DEFS), DATA.format('<ItemData ItemOID="I" Value="\xe9"/>'))).encode("utf-16-le"),
    ],
)  # fmt: skip
def test_marks_of_byte_order_are_no_part_of_the_file(encoded, import_text):
    imported = import_text(encoded)
    assert imported.problems == ()
    assert [i.raw for s in imported.subjects for f in s.forms for i in f.items] == ["\xe9"]


def test_every_line_of_an_item_of_a_transactional_file_is_taken_and_a_repeat_in_a_snapshot_told(import_text):
    text = odm(
        STUDY.format(DEFS),
        DATA.format('<ItemData ItemOID="I" Value="a"/>\n<ItemData ItemOID="I" Value="b"/>'),
    )
    for kind, codes in (("Snapshot", {("ODM037", 8)}), ("Transactional", set())):
        imported = import_text(text.replace('"Snapshot"', f'"{kind}"'))
        assert {(p.code, p.line) for p in imported.problems} == codes
        assert [i.raw for i in imported.subjects[0].forms[0].items] == ["a", "b"]


def test_the_reference_lists_exactly_the_codes_of_the_importer():
    text = (Path(__file__).parents[3] / "docs" / "reference" / "odm-problems.md").read_text()
    rows = dict(re.findall(r"^\| (ODM\d+) \| (.+?) \|", text, re.MULTILINE))
    assert rows == CODES
    assert {
        code
        for code, rest in re.findall(r"^\| (ODM\d+) \|.*\| (yes|no) \|$", text, re.MULTILINE)
        if rest == "yes"
    } == FATAL


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("a.xml", b'<?xml version="1.0"?><ODM xmlns="http://www.cdisc.org/ns/odm/v1.3">', True),
        (
            "a.xml",
            '<?xml version="1.0" encoding="UTF-16"?><ODM xmlns="http://www.cdisc.org/ns/odm/v1.3">'.encode(
                "utf-16"
            ),
            True,
        ),
        ("a.xml", b'<odm:ODM xmlns:odm="http://www.cdisc.org/ns/odm/v1.2">', True),
        ("a.xml", b"<ODM>", True),
        ("a.xml", b'<ODM xmlns="http://www.cdisc.org/ns/odm/v2.0">', False),
        ("a.csv", b"a,b\n1,2", False),
        (
            "redcap.xml",
            b'<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:redcap="https://projectredcap.org">',
            False,
        ),
        (
            "define.xml",
            b'<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1">',
            False,
        ),
    ],
)
def test_the_format_is_recognised_by_its_beginning(name, head, expected):
    assert recognises(name, head) is expected


@pytest.mark.parametrize(
    ("odm", "name"),
    [("odm-1.3.2", "files/two_versions.xml"), ("odm-2.0", "files_2/rich.xml")],
    indirect=["odm"],
)
def test_a_file_of_what_changed_is_told_from_a_whole_one(import_text, name):
    text = (Path(__file__).parent / name).read_text()
    codes = [
        {problem.code for problem in import_text(one).problems}
        for one in (text, text.replace(" FileOID=", ' PriorFileOID="F.0" FileOID=', 1))
    ]
    assert codes[1] - codes[0] == {"ODM058"}
