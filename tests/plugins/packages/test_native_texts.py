"""Texts that are meant for another language are in the packages whose encoding has its letters, and told of in the others."""

import json

import pyreadstat
import pytest
from lxml import etree

from edc_core.errors import ExportRefused

SDTM = "m5/datasets/pack-1/tabulations/sdtm"
NAMES = {"o": "http://www.cdisc.org/ns/odm/v1.3"}
BESIDE = "          - {name: AESTDAT,"
ITEMS = """\
          - {name: AEZH, question: Event in Chinese, length: 200, alias: {SDTM: SUPPAE.AEZH, "edc:language": zh}}
          - {name: AEKO, question: Event in Korean, length: 200, alias: {SDTM: AE.AEMODIFY, "edc:language": ko}}
"""


@pytest.fixture
def asking(made_of, text):
    """Makes the study with two such items, of which one goes into a qualifier and one into a variable."""

    def make(changed=text):
        assert BESIDE in changed
        trial = made_of(changed.replace(BESIDE, ITEMS + BESIDE))
        trial.enrol("US-001")
        return trial

    return make


def encoded(made, name, encoding="ascii"):
    file = made.folder / SDTM / f"{name}.xpt"
    return pyreadstat.read_xport(file, output_format="dict", encoding=encoding)[0] if file.exists() else {}


def defined(made):
    """Datasets and their variables, and the qualifiers of SUPPAE."""
    define = etree.parse(made.folder / SDTM / "define.xml")
    names = {one.get("OID"): one.get("Name") for one in define.iterfind(".//o:ItemDef", NAMES)}
    columns = {
        group.get("Name"): [names[ref.get("ItemOID")] for ref in group.iterfind("o:ItemRef", NAMES)]
        for group in define.iterfind(".//o:ItemGroupDef", NAMES)
    }
    return columns, set(names.values())


@pytest.mark.parametrize(
    ("authority", "guide"),
    [("fda", "csdrg"), ("ema", "sdrg"), ("mhra", "sdrg"), ("mfds", "csdrg"), ("pmda", "sdrg")],
)
def test_an_encoding_without_their_letters_leaves_the_items_out_and_says_so(
    asking, words_of, authority, guide
):
    trial = asking()
    trial.event("US-001", AETERM="Headache", AEZH="头痛", AEKO="두통", AESTDAT="2026-02-03")
    trial.event("US-001", AETERM="Nausea", AEZH="nausea", AESTDAT="2026-02-04")
    made = trial.package(authority)
    assert encoded(made, "ae")["AETERM"] == ["Headache", "Nausea"]
    columns, names = defined(made)
    assert "AEMODIFY" not in columns["AE"]
    assert {"AEZH", "AEMODIFY"}.isdisjoint(names)
    assert "SUPPAE" not in columns, (
        "as a whole: the word in English is no more of the package than the others"
    )
    told = json.loads((made.folder / "reports/left-out.json").read_text())
    assert told == [
        {"annotation": "AE.AEMODIFY", "language": "ko", "encoding": "ascii", "values": 1},
        {"annotation": "SUPPAE.AEZH", "language": "zh", "encoding": "ascii", "values": 2},
    ]
    manifest = json.loads((made.folder / "manifest.json").read_text())
    assert manifest["left_out"]["texts in languages whose letters the encoding lacks"] == 3
    said = words_of(made.folder / SDTM / f"{guide}.pdf")
    if authority == "mfds":
        assert "SUPPAE.AEZH의 텍스트(중국어) 2" in said
    else:
        assert "Texts of SUPPAE.AEZH in Chinese 2" in said
        assert "Texts of AE.AEMODIFY in Korean 1" in said
    assert "S209" in said
    annotated = words_of(made.folder / SDTM / "acrf.pdf")
    assert "AEZH in SUPPAE" not in annotated
    assert "[NOT SUBMITTED]" in annotated


def test_an_encoding_with_their_letters_holds_them(asking, words_of):
    trial = asking()
    trial.event("US-001", AETERM="Headache", AEZH="头痛", AEKO="두통", AESTDAT="2026-02-03")
    made = trial.package("nmpa")
    assert encoded(made, "ae", "gb18030")["AEMODIFY"] == ["두통"]
    held = encoded(made, "suppae", "gb18030")
    assert list(zip(held["QNAM"], held["QVAL"], strict=True)) == [("AEZH", "头痛")]
    columns, names = defined(made)
    assert list(encoded(made, "ae", "gb18030")) == columns["AE"]
    assert {"AEZH", "AEMODIFY"} <= names
    assert not (made.folder / "reports/left-out.json").exists()
    assert "AEZH in SUPPAE" in words_of(made.folder / SDTM / "acrf.pdf")


def test_each_language_is_asked_for_by_itself(asking, text):
    """GB 2312 has simplified Chinese and no Hangul; what it lacks in an item that it holds is refused."""
    declared = text.replace(
        'edc-core-country-cn: ">=0.1,<0.2"',
        'edc-core-country-cn: {range: ">=0.1,<0.2", settings: {encoding: gb2312}}',
    )
    trial = asking(declared)
    trial.event("US-001", AETERM="Headache", AEZH="头痛", AEKO="두통", AESTDAT="2026-02-03")
    made = trial.package("nmpa")
    assert encoded(made, "suppae", "gb2312")["QVAL"] == ["头痛"]
    assert [one["language"] for one in json.loads((made.folder / "reports/left-out.json").read_text())] == [
        "ko"
    ]
    trial.event("US-001", AETERM="Nausea", AEZH="頭痛", AESTDAT="2026-02-04")
    with pytest.raises(ExportRefused, match="gb2312"):
        trial.package("nmpa")


@pytest.mark.parametrize("authority", ["fda", "ema", "mhra", "mfds", "pmda"])
def test_another_script_in_an_english_item_is_refused_by_subject_and_item(asking, authority):
    trial = asking()
    trial.event("US-001", AETERM="Headache", AEZH="头痛", AESTDAT="2026-02-03")
    trial.event("US-001", AETERM="头痛", AEZH="头痛", AESTDAT="2026-02-04")
    with pytest.raises(ExportRefused) as refused:
        trial.package(authority)
    said = refused.value.message
    assert "record 2" in said
    assert "subject US-001" in said
    assert f"/{trial.oid('AE', 'AETERM')}" in said
    if authority != "pmda":  # whose own rule comes before the format, and tells of declared variables
        assert "AE AETERM, record 2: subject US-001, V1[1]/AE[1]/" in said
        assert "alias 'edc:language'" in said
    assert [path.name for path in trial.folder.rglob("*.xpt")] == []


def test_without_such_items_nothing_is_said(small, words_of):
    made = small.package("fda")
    assert not (made.folder / "reports/left-out.json").exists()
    assert "S209" not in words_of(made.folder / SDTM / "csdrg.pdf")
