"""Any Unicode text that can be typed, named or keyed comes back as it was."""

import tempfile
from pathlib import Path

import pytest
from edc_core_odm.item_names import word
from edc_core_odm.own_marks import ILLEGAL, escape, unescape
from edc_core_odm.plain_item import plain_item
from edc_core_odm.vocabulary import WORD
from hypothesis import given, settings
from hypothesis import strategies as st

from edc_core.api import (
    AuditRecord,
    DataType,
    ExportDataset,
    ExportForm,
    ExportItem,
    ExportSubject,
    FormDef,
    FormRef,
    ImportedItem,
    ItemDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemPath,
    ItemRef,
    MetaDataIndex,
    MetaDataVersion,
    Step,
    StudyEventDef,
    StudyInfo,
    TranslatedText,
)

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=30)
LEGAL = ANYTHING.map(lambda text: ILLEGAL.sub("", text))
NAMES = LEGAL.filter(lambda text: text and not text.startswith(("EDC.", "CL.EDC.")))


@given(ANYTHING)
def test_escaping_is_reversible_and_fit_for_xml(text):
    assert unescape(escape(text)) == text
    assert ILLEGAL.search(escape(text)) is None


@given(ANYTHING)
def test_every_oid_gives_a_word(oid):
    assert WORD.fullmatch(word(oid))


@given(ANYTHING, st.integers(0))
def test_a_plain_item_is_an_imported_item(raw, line):
    path = ItemPath()
    assert plain_item(path, raw, line) == ImportedItem(path, raw, line=line)


@pytest.mark.parametrize("odm", ["odm-1.3.2", "odm-2.0"], indirect=True)
@settings(max_examples=60, deadline=None)
@given(value=ANYTHING, key=NAMES, group_key=NAMES, subject=NAMES, oid=NAMES, text=LEGAL, reason=LEGAL)
def test_values_keys_oids_texts_and_reasons_come_back(
    odm, valid, value, key, group_key, subject, oid, text, reason
):
    version = MetaDataVersion(
        "V" + oid,
        "V",
        StudyInfo("S", "S", text, "P"),
        events=(StudyEventDef("E" + oid, oid, repeating=True, form_refs=(FormRef("F" + oid),), title=TranslatedText.of(oid)),),
        forms=(FormDef("F" + oid, "FORM", group_refs=(ItemGroupRef("G" + oid),), title=TranslatedText.of(text, "en")),),
        item_groups=(ItemGroupDef("G" + oid, "G", repeating=True, item_refs=(ItemRef("I" + oid),)),),
        items=(ItemDef("I" + oid, "NAME", DataType.TEXT, question=TranslatedText.of(text, "ko"), odm_name=oid if oid != "NAME" else ""),),
    )  # fmt: skip
    path = ItemPath(Step("E" + oid, key), Step("F" + oid))
    history = (
        AuditRecord(
            "Insert",
            value,
            value or None,
            "",
            "",
            "ok",
            "u",
            "",
            "01",
            "2026-01-01T00:00:00Z",
            reason,
            "1/a",
            {},
        ),
    )
    item = ExportItem(
        (Step("G" + oid, group_key),), "I" + oid, value, value or None, "", "", "ok", False, history
    )
    form = ExportForm(path, version.oid, "complete", "open", (), (item,), {})
    dataset = ExportDataset(
        "S", "S", "live", {version.oid: MetaDataIndex(version)}, "c", "2026-01-01T00:00:00Z", {}, {},
        lambda: iter([ExportSubject(subject, "", "", (form,), (), (), {})]),
    )  # fmt: skip
    data = odm.written(dataset)
    valid(data)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "odm.xml"
        file.write_bytes(data)
        imported = odm.read([file])
    assert imported.problems == ()
    found = imported.subjects[0]
    assert found.subject_key == subject
    back = found.forms[0].items[0]
    assert back.path == path.with_group("G" + oid, group_key).with_item("I" + oid)
    assert back.raw == value
    assert back.source["audit"].get("ReasonForChange", "") == reason
    assert imported.versions[0].items == version.items
    assert imported.versions[0].forms[0].title == version.forms[0].title
    assert imported.versions[0].study.description == text


@pytest.mark.parametrize(
    "text", ["a\r\nb\tc", " lead and trail ", "]]>", "&amp;", "\ud800", "\uffff", "한글", "😀"]
)
def test_awkward_text_in_a_flag(text):
    assert unescape(escape(text)) == text
