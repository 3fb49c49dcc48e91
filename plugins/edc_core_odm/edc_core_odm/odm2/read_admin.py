"""AdminData of ODM 2.0, kept in the words of ODM 1.3.2 where those exist, so that either format can write it."""

from __future__ import annotations

from typing import ClassVar

from edc_core_odm.read_admin import AdminReader, Shapes, Tree
from edc_core_odm.read_definitions import Source
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.vocabulary import XML

SHAPES_2: Shapes = {
    "User": (
        ("OID", "UserType", "OrganizationOID", "LocationOID"),
        (
            "UserName", "Prefix", "Suffix", "FullName", "GivenName", "FamilyName", "Image", "Address", "Telecom",
        ),
    ),
    "Image": (("ImageFileName", "href", "MimeType"), ()),
    "Address": (
        (),
        (
            "StreetName", "HouseNumber", "City", "StateProv", "Country", "PostalCode", "GeoPosition", "OtherText",
        ),
    ),
    "GeoPosition": (("Longitude", "Latitude", "Altitude"), ()),
    "Telecom": (("TelecomType", "Value"), ()),
    "Organization": (
        ("OID", "Name", "Role", "Type", "LocationOID", "PartOfOrganizationOID"),
        ("Description", "Address", "Telecom"),
    ),
    "Location": (
        ("OID", "Name", "Role", "OrganizationOID"),
        ("Description", "MetaDataVersionRef", "Address", "Telecom"),
    ),
    "Description": ((), ("TranslatedText",)),
    "TranslatedText": (("Type", XML + "lang"), ()),
    "MetaDataVersionRef": (("StudyOID", "MetaDataVersionOID", "EffectiveDate"), ()),
    "SignatureDef": (("OID", "Methodology"), ("Meaning", "LegalReason")),
}  # fmt: skip
#: Word of ODM 2.0 to that of ODM 1.3.2.
WORDS = {"UserName": "LoginName", "GivenName": "FirstName", "FamilyName": "LastName"}
#: Types of a Telecom that are elements in ODM 1.3.2.
TELECOM = frozenset({"Email", "Pager", "Phone", "Fax"})
LOCATION_TYPES = frozenset({"Sponsor", "Site", "CRO", "Lab", "Other"})


class AdminReader2(AdminReader):
    """Gathers the AdminData of all files."""

    shapes: ClassVar[Shapes] = SHAPES_2
    keys: ClassVar = {**AdminReader.keys, "Organization": "organizations"}

    def tree(self, source: Source, element: Element, name: str) -> Tree:
        for query in source.all(element, "Query") if name == "Location" else ():
            source.log.add("ODM018", line_of(query), "Query of a Location.")
            element.remove(query)
        tree = super().tree(source, element, name)
        if name == "TranslatedText":
            tree["text"] = "".join(str(part) for part in element.itertext())
        if name == "Telecom" and tree.get("TelecomType") in TELECOM:
            return {"name": tree["TelecomType"], "text": tree.get("Value", "")}
        if name == "Location" and tree.get("Role") in LOCATION_TYPES:
            tree["LocationType"] = tree["Role"]  # any other role is free text, and may well be a site's
        if name == "User" and tree.get("LocationOID"):
            parts = tree["parts"]
            assert isinstance(parts, list)
            parts.append({"name": "LocationRef", "LocationOID": tree["LocationOID"]})
        return {**tree, "name": WORDS.get(name, name)}
