"""The terminology of an installation: read as NCI EVS publishes it, refused with the lines that are wrong."""

import hashlib

import pytest
from edc_core_sdtm.dispositions import category_of
from edc_core_sdtm.releases import chosen
from edc_core_sdtm.standard import standard
from edc_core_sdtm.terminology import HEADER, NO_TERMINOLOGY
from lxml import etree

from edc_core.api import BadRequest
from tests.plugins.sdtm.terms import ROWS

NAMES = {"o": "http://www.cdisc.org/ns/odm/v1.3", "d": "http://www.cdisc.org/ns/def/v2.1"}
ANSWERS = {("SCR", "VS", "VSDAT"): "2026-03-02", ("SCR", "VS", "TEMP"): "37.1"}


@pytest.fixture
def terminology(settings):
    """What a study that states nothing gets of the installation."""
    return lambda: chosen({}, settings)


def test_lists_and_terms_are_read_with_release_and_digest(installed, terminology):
    file = installed(*ROWS)
    found = terminology()
    assert found.release == "2026-03-27"
    assert found.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (found.code_lists["C66741"].name, found.code_lists["C66741"].is_extensible) == ("VSTESTCD", True)
    assert dict(found.terms_of("C66741")) == {"TEMP": "C900001"}
    assert standard().domains["VS"].tests(found) == {"TEMP": "Made Temperature"}


def test_the_release_of_a_file_may_be_said_in_a_setting(installed, terminology, settings):
    installed(*ROWS, name="terms.txt")
    with pytest.raises(BadRequest, match="EDC_SDTM_TERMINOLOGY_RELEASE"):
        terminology()
    settings["TERMINOLOGY_RELEASE"] = "2024-09-27"
    assert terminology().release == "2024-09-27"


def test_a_file_that_was_changed_is_read_again(installed, terminology):
    file = installed(*ROWS)
    first = terminology()
    assert terminology() is first
    file.write_text(file.read_text("utf-8").replace("Made", "Newly Made"), "utf-8")
    assert terminology().sha256 != first.sha256


def test_every_wrong_line_is_named(installed, terminology):
    installed(
        *ROWS,
        ("C900002", "C999999", "", "", "X", "", "", ""),
        ("C900001", "C66741", "", "", "TEMP", "", "", ""),
        ("C66742", "", "perhaps", "", "NY", "", "", ""),
        ("short", ""),
        ("no code", "C66741", "", "", "Y", "", "", ""),
    )
    with pytest.raises(BadRequest) as refused:
        terminology()
    lines = str(refused.value).splitlines()[1:]
    assert [line.partition(":")[0] for line in lines] == [f"line {n}" for n in range(6, 11)]


@pytest.mark.parametrize(("rows", "header"), [(ROWS, ("Code", "Name")), ((), HEADER)])
def test_what_is_no_terminology_is_refused(installed, terminology, rows, header):
    installed(*rows, header=header)
    with pytest.raises(BadRequest, match="SDTM Terminology 2026"):
        terminology()


def test_a_file_that_is_not_there_is_refused(tmp_path, settings, terminology):
    settings["TERMINOLOGY"] = str(tmp_path / "2026-03-27.txt")
    with pytest.raises(BadRequest, match="cannot be read"):
        terminology()


def test_dispositions_have_categories_without_it(terminology):
    assert terminology() is NO_TERMINOLOGY
    assert category_of("INFORMED CONSENT OBTAINED", NO_TERMINOLOGY) == "PROTOCOL MILESTONE"
    assert category_of("DEATH", NO_TERMINOLOGY) == "DISPOSITION EVENT"
    assert category_of("TREATMENT UNBLINDED", NO_TERMINOLOGY) == "OTHER EVENT"
    assert category_of("A TERM OF THE SPONSOR", NO_TERMINOLOGY) == ""


def test_an_export_without_it_says_that_terms_were_not_checked(index, a_subject, export):
    made = export(index, a_subject(index, ANSWERS))
    define = etree.fromstring(made.files["define.xml"])
    assert [s.get("Type") for s in define.iterfind(".//d:Standard", NAMES)] == ["IG"]
    assert made.files["findings.json"].count(b"S206") == 1
    assert b"S202" not in made.files["findings.json"]
    assert made.sources == {}


def test_an_export_with_it_states_release_and_digest(index, a_subject, export, installed):
    file = installed(*ROWS)
    made = export(index, a_subject(index, ANSWERS))
    define = etree.fromstring(made.files["define.xml"])
    (stated,) = (s for s in define.iterfind(".//d:Standard", NAMES) if s.get("Type") == "CT")
    assert stated.get("Version") == "2026-03-27"
    comment = stated.get(f"{{{NAMES['d']}}}CommentOID")
    text = "".join(define.find(f".//d:CommentDef[@OID='{comment}']", NAMES).itertext())
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert digest in text
    assert made.sources == {"CDISC SDTM terminology 2026-03-27": digest}
    assert b"S206" not in made.files["findings.json"]
    assert b"S208" in made.files["findings.json"]
    assert [r["VSTEST"] for r in made.rows("VS") if r["VSTESTCD"] == "TEMP"] == ["Made Temperature"]
