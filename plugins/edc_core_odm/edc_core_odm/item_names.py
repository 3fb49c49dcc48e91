"""Words for items and forms of foreign files: as the file names them where it can be, else derived from Name or OID."""

from __future__ import annotations

import hashlib
import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from edc_core.api import FormDef, ItemDef, MetaDataVersion
from edc_core_odm.vocabulary import WORD


def named(version: MetaDataVersion) -> MetaDataVersion:
    """Give every item a name that is unique in its forms, and every form one that is unique in the version.

    Names already set (by our own aliases) are kept; the ODM Name stays in ``odm_name`` where it differs.
    """
    forms = _named_forms(version.forms)
    return replace(version, forms=forms, items=_named_items(version))


def _named_forms(forms: Iterable[FormDef]) -> tuple[FormDef, ...]:
    taken = {form.name for form in forms if form.name}
    done = []
    for form in forms:
        name = form.name or _free(form.odm_name, form.oid, taken)
        taken.add(name)
        done.append(replace(form, name=name, odm_name="" if form.odm_name == name else form.odm_name))
    return tuple(done)


def _named_items(version: MetaDataVersion) -> tuple[ItemDef, ...]:
    neighbours = _neighbours(version)
    names: dict[str, dict[str, str]] = {}  # form OID -> name -> item OID
    for item in version.items:
        if item.name:
            for form in neighbours.get(item.oid, ()):
                names.setdefault(form, {})[item.name] = item.oid
    done = []
    for item in version.items:
        forms = neighbours.get(item.oid, ())
        taken = {name for form in forms for name in names.get(form, {})}
        name = item.name or _free(item.odm_name, item.oid, taken)
        for form in forms:
            names.setdefault(form, {})[name] = item.oid
        done.append(replace(item, name=name, odm_name="" if item.odm_name == name else item.odm_name))
    return tuple(done)


def _neighbours(version: MetaDataVersion) -> Mapping[str, list[str]]:
    """Item OID to the forms it stands in."""
    groups = {group.oid: group for group in version.item_groups}
    found: dict[str, list[str]] = {}
    for form in version.forms:
        waiting = [ref.item_group_oid for ref in form.group_refs]
        seen: set[str] = set()
        while waiting:
            oid = waiting.pop()
            if oid in seen or oid not in groups:
                continue
            seen.add(oid)
            waiting += [ref.item_group_oid for ref in groups[oid].group_refs]
            for ref in groups[oid].item_refs:
                found.setdefault(ref.item_oid, []).append(form.oid)
    return found


def _free(name: str, oid: str, taken: set[str]) -> str:
    candidates = [name] if WORD.fullmatch(name) and not keyword.iskeyword(name) else []
    candidates.append(word(oid))
    for candidate in candidates:
        if candidate not in taken:
            return candidate
    number = 2
    while f"{candidates[-1]}_{number}" in taken:
        number += 1
    return f"{candidates[-1]}_{number}"


def word(oid: str) -> str:
    """An identifier out of any OID: the letters that fit, or a digest where none does."""
    text = re.sub(r"[^A-Za-z0-9]+", "_", oid).strip("_")
    if not text:
        return "X" + hashlib.sha256(oid.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    if not text[0].isalpha():
        text = "X" + text
    return text + "_" if keyword.iskeyword(text) else text
