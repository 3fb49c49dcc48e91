"""AdminData: sites out of the locations, and everything word for word for the way back."""

from __future__ import annotations

from edc_core.api import SiteDef
from edc_core_odm.read_definitions import Source, content
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.vocabulary import NOBODY

Tree = dict[str, object]

#: Element to its attributes and children, in the order of the standard.
SHAPES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
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

    def __init__(self) -> None:
        self.sites: dict[str, SiteDef] = {}
        self._kept: dict[str, dict[str, Tree]] = {"User": {}, "Location": {}, "SignatureDef": {}}

    def read(self, source: Source, element: Element) -> None:
        source.attributes(element, "StudyOID")
        for name, child in source.children(element, *self._kept):
            tree = _tree(source, child, name)
            oid = str(child.get("OID") or "")
            if not oid:
                source.log.add("ODM014", line_of(child), f"OID of {name}.")
            elif oid == NOBODY:
                continue
            elif oid in self._kept[name]:
                source.log.add("ODM016", line_of(child), f"{name} '{oid}'.")
            else:
                self._kept[name][oid] = tree
                if name == "Location" and child.get("LocationType", "Site") == "Site":
                    self.sites[oid] = SiteDef(oid, str(child.get("Name") or oid))

    def kept(self) -> dict[str, object]:
        keys = {"User": "users", "Location": "locations", "SignatureDef": "signature_defs"}
        return {keys[name]: list(trees.values()) for name, trees in self._kept.items() if trees}


def _tree(source: Source, element: Element, name: str) -> Tree:
    attributes, children = SHAPES.get(name, TEXT_ONLY)
    tree: Tree = {"name": name, **source.attributes(element, *attributes)}
    if children:
        tree["parts"] = [_tree(source, child, part) for part, child in source.children(element, *children)]
    elif not attributes:
        tree["text"] = content(element)
    return tree
