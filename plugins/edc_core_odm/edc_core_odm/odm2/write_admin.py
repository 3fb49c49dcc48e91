"""AdminData as ODM 2.0: what earlier imports brought, of either version, then our users and sites."""

from __future__ import annotations

from collections.abc import Mapping

from edc_core.api import ExportDataset, TranslatedText
from edc_core_odm.odm2.read_admin import SHAPES_2, TELECOM, WORDS
from edc_core_odm.odm2.write_parts import texts
from edc_core_odm.read_admin import TEXT_ONLY
from edc_core_odm.vocabulary import DATE, NOBODY, XML
from edc_core_odm.write_admin import as_list, imported_trees, signature_defs, version_refs
from edc_core_odm.write_items import is_decimal
from edc_core_odm.write_xml import attribute, body, element

Tree = Mapping[str, object]
_SPELLED = {word: spelling for spelling, word in WORDS.items()}
_CLOSED = {
    ("User", "UserType"): frozenset(
        {
            "Sponsor", "Investigator", "Lab", "Other", "Subject", "Monitor", "Data analyst", "Care provider",
            "Assessor",
        }
    ),
    ("SignatureDef", "Methodology"): frozenset({"Digital", "Electronic"}),
    ("Organization", "Type"): frozenset({"Sponsor", "Site", "CRO", "Lab", "Other", "TechnologyProvider"}),
    ("Telecom", "TelecomType"): frozenset({"Email", "Pager", "Phone", "Fax", "SMS", "URL", "Other"}),
}  # fmt: skip
_MANY = frozenset({"Address", "Telecom", "MetaDataVersionRef"})


def admin_data(dataset: ExportDataset) -> str:
    users = {oid: _tree(tree) for oid, tree in imported_trees(dataset, "users").items()}
    for login, name in sorted(dataset.users.items()):
        users.setdefault(login, _user(login, name))
    users.setdefault(NOBODY, _user(NOBODY, "Not stated"))
    organizations = [_tree(tree) for tree in imported_trees(dataset, "organizations").values()]
    refs = version_refs(dataset)
    locations = {oid: _location(tree, refs) for oid, tree in imported_trees(dataset, "locations").items()}
    for number, site in sorted(dataset.sites.items()):
        locations.setdefault(number, _site(number, site.name, "Site", refs))
    locations.setdefault(NOBODY, _site(NOBODY, "Not stated", "Other", refs))
    definitions = [_signature_def(tree) for tree in signature_defs(dataset)]
    content = "".join((*users.values(), *organizations, *locations.values(), *definitions))
    return f'<AdminData StudyOID="{attribute(dataset.study_oid)}">\n{content}</AdminData>\n'


def _parts(tree: Tree) -> list[Tree]:
    """The children in the words of ODM 2.0."""
    found: list[Tree] = []
    for part in as_list(tree.get("parts")):
        if not isinstance(part, dict):
            continue
        name = str(part.get("name"))
        if name in TELECOM:
            found.append({"name": "Telecom", "TelecomType": name, "Value": part.get("text", "")})
        elif name == "Picture":
            found.append({"name": "Image", "ImageFileName": part.get("PictureFileName")})
        else:
            found.append({**part, "name": _SPELLED.get(name, name)})
    if not any(part["name"] == "FullName" for part in found):
        found += [{**part, "name": "FullName"} for part in found if part["name"] == "DisplayName"]
    return found


def _tree(tree: Tree, head: str = "") -> str:
    """:param head: children that are written first."""
    name = str(tree["name"])
    attributes, children = SHAPES_2.get(name, TEXT_ONLY)
    given = {
        key: tree[key]
        for key in attributes
        if tree.get(key) and ((name, key) not in _CLOSED or tree[key] in _CLOSED[name, key])
    }
    if name == "Description":
        return texts(name, _translated(tree))
    if name == "Telecom":
        given = {"TelecomType": "Other", **given, "Value": tree.get("Value") or "-"}
    if name == "GeoPosition":
        given = {key: value for key, value in given.items() if is_decimal(str(value))}
    if name == "Organization":
        given = {"Type": "Other", **given, "Name": tree.get("Name") or tree["OID"]}
    if "text" in tree:
        return f"<{name}>{body(str(tree['text']))}</{name}>\n"
    if name == "User" and "LocationOID" not in given:
        refs = [
            part for part in as_list(tree.get("parts")) if isinstance(part, dict) and part.get("LocationOID")
        ]
        given |= {"LocationOID": refs[0]["LocationOID"]} if refs else {}
    parts = _parts(tree)
    content = ""
    for child in children:
        alike = [part for part in parts if part["name"] == child]
        content += "".join(map(_tree, alike if child in _MANY else alike[:1]))
        content += head if child == "MetaDataVersionRef" else ""
    return element(name, given, content)


def _translated(tree: Tree) -> TranslatedText:
    found: dict[str, str] = {}
    for part in as_list(tree.get("parts")):
        if isinstance(part, dict):
            found.setdefault(str(part.get(XML + "lang", "")), str(part.get("text", "")))
    return TranslatedText(tuple(found.items()))


def _user(oid: str, name: str) -> str:
    content = "" if oid == NOBODY else f"<UserName>{body(oid)}</UserName>\n"
    if name:
        content += f"<FullName>{body(name)}</FullName>\n"
    return element("User", {"OID": oid}, content)


def _location(tree: Tree, refs: str) -> str:
    parts = [part for part in as_list(tree.get("parts")) if isinstance(part, dict)]
    stated = [
        part
        for part in parts
        if part.get("name") != "MetaDataVersionRef"
        or (
            DATE.fullmatch(str(part.get("EffectiveDate", "")))
            and part.get("StudyOID")
            and part.get("MetaDataVersionOID")
        )
    ]
    has_ref = any(part.get("name") == "MetaDataVersionRef" for part in stated)
    named = {
        **tree,
        "Name": tree.get("Name") or tree["OID"],
        "Role": tree.get("Role") or tree.get("LocationType"),
        "parts": stated,
    }
    return _tree(named, "" if has_ref else refs)


def _site(number: str, name: str, role: str, refs: str) -> str:
    return element("Location", {"OID": number, "Name": name or number, "Role": role}, refs)


def _signature_def(tree: Tree) -> str:
    words = {str(part["name"]): str(part.get("text", "")) for part in _parts(tree)}
    content = "".join(
        f"<{name}>{body(words.get(name, ''))}</{name}>\n" for name in ("Meaning", "LegalReason")
    )
    method = tree.get("Methodology")
    known = method if method in _CLOSED["SignatureDef", "Methodology"] else None
    return element("SignatureDef", {"OID": tree["OID"], "Methodology": known}, content)
