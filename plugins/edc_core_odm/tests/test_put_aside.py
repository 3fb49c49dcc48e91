"""What was read lies outside memory until it is written, comes back as it was, and leaves nothing behind."""

import os
import subprocess
import sys
import tracemalloc

import pytest
from edc_core_odm.importer import read
from edc_core_odm.stage import SubjectStage
from hypothesis import given
from hypothesis import strategies as st

from edc_core.api import (
    ImportedForm,
    ImportedItem,
    ImportedQuery,
    ImportedSubject,
    ImportRefused,
    ItemPath,
    Query,
    QueryMessage,
    QuerySource,
    QueryState,
)

NS = 'xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2" FileType="Transactional" FileOID="F" CreationDateTime="2024-01-01T00:00:00Z"'
FORM = ItemPath.parse("E[1]/F[1]")
GROUP = FORM.with_group("G", "1")

texts = st.text(max_size=8)
words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
plain = st.recursive(st.none() | st.booleans() | st.integers() | texts, lambda part: st.lists(part, max_size=3) | st.dictionaries(texts, part, max_size=3), max_leaves=5)  # fmt: skip
sources = st.dictionaries(st.sampled_from(["audit", "annotations", "status", "IsNull"]), plain, max_size=2)
items = st.builds(
    ImportedItem,
    st.builds(FORM.with_group("G", "1").with_item, words),
    st.none() | texts,
    st.just("") | words,
    st.just("") | words,
    st.sampled_from(["", "Insert", "Update", "Remove", "Upsert", "Context"]),
    sources,
    st.integers(0, 10**9),
)
queries = st.builds(
    Query,
    words,
    st.sampled_from([ItemPath(), FORM, GROUP, GROUP.with_item("I")]),
    st.sampled_from(QueryState),
    st.sampled_from(QuerySource),
    texts,
    texts,
    texts,
    messages=st.lists(st.builds(QueryMessage, st.integers(1, 9), texts, texts, texts, texts, texts), max_size=2).map(tuple),
)  # fmt: skip
subjects = st.builds(
    ImportedSubject,
    words,
    words,
    words,
    texts,
    st.lists(st.builds(ImportedForm, st.just(FORM), st.lists(items, max_size=4).map(tuple), st.just((GROUP,)), st.sampled_from(["", "Remove"]), sources, st.integers(0, 9)), max_size=1).map(tuple),
    st.lists(st.builds(ItemPath.parse, st.sampled_from(["E2[1]", "E2[2]"])), unique=True).map(tuple),
    sources,
    st.integers(0, 10**9),
    st.lists(st.builds(ImportedQuery, queries, st.integers(0, 9)), max_size=2, unique_by=lambda one: one.query.query_id).map(tuple),
)  # fmt: skip


@given(st.lists(subjects, max_size=4, unique_by=lambda s: (s.study_oid, s.meta_data_version, s.subject_key)))
def test_a_subject_comes_back_as_it_was_put_aside(found):
    stage = SubjectStage()
    for subject in found:
        stage.add(subject)
    assert len(stage) == len(found)
    assert list(stage) == found
    assert [stage[n] for n in range(-len(found), 0)] == found
    assert stage[1:3] == tuple(found[1:3])
    with pytest.raises(IndexError):
        stage[len(found)]


def data(*subjects):
    return f'<ODM {NS}>\n<ClinicalData StudyOID="S" MetaDataVersionOID="V">\n{"".join(subjects)}</ClinicalData></ODM>'


def subject(key, item="", *, form="", group="", site=""):
    named = f'<SiteRef LocationOID="{site}"/>' if site else ""
    return (
        f'<SubjectData SubjectKey="{key}">{named}\n<StudyEventData StudyEventOID="E" StudyEventRepeatKey="1">'
        f'<FormData FormOID="F" FormRepeatKey="1"{form}><ItemGroupData ItemGroupOID="G" ItemGroupRepeatKey="1"{group}>'
        f"{item}</ItemGroupData></FormData></StudyEventData></SubjectData>\n"
    )


def value(text, oid="I", **more):
    attributes = "".join(f' {name}="{given}"' for name, given in more.items())
    return f'<ItemData ItemOID="{oid}" Value="{text}"{attributes}/>'


def values(imported):
    return [
        (s.subject_key, i.path.item, i.raw, i.transaction)
        for s in imported.subjects
        for f in s.forms
        for i in f.items
    ]


def test_a_subject_in_several_places_and_files_is_one_with_everything_in_order(import_text):
    imported = import_text(
        data(subject("1", value("a"), site="01"), subject("2", value("b")), subject("1", value("c"))),
        data(subject("1", value("d", "J"), site="02")),
    )
    assert [s.subject_key for s in imported.subjects] == ["1", "2"]
    assert values(imported) == [("1", "I", "a", ""), ("1", "I", "c", ""), ("1", "J", "d", ""), ("2", "I", "b", "")]  # fmt: skip
    assert imported.subjects[0].site_number == "02"
    assert imported.subjects[0].line == 3
    assert len(imported.subjects[0].forms) == 1


REMOVED = ' TransactionType="Remove"'
INSERTED = ' TransactionType="Insert"'


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({}, "Remove"),
        ({"form": INSERTED}, ""),
        ({"group": INSERTED}, "Remove"),
        ({"form": REMOVED}, "Remove"),
    ],
)
def test_a_removed_form_stays_removed_until_the_file_says_otherwise(second, expected, import_text):
    for between in ("", subject("2", value("x"))):
        text = data(subject("1", value("a"), form=REMOVED), between, subject("1", value("b"), **second))
        found = [v for v in values(import_text(text)) if v[0] == "1"]
        assert found == [("1", "I", "a", "Remove"), ("1", "I", "b", expected)]


def test_an_empty_event_is_one_only_where_no_place_of_the_subject_has_a_form_in_it(import_text):
    empty = '<SubjectData SubjectKey="1"><StudyEventData StudyEventOID="{}" StudyEventRepeatKey="1"/></SubjectData>'
    imported = import_text(data(empty.format("E"), empty.format("E2"), subject("1", value("a"))))
    assert [str(path) for path in imported.subjects[0].events] == ["E2[1]"]


def test_typed_values_have_the_records_that_follow_them(import_text):
    text = data(
        subject("1", '<ItemDataString ItemOID="I" AuditRecordID="A1" AnnotationID="N1">x</ItemDataString>'),
        subject("2", '<ItemDataString ItemOID="I" AuditRecordID="A1" SignatureID="gone">y</ItemDataString>'),
        '<AuditRecords><Bogus/><AuditRecord ID="A1"><UserRef UserOID="kim"/><LocationRef LocationOID="01"/>'
        "<DateTimeStamp>2024-01-01T00:00:00Z</DateTimeStamp></AuditRecord></AuditRecords>"
        '<Annotations><Annotation ID="N1" SeqNum="1"><Comment>hm</Comment></Annotation></Annotations>',
    )
    imported = import_text(text)
    first, second = (s.forms[0].items[0].source for s in imported.subjects)
    assert first["audit"] == second["audit"]
    assert first["audit"]["UserRef"] == "kim"
    assert first["annotations"] == [{"SeqNum": "1", "Comment": "hm"}]
    assert second["signature"] == {}
    assert [(p.code, p.text) for p in imported.problems] == [
        ("ODM012", "An ODM element stands where it has no meaning and was left out. Bogus in AuditRecords."),
        ("ODM033", "An AuditRecordID, SignatureID or AnnotationID leads nowhere. 'gone'."),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_containers_and_studies_are_found_in_any_encoding(encoding, import_text):
    text = data(
        subject("1", '<ItemDataString ItemOID="I" AnnotationID="N1">x</ItemDataString>'),
        '<Annotations><Annotation ID="N1" SeqNum="1"><Comment>hm</Comment></Annotation></Annotations>',
    ).replace("</ODM>", '<Study OID="S"><MetaDataVersion OID="V" Name="V"/></Study></ODM>')
    imported = import_text(f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding))
    assert [v.oid for v in imported.versions] == ["V"]
    assert imported.subjects[0].forms[0].items[0].source["annotations"]


def peak_of(file):
    tracemalloc.start()
    try:
        imported = read([file])
        count = sum(len(form.items) for s in imported.subjects for form in s.forms)
        return count, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file(tmp_path):
    peaks = {}
    for size in (20, 400):
        file = tmp_path / f"{size}.xml"
        many = "".join(value(n, f"I{n}") for n in range(100))
        file.write_text(data(*(subject(key, many) for key in range(size))))
        count, peaks[size] = peak_of(file)
        assert count == 100 * size
    assert peaks[400] < 1.5 * peaks[20]


KILLED = """
import os, signal, sys
from pathlib import Path
from edc_core_odm.importer import read
found = read([Path(sys.argv[1])])
assert len(found.subjects) == 2000
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="not run: a kill is another thing there")
def test_a_killed_import_leaves_no_file(tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    file = tmp_path / "a.xml"
    file.write_text(data(*(subject(key, value("x" * 5000)) for key in range(2000))))
    environment = {**os.environ, "TMPDIR": str(folder), "SQLITE_TMPDIR": str(folder)}
    done = subprocess.run([sys.executable, "-c", KILLED, str(file)], env=environment, check=False)
    assert done.returncode == -9
    assert list(folder.iterdir()) == []


def test_no_room_for_what_was_read_says_where_to_make_it():
    stage = SubjectStage()
    stage._aside.database.execute("PRAGMA max_page_count = 8")
    with pytest.raises(ImportRefused, match="TMPDIR"):
        stage.add(ImportedSubject("S", "V", "1", "x" * 50_000))
