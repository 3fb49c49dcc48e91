"""AdminData: what earlier imports brought, word for word, then our users and sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from edc_core.api import ExportDataset
from edc_core_odm.read_admin import SHAPES, TEXT_ONLY
from edc_core_odm.vocabulary import DATE, NOBODY
from edc_core_odm.write_marks import signature_oid
from edc_core_odm.write_xml import attribute, body, element

_WORDS = {
    ("User", "UserType"): frozenset({"Sponsor", "Investigator", "Lab", "Other"}),
    ("Location", "LocationType"): frozenset({"Sponsor", "Site", "CRO", "Lab", "Other"}),
    ("SignatureDef", "Methodology"): frozenset({"Digital", "Electronic"}),
}
_MANY = frozenset(
    {"Address", "StreetName", "Email", "Fax", "Phone", "LocationRef", "Certificate", "MetaDataVersionRef"}
)


def admin_data(dataset: ExportDataset) -> str:
    users = {oid: _tree(tree) for oid, tree in imported_trees(dataset, "users").items()}
    for login, name in sorted(dataset.users.items()):
        users.setdefault(login, _user(login, name))
    users.setdefault(NOBODY, _user(NOBODY, "Not stated"))
    refs = version_refs(dataset)
    locations = {oid: _location(tree, refs) for oid, tree in imported_trees(dataset, "locations").items()}
    for number, site in sorted(dataset.sites.items()):
        locations.setdefault(number, _site(number, site.name, "Site", refs))
    locations.setdefault(NOBODY, _site(NOBODY, "Not stated", "Other", refs))
    definitions = [_signature_def(tree) for tree in signature_defs(dataset)]
    content = "".join((*users.values(), *locations.values(), *definitions))
    return f'<AdminData StudyOID="{attribute(dataset.study_oid)}">\n{content}</AdminData>\n'


def signature_defs(dataset: ExportDataset) -> Iterable[Mapping[str, object]]:
    """What imports brought, then one for each meaning that was signed here."""
    own = {
        signature_oid(meaning): {
            "OID": signature_oid(meaning),
            "Methodology": "Electronic",
            "parts": [
                {"name": "Meaning", "text": meaning.capitalize()},
                {"name": "LegalReason", "text": statement},
            ],
        }
        for meaning, statement in sorted(dataset.meanings.items())
    }
    return (imported_trees(dataset, "signature_defs") | own).values()


def imported_trees(dataset: ExportDataset, key: str) -> dict[str, Mapping[str, object]]:
    """Trees by OID; a later import replaces an earlier one."""
    found: dict[str, Mapping[str, object]] = {}
    for source in dataset.imported:
        for tree in as_list(source.get(key)):
            if isinstance(tree, dict) and tree.get("OID"):
                found[str(tree["OID"])] = tree
    return found


def as_list(value: object) -> Iterable[object]:
    return value if isinstance(value, (list, tuple)) else ()


def _tree(tree: Mapping[str, object]) -> str:
    name = str(tree["name"])
    attributes, children = SHAPES.get(name, TEXT_ONLY)
    given: dict[str, object] = {
        key: tree[key]
        for key in attributes
        if key in tree and ((name, key) not in _WORDS or tree[key] in _WORDS[name, key])
    }
    if "text" in tree:
        return f"<{name}>{body(str(tree['text']))}</{name}>\n"
    parts = [part for part in as_list(tree.get("parts")) if isinstance(part, dict)]
    content = ""
    for child in children:
        alike = [part for part in parts if part.get("name") == child]
        content += "".join(_tree(part) for part in (alike if child in _MANY else alike[:1]))
    return element(name, given, content)


def _user(oid: str, name: str) -> str:
    content = "" if oid == NOBODY else f"<LoginName>{body(oid)}</LoginName>\n"
    if name:
        content += f"<DisplayName>{body(name)}</DisplayName>\n<FullName>{body(name)}</FullName>\n"
    return element("User", {"OID": oid}, content)


def version_refs(dataset: ExportDataset) -> str:
    """ODM wants to know since when a location used which version; our files say: at the latest on the day of the data."""
    day = dataset.created_at[:10] if DATE.fullmatch(dataset.created_at[:10]) else "1970-01-01"
    return "".join(
        element(
            "MetaDataVersionRef",
            {"StudyOID": dataset.study_oid, "MetaDataVersionOID": oid, "EffectiveDate": day},
        )
        for oid in dataset.versions or ("1",)
    )


def _location(tree: Mapping[str, object], refs: str) -> str:
    stated = [
        part
        for part in as_list(tree.get("parts"))
        if isinstance(part, dict)
        and DATE.fullmatch(str(part.get("EffectiveDate", "")))
        and part.get("StudyOID")
        and part.get("MetaDataVersionOID")
    ]
    if stated:
        return _tree({**tree, "Name": tree.get("Name") or tree["OID"], "parts": stated})
    kind = tree.get("LocationType")
    known = kind if kind in _WORDS["Location", "LocationType"] else None
    return element(
        "Location", {"OID": tree["OID"], "Name": tree.get("Name") or tree["OID"], "LocationType": known}, refs
    )


def _site(number: str, name: str, kind: str, refs: str) -> str:
    return element("Location", {"OID": number, "Name": name or number, "LocationType": kind}, refs)


def _signature_def(tree: Mapping[str, object]) -> str:
    words = {
        str(part.get("name")): str(part.get("text", ""))
        for part in as_list(tree.get("parts"))
        if isinstance(part, dict)
    }
    content = f"<Meaning>{body(words.get('Meaning', ''))}</Meaning>\n"
    content += f"<LegalReason>{body(words.get('LegalReason', ''))}</LegalReason>\n"
    method = tree.get("Methodology")
    known = method if method in _WORDS["SignatureDef", "Methodology"] else None
    return element("SignatureDef", {"OID": tree["OID"], "Methodology": known}, content)
