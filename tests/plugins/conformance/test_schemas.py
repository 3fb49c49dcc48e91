"""Files against schemas: the ones of the standards are the installation's, those here are small."""

import json

from edc_core_conformance.schemas import define_engine, json_engine

from edc_core.api import CheckedStudy

XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="ODM"><xs:complexType>
<xs:attribute name="FileOID" use="required"/></xs:complexType></xs:element></xs:schema>"""


def looked(engine, folder):
    return engine.check(folder, CheckedStudy("DEMO-01"), lambda done, of: None)


def test_without_the_schema_it_is_not_run_and_says_so(tmp_path):
    (tmp_path / "define.xml").write_text("<ODM/>")
    (rules,) = looked(define_engine({}), tmp_path).rule_sets
    assert (rules.state, "EDC_CONFORMANCE_DEFINE_XSD" in rules.why) == ("not run", True)


def test_what_breaks_the_xsd_is_named_with_its_line(tmp_path):
    schema = tmp_path / "own.xsd"
    schema.write_text(XSD)
    settings = {"EDC_CONFORMANCE_DEFINE_XSD": str(schema)}
    data = tmp_path / "data"
    data.mkdir()
    (data / "define.xml").write_text('\n<ODM FileOID="1"/>')
    report = looked(define_engine(settings), data)
    assert ([one.state for one in report.rule_sets], report.findings) == (["run"], ())
    (data / "define.xml").write_text("\n\n<ODM/>")
    (finding,) = looked(define_engine(settings), data).findings
    assert (finding.dataset, finding.severity) == ("define.xml", "error")
    assert finding.text.startswith("Line 3:")
    assert "FileOID" in finding.text


def test_what_breaks_the_json_schema_is_named_with_its_place(tmp_path):
    schema = tmp_path / "own.json"
    schema.write_text(json.dumps({"type": "object", "properties": {"records": {"type": "integer"}}}))
    data = tmp_path / "data"
    data.mkdir()
    engine = json_engine({"EDC_CONFORMANCE_DATASET_JSON_SCHEMA": str(schema)})
    assert looked(engine, data).rule_sets == (), "a package without such files is not asked"
    (data / "dm.json").write_text('{"records": "two"}')
    (finding,) = looked(engine, data).findings
    assert (finding.dataset, finding.rule, finding.text.partition(":")[0]) == ("DM", "type", "$.records")
