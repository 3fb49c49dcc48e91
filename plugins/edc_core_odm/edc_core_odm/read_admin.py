"""AdminData: sites out of the locations, and everything word for word for the way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from edc_core.api import SiteDef
from edc_core_odm.read_definitions import Source, content
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.vocabulary import NOBODY

Tree = dict[str, object]
Shapes = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]

#: Element to its attributes and children, in the order of the standard.
SHAPES: Shapes = {
    "User": (
        ("OID", "UserType"),
        (
            "LoginName", "DisplayName", "FullName", "FirstName", "LastName", "Organization", "Address", "Email",
            "Picture", "Pager", "Fax", "Phone", "LocationRef", "Certificate",
        ),
    ),
    "Address": ((), ("StreetName", "City", "StateProv", "Country", "PostalCode", "OtherText")),
    "Picture": (("PictureFileName", "ImageType"), ()),
    "LocationRef": (("LocationOID",), ()),
    "Location": (("OID", "Name", "LocationType"), ("MetaDataVersionRef",)),
    "MetaDataVersionRef": (("StudyOID", "MetaDataVersionOID", "EffectiveDate"), ()),
    "SignatureDef": (("OID", "Methodology"), ("Meaning", "LegalReason")),
}  # fmt: skip
TEXT_ONLY: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


class AdminReader:
    """Gathers the AdminData of all files."""

    shapes: ClassVar[Shapes] = SHAPES
    #: Elements that are kept, and under which key of ``Imported.source``.
    keys: ClassVar[Mapping[str, str]] = {
        "User": "users",
        "Location": "locations",
        "SignatureDef": "signature_defs",
    }

    def __init__(self) -> None:
        self.sites: dict[str, SiteDef] = {}
        self._kept: dict[str, dict[str, Tree]] = {name: {} for name in self.keys}

    def read(self, source: Source, element: Element) -> None:
        source.attributes(element, "StudyOID")
        for name, child in source.children(element, *self.keys):
            tree = self.tree(source, child, name)
            oid = str(child.get("OID") or "")
            if not oid:
                source.log.add("ODM014", line_of(child), f"OID of {name}.")
            elif oid == NOBODY:
                continue
            elif oid in self._kept[name]:
                source.log.add("ODM016", line_of(child), f"{name} '{oid}'.")
            else:
                self._kept[name][oid] = tree
                if name == "Location" and tree.get("LocationType", "Site") == "Site":
                    self.sites[oid] = SiteDef(oid, str(child.get("Name") or oid))

    def kept(self) -> dict[str, object]:
        return {self.keys[name]: list(trees.values()) for name, trees in self._kept.items() if trees}

    def tree(self, source: Source, element: Element, name: str) -> Tree:
        attributes, children = self.shapes.get(name, TEXT_ONLY)
        tree: Tree = {"name": name, **source.attributes(element, *attributes)}
        if children:
            tree["parts"] = [
                self.tree(source, child, part) for part, child in source.children(element, *children)
            ]
        elif not attributes:
            tree["text"] = content(element)
        return tree
