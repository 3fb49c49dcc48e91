"""The same clinical data written and read by lxml with the least code, and by odmlib."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree  # type: ignore[import-untyped]

NAMESPACE = "http://www.cdisc.org/ns/odm/v1.3"
#: OID, value, then of the audit record: user, role, site, time, reason, source.
Item = tuple[str, str, str, str, str, str, str, str]


class Form(NamedTuple):
    subject: str
    event: str
    form: str
    group: str
    items: list[Any]


def xmlfile_write(file: Path, forms: list[Form]) -> int:
    """The floor: the same elements, audit records too, by lxml's incremental writer from memory."""
    count = 0
    with (
        etree.xmlfile(str(file), encoding="utf-8") as xml,
        xml.element("ODM", nsmap={None: NAMESPACE}),
        xml.element("ClinicalData", StudyOID="BENCH-1", MetaDataVersionOID="1"),
    ):
        for form in forms:
            with (
                xml.element("SubjectData", SubjectKey=form.subject),
                xml.element("StudyEventData", StudyEventOID=form.event),
                xml.element("FormData", FormOID=form.form),
                xml.element("ItemGroupData", ItemGroupOID=form.group),
            ):
                for item in form.items:
                    xml.write(_item(item))
                    count += 1
    return count


def _item(item: Item) -> Any:
    oid, value, user, _, site, at, _, source = item
    element = etree.Element("ItemData", ItemOID=oid, Value=value)
    audit = etree.SubElement(element, "AuditRecord")
    etree.SubElement(audit, "UserRef", UserOID=user)
    etree.SubElement(audit, "LocationRef", LocationOID=site)
    etree.SubElement(audit, "DateTimeStamp").text = at
    etree.SubElement(audit, "SourceID").text = source
    return element


def xml_read(file: Path) -> int:
    """The floor: every item's attributes and its audit record taken from lxml's events."""
    items: list[tuple[str | None, str | None, list[tuple[str, str | None, dict[str, str]]]]] = []
    for _, element in etree.iterparse(
        str(file), tag=(f"{{{NAMESPACE}}}ItemData", f"{{{NAMESPACE}}}SubjectData")
    ):
        if element.tag.endswith("ItemData"):
            audit = [(part.tag, part.text, dict(part.attrib)) for record in element for part in record]
            items.append((element.get("ItemOID"), element.get("Value"), audit))
        else:
            element.clear()
    return len(items)


def odmlib_write(file: Path, forms: list[Form]) -> int:
    """The same elements as odmlib's objects."""
    from odmlib.odm_1_3_2 import model as odm

    clinical = odm.ClinicalData(StudyOID="BENCH-1", MetaDataVersionOID="1")
    count = 0
    for form in forms:
        subject = odm.SubjectData(SubjectKey=form.subject)
        event = odm.StudyEventData(StudyEventOID=form.event)
        data = odm.FormData(FormOID=form.form)
        group = odm.ItemGroupData(ItemGroupOID=form.group)
        group.ItemData = [_odmlib_item(odm, item) for item in form.items]
        data.ItemGroupData, event.FormData, subject.StudyEventData = [group], [data], [event]
        clinical.SubjectData.append(subject)
        count += len(form.items)
    root = odm.ODM(
        FileType="Snapshot", FileOID="BENCH", CreationDateTime="2026-01-01T00:00:00Z", ODMVersion="1.3.2"
    )
    root.ClinicalData = [clinical]
    root.write_xml(str(file))
    return count


def _odmlib_item(odm: Any, item: Item) -> Any:
    oid, value, user, _, site, at, _, source = item
    data = odm.ItemData(ItemOID=oid, Value=value)
    data.AuditRecord = odm.AuditRecord(
        UserRef=odm.UserRef(UserOID=user),
        LocationRef=odm.LocationRef(LocationOID=site),
        DateTimeStamp=odm.DateTimeStamp(_content=at),
        SourceID=odm.SourceID(_content=source),
    )
    return data


def odmlib_read(file: Path) -> int:
    from odmlib import odm_loader
    from odmlib.loader import ODMLoader

    loader = ODMLoader(odm_loader.XMLODMLoader())
    loader.open_odm_document(str(file))
    root = loader.root()
    return sum(
        len(group.ItemData)
        for subject in root.ClinicalData[0].SubjectData
        for event in subject.StudyEventData
        for form in event.FormData
        for group in form.ItemGroupData
    )
