"""ODM 2.0 of others: everything comes back element by element."""

import random
from collections import defaultdict
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from edc_core_odm.exporter import write as write_1
from edc_core_odm.importer import read as read_1
from edc_core_odm.odm2.exporter import write
from edc_core_odm.odm2.importer import read
from lxml import etree

from edc_core.api import (
    TranslatedText,
)
from edc_core.testing import MemorySink

TWO = pytest.mark.parametrize("odm", ["odm-2.0"], indirect=True)
RICH = Path(__file__).parent / "files_2" / "rich.xml"
NS = "{http://www.cdisc.org/ns/odm/v2.0}"


def inventory(root):
    """(place, element, text) to the attributes of each such element, without the containers of a fragment."""
    keys = (
        "OID",
        "ItemOID",
        "ItemGroupOID",
        "StudyEventOID",
        "SubjectKey",
        "CodedValue",
        "ItemGroupRepeatKey",
    )
    around = {NS + "ODM", NS + "Study", NS + "MetaDataVersion"}
    found = defaultdict(list)
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag == NS + "ODM":
            continue
        place = tuple(
            (a.tag, *((key, a.get(key)) for key in keys if a.get(key)))
            for a in element.iterancestors()
            if a.tag not in around
        )
        words = element.text or ""
        found[place, element.tag, words if words.strip() else ""].append(dict(element.attrib))
    return found


def lost(before, after):
    """Elements of a file that have no counterpart with at least their attributes in another."""
    known = inventory(after)
    gone = []
    for key, alike in inventory(before).items():
        for attributes in alike:
            match = next((a for a in known.get(key, ()) if attributes.items() <= a.items()), None)
            if match is None:
                gone.append((key, attributes))
            else:
                known[key].remove(match)
    return gone


def assert_comes_back(path, export, valid, tmp_path):
    imported = read([path])
    data = export(imported)
    valid(data)
    assert lost(etree.parse(str(path)).getroot(), etree.fromstring(data)) == []
    again = tmp_path / "again.xml"
    again.write_bytes(data)
    back = read([again])
    assert back.versions == imported.versions
    assert {p.code for p in back.problems} <= {"ODM050"}
    assert export(back) == data


@TWO
def test_examples_of_the_standard_come_back_element_by_element(examples, export, valid, tmp_path):
    assert len(examples) >= 5
    for path in examples:
        assert_comes_back(path, export, valid, tmp_path)


@TWO
def test_a_file_with_most_parts_of_the_standard_comes_back_element_by_element(export, valid, tmp_path):
    valid(RICH.read_bytes())
    assert_comes_back(RICH, export, valid, tmp_path)


@TWO
def test_what_is_kept_and_not_acted_on_is_listed_with_its_line(import_text):
    imported = read([RICH])
    told = {p.text.split("ODM 2.0. ")[1]: p.line for p in imported.problems if p.code == "ODM050"}
    text = RICH.read_text().splitlines()
    for what, name in (
        ("WorkflowDef in MetaDataVersion.", "WorkflowDef"),
        ("StudyStructure in Protocol.", "StudyStructure"),
        ("ValueListRef in ItemDef.", "ValueListRef"),
        ("'UnitsItemOID' of ItemRef.", "UnitsItemOID"),
    ):
        assert name in text[told[what] - 1]
    others = {(p.code, p.text.rpartition("left out. ")[2]) for p in imported.problems if p.code != "ODM050"}
    assert others == {("ODM018", "AuditRecord of a Query, except its user.")}


@TWO
def test_two_versions_may_have_the_same_documents(export, valid, tmp_path, odm):
    """A file has one space of ids, and each version its own."""
    root = etree.parse(str(RICH)).getroot()
    [version] = root.iter(NS + "MetaDataVersion")
    second = deepcopy(version)
    second.set("OID", "MV.2")
    version.addnext(second)
    path = tmp_path / "two.xml"
    for leaf in second.iter(NS + "Leaf"):
        leaf.set("ID", leaf.get("ID") + ".OTHER")
    for ref in second.iter(NS + "DocumentRef"):
        ref.set("LeafID", ref.get("LeafID") + ".OTHER")
    valid(etree.tostring(root))
    for leaf in second.iter(NS + "Leaf"):
        leaf.set("ID", leaf.get("ID").removesuffix(".OTHER"))
    for ref in second.iter(NS + "DocumentRef"):
        ref.set("LeafID", ref.get("LeafID").removesuffix(".OTHER"))
    path.write_bytes(etree.tostring(root))
    imported = odm.read([path])
    first, other = imported.versions
    assert replace(other, oid="MV.1") == first
    data = export(imported)
    valid(data)
    path.write_bytes(data)
    assert odm.read([path]).versions == imported.versions


@TWO
def test_it_comes_back_through_odm_1(examples, export, as_dataset, tmp_path):
    """What only ODM 2.0 has travels in aliases; only what stands beside data is what ODM 1.3.2 can hold of it."""
    for path in (*examples, RICH):
        imported = read([path])
        through = read_1([_written(write_1, as_dataset(imported), tmp_path / "middle.xml")])
        assert through.problems == ()
        assert through.versions == imported.versions
        assert values(through) == values(imported)
        back = etree.fromstring(export(through))
        data = {"ClinicalData", "AdminData"}
        before = etree.parse(str(path)).getroot()
        for container in [e for e in before.iter(NS + "*") if etree.QName(e).localname in data]:
            container.getparent().remove(container)
        assert lost(before, back) == []


def damaged(seed):
    """The rich file with a few elements, attributes and texts taken out, doubled, moved or made nonsense."""
    chance = random.Random(seed)
    root = etree.fromstring(RICH.read_bytes())
    nonsense = ["", "-1", "x y", "Yes", "한", '<&>"', "EDC.FormDef:X", "1" * 30]
    for _ in range(chance.randint(1, 4)):
        elements = [element for element in root.iter() if element is not root]
        element = chance.choice(elements)
        parent, names = element.getparent(), sorted(element.keys())
        way = chance.randint(0, 6)
        if way == 0:
            parent.remove(element)
        elif way == 1 and names:
            del element.attrib[chance.choice(names)]
        elif way == 2 and names:
            element.set(chance.choice(names), chance.choice(nonsense))
        elif way == 3:
            parent.append(deepcopy(element))
        elif way == 4:
            element.text = chance.choice(["", "zzz", "\u2603"])
        elif way == 5:
            chance.choice(elements).append(deepcopy(element))
        else:
            element.set("OID", chance.choice(["IT.POS", "FO.VS", "IG.BP", "SE.1", "CL.POS"]))
    return etree.tostring(root)


@TWO
def test_whatever_is_wrong_with_a_file_its_export_is_valid(import_text, export, valid):
    for seed in range(150):
        imported = import_text(damaged(seed))
        assert not [p for p in imported.problems if p.fatal]
        if imported.versions:
            valid(export(imported))


def test_a_form_with_items_of_its_own_and_a_group_that_an_event_refers_to():
    imported = read([RICH])
    [subject] = imported.subjects
    assert [str(item.path) for form in subject.forms for item in form.items] == [
        "SE.1[1]/FO.VS[2]/FO.VS[1]/IT.POS",
        "SE.1[1]/FO.VS[2]/IG.BP[1]/IT.SYS",
        "SE.1[1]/FO.VS[2]/IG.BP[1]/IT.SYS",
        "SE.1[1]/FO.VS[2]/IG.BP[1]/IT.UNIT",
        "SE.1[1]/FO.VS[2]/IG.BP[1]/IG.READ[1]/IT.RACE",
        "SE.1[1]/FO.VS[2]/IG.BP[1]/IG.READ[2]/IT.RACE",
        "SE.1[1]/IG.LAB[1]/IG.LAB[1]/IT.TEXT",
        "SE.1[1]/IG.LAB[1]/IG.LAB[2]/IT.TEXT",
        "SE.1[1]/IG.LAB[1]/IG.LAB[2]/IT.TEXT",
    ]
    items = [item for form in subject.forms for item in form.items]
    assert [item.raw for item in items] == ["SIT", "120", "121.5", None, "SIT;LIE", "LIE", "one", "two", ""]
    assert items[-1].transaction == "Remove"
    version = imported.versions[0]
    assert [ref.study_event_oid for ref in version.event_refs] == ["SE.1", "SE.2"]
    assert {form.oid: form.repeating for form in version.forms} == {"FO.VS": True, "IG.LAB": False}
    assert subject.site_number == "L.1"
    assert [(site.number, site.name) for site in imported.sites] == [("L.1", "Seoul")]


@TWO
def test_what_a_builder_changed_since_the_import_comes_back_too(as_dataset, odm, valid, import_text):
    imported = read([RICH])
    [version] = imported.versions
    renamed = replace(
        version,
        forms=tuple(
            replace(f, name="LABS", odm_name="Lab") if f.oid == "IG.LAB" else f for f in version.forms
        ),
    )
    needed = replace(
        version,
        forms=tuple(
            replace(
                f,
                group_refs=tuple(replace(ref, mandatory=True, condition_oid="CO.1") for ref in f.group_refs),
            )
            for f in version.forms
        ),
        item_groups=tuple(replace(g, title=TranslatedText.of("T", "en")) for g in version.item_groups),
    )
    for changed in (renamed, needed):
        data = odm.written(as_dataset(replace(imported, versions=(changed,))))
        valid(data)
        [back] = import_text(data).versions
        assert without_marks(back) == without_marks(changed)


def without_marks(version):
    """A form that shared its element with a group no longer does, and is no longer marked so."""
    return replace(
        version,
        forms=tuple(replace(f, aliases=()) for f in version.forms),
        item_groups=tuple(replace(g, aliases=()) for g in version.item_groups),
    )


def test_odm_1_comes_back_the_same_through_odm_2(examples, as_dataset, export, tmp_path):
    """Whichever format carries a definition, it is the same, and so is its hash."""
    for path in (*examples, *sorted((Path(__file__).parent / "files").glob("*.xml"))):
        imported = read_1([path])
        through = read([_written(write, as_dataset(imported), tmp_path / "middle.xml")])
        last = tmp_path / "last.xml"
        last.write_bytes(export(through))
        after = read_1([last])
        assert through.versions == imported.versions
        assert after.versions == imported.versions
        assert values(after) == values(through) == values(imported)


def _written(write_odm, dataset, path):
    sink = MemorySink()
    write_odm(dataset, sink)
    path.write_bytes(sink.files["odm.xml"])
    return path


def values(imported):
    """Everything collected, as a set: two formats need not have the same order."""
    return {
        (
            subject.subject_key,
            str(i.path),
            i.raw,
            i.missing,
            i.unit,
            str(sorted(i.source.get("audit", {}).items())),
        )
        for subject in imported.subjects
        for form in subject.forms
        for i in form.items
    }
