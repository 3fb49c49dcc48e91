"""What comes in goes out: definitions, texts, values, keys, audit records. Every export is valid."""

import dataclasses
from pathlib import Path

from edc_core_odm.importer import read
from lxml import etree

NS = "http://www.cdisc.org/ns/odm/v1.3"


def values(imported):
    return [
        (
            s.study_oid,
            s.meta_data_version,
            s.subject_key,
            s.site_number,
            str(i.path),
            i.raw,
            i.missing,
            i.unit,
        )
        for s in imported.subjects
        for f in s.forms
        for i in f.items
    ]


def audit(imported):
    found = []
    for s in imported.subjects:
        places = [s.source, *s.source.get("events", {}).values()]
        for f in s.forms:
            places += [f.source, *f.source.get("groups", {}).values(), *(i.source for i in f.items)]
        found += [tuple(sorted(p["audit"].items())) for p in places if p.get("audit")]
    return sorted(found)


def comparable(version):
    """A version without what only says how it came here."""
    return dataclasses.replace(version, include=None)


def assert_same(before, after):
    assert [comparable(v) for v in after.versions] == [comparable(v) for v in before.versions]
    assert sorted(values(after)) == sorted(values(before))
    assert audit(after) == audit(before)
    assert {s.number: s.name for s in after.sites} == {s.number: s.name for s in before.sites}
    assert after.source.get("users", []) == [*before.source.get("users", [])]


def test_examples_of_the_standard_come_back_the_same(examples, export, valid, tmp_path):
    assert examples
    for path in examples:
        before = read([path])
        written = export(before)
        valid(written)
        again = tmp_path / path.name
        again.write_bytes(written)
        after = read([again])
        assert [p.code for p in after.problems] == []
        assert_same(before, after)


def test_own_files_of_real_shapes_come_back_the_same(export, valid, tmp_path):
    for path in sorted((Path(__file__).parent / "files").glob("*.xml")):
        before = read([path])
        assert not any(p.fatal for p in before.problems), before.problems
        written = export(before)
        valid(written)
        again = tmp_path / path.name
        again.write_bytes(written)
        after = read([again])
        assert [p.text for p in after.problems] == []
        assert_same(before, after)


def test_the_same_data_give_the_same_bytes(examples, export):
    imported = read([examples[0]])
    assert export(imported) == export(imported)


def test_oids_and_texts_stand_in_the_file_itself(examples, export):
    for path in examples:
        before, after = etree.parse(str(path)).getroot(), etree.fromstring(export(read([path])))
        assert _oids(before) <= _oids(after)
        assert _texts(before) <= _texts(after)


def _oids(root):
    return {(e.tag, e.get("OID")) for e in root.iter() if e.get("OID")}


def _texts(root):
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    return {(e.getparent().tag, e.get(lang), e.text or "") for e in root.iter(f"{{{NS}}}TranslatedText")}


def test_other_software_reads_the_export(examples, export, tmp_path):
    from odmlib import loader as reader
    from odmlib import odm_loader as loader

    path = tmp_path / "odm.xml"
    path.write_bytes(export(read([next(p for p in examples if "clinical" in p.name)])))
    odm = reader.ODMLoader(loader.XMLODMLoader())
    odm.open_odm_document(str(path))
    root = odm.load_odm()
    assert len(root.ClinicalData[0].SubjectData) == 2


def test_an_event_of_the_study_as_a_whole_comes_back_as_one(examples, export, valid, tmp_path):
    found = next(imported for path in examples if (imported := read([path])).versions[-1].events)
    first, *others = found.versions[-1].events
    whole = dataclasses.replace(first, study_level=True)
    version = dataclasses.replace(found.versions[-1], events=(whole, *others))
    written = export(dataclasses.replace(found, versions=(*found.versions[:-1], version)))
    valid(written)
    file = tmp_path / "whole.xml"
    file.write_bytes(written)
    again = read([file]).versions[-1]
    assert [event.oid for event in again.events if event.study_level] == [first.oid]
