"""Define-XML names the pages of the annotated CRF on which the print, read back, has the annotations."""

import io
import re
from collections import defaultdict

import pypdf
import pytest
from edc_core_crf_pdf.exporter import annotated_crf
from lxml import etree

NAMES = {"o": "http://www.cdisc.org/ns/odm/v1.3", "d": "http://www.cdisc.org/ns/def/v2.1"}
ANSWERS = {
    ("SCR", "CONSENT", "RFICDAT"): "2026-03-01T09:30", ("RAND", "RAND", "ARM"): "SC", ("C1D1", "EX-TRA", "ECOCCUR"): "Y",
    ("C1D1", "EX-TRA", "ECSTDAT"): "2026-03-10", ("C1D1", "EX-TRA", "ECDOSE"): "600.0", ("SCR", "DM", "RACE"): "ASIAN;WHITE",
    ("SCR", "VS", "VSDAT"): "2026-03-02", ("SCR", "VS", "TEMP"): "98.6@F", ("SCR", "VS", "WEIGHT"): "61.5",
    ("LOGS", "AE", "AETERM", 1): "Fever", ("LOGS", "AE", "AESI", 1): "CARDIAC",
}  # fmt: skip
WHEN = re.compile(r"(?P<variable>[A-Z]{2}\w+) when (?P<domain>[A-Z]{2})TESTCD = (?P<test>\w+)")


@pytest.fixture(scope="module")
def printed(index):
    """The annotated CRF of HERSC-301, printed once."""
    return annotated_crf(index.version)


@pytest.fixture
def exported(index, a_subject, export, printed):
    return export(index, a_subject(index, ANSWERS), annotated_crf=lambda version: printed)


@pytest.fixture
def define(exported):
    return etree.fromstring(exported.files["define.xml"])


@pytest.fixture(scope="module")
def on_page(printed):
    """What stands in comments of the PDF: (dataset, words) to pages."""
    found = defaultdict(set)
    for number, page in enumerate(pypdf.PdfReader(io.BytesIO(printed.pdf)).pages, 1):
        for comment in page.get("/Annots", ()):
            said = comment.get_object()
            if said["/Subtype"] == "/FreeText":
                found[said["/Subj"], said["/Contents"]].add(number)
    return found


def pages(define, oid):
    """The pages of an origin; None where it is not one that is collected."""
    origin = define.find(f".//o:ItemDef[@OID='{oid}']/d:Origin", NAMES)
    if origin.get("Type") != "Collected":
        return None
    ref = origin.find("d:DocumentRef/d:PDFPageRef", NAMES)
    assert ref.get("Type") == "PhysicalRef"
    return [int(page) for page in ref.get("PageRefs").split()]


def test_a_variable_is_on_the_pages_that_are_named_and_on_no_others(define, on_page):
    looked_at = 0
    for group in define.iterfind(".//o:ItemGroupDef", NAMES):
        name = group.get("Name")
        for ref in group.iterfind("o:ItemRef", NAMES):
            variable = ref.get("ItemOID").rpartition(".")[2]
            named = pages(define, ref.get("ItemOID")) if not name.startswith("SUPP") else None
            if named is None:
                continue
            asked = {
                page
                for (dataset, words), where in on_page.items()
                if dataset == name and re.match(rf"{variable}( when .*)?$", words)
                for page in where
            }
            assert named == sorted(asked), (name, variable)
            looked_at += 1
    assert looked_at > 30


def test_the_results_of_a_test_are_on_the_pages_of_that_test(define, on_page):
    for test in ("TEMP", "WEIGHT"):
        (asked,) = [
            where
            for (dataset, words), where in on_page.items()
            if dataset == "VS" and (said := WHEN.fullmatch(words)) and said["test"] == test and said["variable"] == "VSORRES"
        ]  # fmt: skip
        assert pages(define, f"IT.VS.VSORRES.{test}") == sorted(asked)


def test_a_qualifier_is_on_the_page_that_asks_for_it_and_so_are_its_parts(define, on_page):
    assert pages(define, "IT.SUPPAE.QVAL.AESI") == sorted(on_page["AE", "AESI in SUPPAE"])
    assert pages(define, "IT.SUPPDM.QVAL.RACE1") == sorted(on_page["DM", "RACE"])


def test_the_file_that_the_leaf_names_lies_beside_it(define, exported, printed):
    leaf = define.find(".//d:leaf[@ID='LF.acrf']", NAMES)
    assert exported.files[leaf.get("{http://www.w3.org/1999/xlink}href")] == printed.pdf


def test_without_a_print_origins_name_no_pages_and_a_finding_says_why(index, a_subject, export):
    exported = export(index, a_subject(index, ANSWERS))
    define = etree.fromstring(exported.files["define.xml"])
    assert define.find(".//d:PDFPageRef", NAMES) is None
    assert b"S207" in exported.files["findings.json"]
    assert "acrf.pdf" not in exported.files
