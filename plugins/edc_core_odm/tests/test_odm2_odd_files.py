"""What is odd in a file of ODM 2.0 is told with its line; what cannot be read is refused."""

import pytest
from edc_core_odm.odm2.importer import read
from edc_core_odm.problems import FATAL
from lxml import etree

TWO = pytest.mark.parametrize("odm", ["odm-2.0"], indirect=True)
NS = "{http://www.cdisc.org/ns/odm/v2.0}"
ROOT = 'xmlns="http://www.cdisc.org/ns/odm/v2.0" ODMVersion="2.0" FileType="Snapshot" FileOID="F" CreationDateTime="2026-01-01T00:00:00Z"'
DEFS = (
    '<StudyEventDef OID="E" Name="E" Repeating="Yes" Type="Scheduled"><ItemGroupRef ItemGroupOID="F" Mandatory="Yes"/>'
    '</StudyEventDef><ItemGroupDef OID="F" Name="F" Repeating="No" Type="Form"><ItemGroupRef ItemGroupOID="G" '
    'Mandatory="Yes"/></ItemGroupDef><ItemGroupDef OID="G" Name="G" Repeating="No" Type="Section"><ItemRef ItemOID="I" '
    'Mandatory="Yes"/></ItemGroupDef><ItemDef OID="I" Name="I" DataType="text"/>'
)


def odm_file(definitions=DEFS, data="", *, rest=""):
    """Definitions on line 2, data from line 3, one ItemData per line from line 7."""
    study = f'<Study OID="S" StudyName="S" ProtocolName="P"><MetaDataVersion OID="V" Name="V">{definitions}</MetaDataVersion></Study>'
    clinical = (
        '<ClinicalData StudyOID="S" MetaDataVersionOID="V">\n<SubjectData SubjectKey="1">\n<StudyEventData StudyEventOID="E" '
        f'StudyEventRepeatKey="1">\n<ItemGroupData ItemGroupOID="F"><ItemGroupData ItemGroupOID="G">\n{data}\n'
        "</ItemGroupData></ItemGroupData></StudyEventData></SubjectData></ClinicalData>"
    )
    return f"<ODM {ROOT}>\n{study}\n{clinical if data else ''}{rest}</ODM>"


FRAGMENTS = {
    "Conditional_Repeats.xml": "Its root is MetaDataVersion with 1 Protocol, 1 WorkflowDef and 3 StudyEventDef.",
    "Timing_LZZT_Example_ODM.xml": "Its root is MetaDataVersion with 1 Description, 1 Protocol, 1 WorkflowDef and 8 "
    "StudyEventDef.",
}


@TWO
def test_a_fragment_is_told_in_one_sentence_with_what_it_holds(examples, import_text):
    for path in examples:
        told = [p for p in read([path]).problems if p.code == "ODM051"]
        assert bool(told) == (etree.parse(str(path)).getroot().tag != NS + "ODM")
        if path.name in FRAGMENTS:
            assert told[0].text.endswith(FRAGMENTS[path.name])
            assert read([path]).versions[0].study.oid == path.stem
    study = etree.tostring(etree.fromstring(odm_file()).find(NS + "Study")).decode()
    data = etree.tostring(
        etree.fromstring(odm_file(data='<ItemData ItemOID="I"><Value>x</Value></ItemData>'))[1]
    )
    imported = import_text(study, data)
    assert [p.code for p in imported.problems] == ["ODM051", "ODM051"]
    assert [item.raw for item in imported.subjects[0].forms[0].items] == ["x"]


REFUSED = {
    "odm 1": ('\n<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2"/>', "ODM054", 2),
    "something else": ('<x xmlns="http://www.cdisc.org/ns/odm/v9"/>', "ODM003", 1),
    "a fragment without a study": (
        '\n<ItemDef xmlns="http://www.cdisc.org/ns/odm/v2.0" OID="I"/>',
        "ODM052",
        2,
    ),
    "doctype": (f"\n<!DOCTYPE ODM SYSTEM 'odm.dtd'>\n<ODM {ROOT}/>", "ODM002", 2),
    "entities": (
        f'<!DOCTYPE ODM [<!ENTITY x SYSTEM "file:///etc/passwd">]><ODM {ROOT}>&x;</ODM>',
        "ODM002",
        1,
    ),
    "cut off": (odm_file()[:-30], "ODM001", None),
    "cut off in the data": (
        odm_file(data='<ItemData ItemOID="I"><Value>x</Value></ItemData>')[:-60],
        "ODM001",
        None,
    ),
}


@TWO
@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_its_line(name, import_text):
    text, code, line = REFUSED[name]
    imported = import_text(text)
    assert (imported.versions, imported.subjects) == ((), ())
    fatal = [p for p in imported.problems if p.fatal]
    assert [p.code for p in fatal] == [code]
    assert code in FATAL
    assert line is None or fatal[0].line == line


ODD = {
    "an attribute nobody knows": (odm_file(DEFS.replace('DataType="text"', 'DataType="text" Colour="red"')), "ODM013", 2),
    "a vendor's element": (odm_file(rest='\n<v:x xmlns:v="urn:v"/>'), "ODM010", 4),
    "a vendor's attribute": (odm_file(DEFS.replace("<ItemDef", '<ItemDef v:a="1" xmlns:v="urn:v"')), "ODM011", 2),
    "an element of ODM 1.3": (odm_file(DEFS + '<FormDef OID="X"/>'), "ODM012", 2),
    "no OID": (odm_file(DEFS + "<ItemDef/>"), "ODM014", 2),
    "defined twice": (odm_file(DEFS + '<ItemGroupDef OID="G"/>'), "ODM016", 2),
    "a reference twice": (odm_file(DEFS.replace("</StudyEventDef>", '<ItemGroupRef ItemGroupOID="F"/></StudyEventDef>')), "ODM017", 2),
    "a word of no list": (odm_file(DEFS.replace('Repeating="No" Type="Section"', 'Repeating="Maybe" Type="Section"')), "ODM015", 2),
    "reference data": (odm_file(rest="\n<ReferenceData><ItemGroupData/></ReferenceData>"), "ODM018", 4),
    "not defined": (odm_file(DEFS.replace('ItemRef ItemOID="I"', 'ItemRef ItemOID="J"')), "ODM020", 2),
    "data not defined": (odm_file(data='<ItemData ItemOID="J"><Value>1</Value></ItemData>'), "ODM021", 7),
    "an event without the form": (
        odm_file(DEFS.replace('<ItemGroupRef ItemGroupOID="F" Mandatory="Yes"/></St', "</St"),
                 '<ItemData ItemOID="I"><Value>1</Value></ItemData>'), "ODM055", 6),
    "several values": (odm_file(data='<ItemData ItemOID="I"><Value>1</Value><Value>2</Value></ItemData>'), "ODM053", 7),
    "null and a value": (odm_file(data='<ItemData ItemOID="I" IsNull="Yes"><Value>1</Value></ItemData>'), "ODM035", 7),
    "nothing": (odm_file(data='<ItemData ItemOID="I"/>'), "ODM036", 7),
    "a state nobody knows": (
        odm_file(data='<ItemData ItemOID="I"><Value>1</Value>\n<Query OID="Q" Source="System" State="Lost" '
                 'LastUpdateDatetime="2026-01-01T00:00:00Z"><Value>?</Value></Query></ItemData>'), "ODM041", 8),
    "a part out of order": (
        odm_file(f'\n<WorkflowDef OID="W" Name="W"><WorkflowEnd EndOID="E"/></WorkflowDef>{DEFS}'), "ODM056", 3),
    "a kept part twice": (odm_file(DEFS.replace('DataType="text"/>', 'DataType="text">\n<Prompt><TranslatedText Type="text/plain"/>'
        '</Prompt>\n<Prompt><TranslatedText Type="text/plain"/></Prompt></ItemDef>')), "ODM056", 4),
    "a kept part with an OID of another": (odm_file(f'{DEFS}\n<CommentDef OID="I"><Description><TranslatedText '
        'Type="text/plain"/></Description></CommentDef>'), "ODM056", 3),
    "a kept attribute of no list": (odm_file(DEFS.replace("<ItemRef ", '<ItemRef Core="Maybe" ')), "ODM056", 2),
    "formatting": (
        odm_file(DEFS.replace("</ItemDef>", "").replace('DataType="text"/>', 'DataType="text"><Question>\n<TranslatedText '
                 'Type="text/html"><div xmlns="http://www.w3.org/1999/xhtml">How?</div></TranslatedText></Question></ItemDef>')),
        "ODM018", 3),
    "the record of a query": (
        odm_file(data='<ItemData ItemOID="I"><Value>1</Value>\n<Query OID="Q" Source="System" State="Open" '
                 'LastUpdateDatetime="2026-01-01T00:00:00Z"><Value>?</Value><AuditRecord><UserRef UserOID="U"/><LocationRef '
                 'LocationOID="L"/><DateTimeStamp>2026-01-01T00:00:00Z</DateTimeStamp></AuditRecord></Query></ItemData>'),
        "ODM018", 8),
    "a query for somebody": (
        odm_file(data='<ItemData ItemOID="I"><Value>1</Value>\n<Query OID="Q" Source="System" State="Open" Target="x" '
                 'LastUpdateDatetime="2026-01-01T00:00:00Z"><Value>?</Value></Query></ItemData>'), "ODM018", 8),
}  # fmt: skip


@TWO
@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_is_taken_and_reported_with_its_line(name, import_text, export, valid):
    text, code, line = ODD[name]
    imported = import_text(text)
    assert [p.line for p in imported.problems if p.code == code] == [line], imported.problems
    assert not [p for p in imported.problems if p.fatal]
    valid(export(imported))


@TWO
def test_queries_of_other_systems_come_in_with_every_message_and_in_utc(import_text):
    query = (
        '<Query OID="Q-7" Source="Coding System" Type="Manual" State="{}" LastUpdateDatetime="{}" Name="n"><Value>{}</Value>'
        '<AuditRecord><UserRef UserOID="{}"/><LocationRef LocationOID="L"/>'
        "<DateTimeStamp>2026-01-01T00:00:00Z</DateTimeStamp></AuditRecord></Query>"
    )
    asked = query.format("Open", "2026-01-03T09:00:00.5+09:00", "Which?", "kim")
    answered = query.format("Answered", "2026-01-04T00:00:00Z", "This.", "lee")
    imported = import_text(
        odm_file(data=f'<ItemData ItemOID="I"><Value>x</Value>{asked}{answered}</ItemData>')
    )
    [one] = imported.subjects[0].queries
    found = one.query
    assert (found.query_id, found.state.value, found.source.value, found.author) == (
        "Q-7",
        "Answered",
        "Coder",
        "kim",
    )
    assert [(m.n, m.actor, m.at, m.text, m.state) for m in found.messages] == [
        (1, "kim", "2026-01-03T00:00:00.500000Z", "Which?", "Open"),
        (2, "lee", "2026-01-04T00:00:00Z", "This.", "Answered"),
    ]
    assert str(found.path) == "E[1]/F[1]/G[1]/I"
    assert found.check_oid == ""  # a name of somebody is no check of ours
