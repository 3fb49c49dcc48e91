"""What only ODM 2.0 has and this framework does not act on: kept word for word in an alias of the definition it is in.

The alias (context ``ODM.2.0``) travels with the definition through YAML, ledger and ODM 1.3.2, and is taken apart again
when ODM 2.0 is written. Its JSON::

    {"attributes": {name: text}, "parts": [xml, ...], "inside": {"ItemRef ITEM_OID": {... the same ...}}, "is": "form"}
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from edc_core.api import Alias
from edc_core_odm.odm2.grammar import fits, misfit
from edc_core_odm.odm2.vocabulary import (
    CODING,
    CODING_ATTRIBUTES,
    KEPT,
    MANY,
    NAMESPACE,
    SHAPES,
    XHTML,
    XLINK,
)
from edc_core_odm.own_marks import plain, to_json
from edc_core_odm.problems import ProblemLog
from edc_core_odm.read_definitions import Source, strings
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.vocabulary import XML
from edc_core_odm.write_xml import attribute, body, element

_NUMBERED = re.compile(r"^EDC\d+\.(?=.)")
_LEAF = re.compile(r'(<(?:Leaf|DocumentRef)\b[^>]*?\s(?:ID|LeafID)=")')
_NAME = re.compile(r"<(\w+)")


@dataclass(slots=True)
class Kept:
    """What is kept of one element, and of those in it that are no definitions of their own.

    :param is_: ``form``: these items stand directly in the form of the same OID; ``group``: this form is only there
        because an event refers to the group of the same OID.
    """

    attributes: dict[str, str] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)
    inside: dict[str, Kept] = field(default_factory=dict)
    is_: str = ""

    def data(self) -> dict[str, object]:
        inside = {key: data for key, kept in self.inside.items() if (data := kept.data())}
        return plain({"attributes": self.attributes, "parts": self.parts, "inside": inside, "is": self.is_})

    def alias(self) -> tuple[Alias, ...]:
        data = self.data()
        return (Alias(KEPT, to_json(data)),) if data else ()

    def part(self, name: str) -> list[str]:
        return [part for part in self.parts if _is(part, name)]

    def within(self, tag: str, key: object) -> Kept:
        return self.inside.get(f"{tag} {key}") or Kept()


def of(aliases: Iterable[Alias]) -> tuple[Kept, list[str], list[Alias]]:
    """What is kept in the aliases of a definition, the Codings among them, and the others."""
    kept, codings, others = Kept(), [], []
    for alias in aliases:
        if alias.context == KEPT and (found := _from_json(alias.name)) is not None:
            kept = found
        elif alias.context.startswith(CODING):
            codings.append(_coding_xml(alias))
        else:
            others.append(alias)
    return kept, codings, others


def _from_json(text: str) -> Kept | None:
    """``None`` when it is no alias of ours: it is then written as any other."""
    try:
        return _loaded(json.loads(text))
    except (ValueError, TypeError, AttributeError):
        return None


def _loaded(data: Mapping[str, object]) -> Kept:
    attributes, inside = data.get("attributes", {}), data.get("inside", {})
    if not isinstance(attributes, dict) or not isinstance(inside, dict):
        raise TypeError("Mappings are expected.")
    return Kept(
        {str(key): str(value) for key, value in attributes.items()},
        list(strings(data.get("parts", []))),
        {str(key): _loaded(part) for key, part in inside.items()},
        str(data.get("is", "")),
    )


def take(
    source: Source,
    found: Element,
    used: Iterable[str],
    used_parts: Iterable[str],
    taken: set[str] | None = None,
) -> tuple[dict[str, str], Kept]:
    """The attributes of an element, and those of them and of its children that are not used otherwise, to be kept.

    Each of these is reported as kept; what the standard does not know there is reported as left out.

    :param taken: OIDs that a part must not have, since another one has it; those of the parts are added.
    """
    name = str(source.name(found))
    attributes, children = SHAPES[name]
    used, used_parts = set(used), set(used_parts)
    given = source.attributes(found, *attributes)
    kept = Kept()
    for key in [key for key in given if key not in used]:
        if fits(key, given[key]):
            kept.attributes[key] = given[key]
            source.log.add("ODM050", line_of(found), f"'{key}' of {name}.")
        else:
            source.log.add("ODM056", line_of(found), f"'{key}' of {name} is '{given[key]}'.")
    for child in found:
        child_name = source.name(child)
        if child_name not in children:
            source.unexpected(child, found)
        elif child_name not in used_parts:
            keep(source, child, name, kept, taken)
    return given, kept


def keep(source: Source, part: Element, parent: str, kept: Kept, taken: set[str] | None = None) -> None:
    """Keep a part, and say so; one that would make a file invalid is left out, and the report says why."""
    name = str(source.name(part))
    oid = str(part.get("OID") or "")
    reason = misfit(part)
    is_single = name not in MANY or (name, parent) == ("Leaf", "ItemGroupDef")
    if not reason and is_single and kept.part(name):
        reason = "there is one already"
    if not reason and oid and taken is not None and oid in taken:
        reason = f"something else has the OID '{oid}'"
    if reason:
        source.log.add("ODM056", line_of(part), f"{name} in {parent}: {reason}.")
        return
    if oid and taken is not None:
        taken.add(oid)
    source.log.add("ODM050", line_of(part), f"{name} in {parent}.")
    kept.parts.append(verbatim(part, source.log))


def codings(source: Source, found: Element) -> tuple[Alias, ...]:
    """The Codings of a definition as aliases: the System in the context, the Code as the name."""
    aliases = []
    for child in source.all(found, "Coding"):
        given = source.attributes(child, *CODING_ATTRIBUTES)
        if (system := source.required(given, "System", child)) is None:
            continue
        del given["System"]
        code = given.get("Code", "")
        name = code if set(given) <= {"Code"} and not code.startswith("{") else to_json(given)
        aliases.append(Alias(CODING + system, name))
    return tuple(aliases)


def _coding_xml(alias: Alias) -> str:
    given: dict[str, object] = {"Code": alias.name}
    if alias.name.startswith("{"):
        try:
            given = dict(json.loads(alias.name))
        except (ValueError, TypeError):
            given = {"Code": alias.name}
    given = {**given, "System": alias.context.removeprefix(CODING)}
    return element("Coding", {key: given[key] for key in CODING_ATTRIBUTES if key in given})


def verbatim(found: Element, log: ProblemLog) -> str:
    """An element of ODM 2.0 as text in one spelling, without what is not of the standard (reported)."""
    return _written(found, NAMESPACE, log) + "\n"


def _written(found: Element, around: str, log: ProblemLog) -> str:
    qualified = etree.QName(found)
    namespace = qualified.namespace or NAMESPACE
    if namespace not in (NAMESPACE, XHTML):
        log.add("ODM010", line_of(found), f"'{qualified.text}'.")
        return ""
    given = "" if namespace == around else f' xmlns="{namespace}"'
    for key, value in found.items():
        spelled = _attribute_name(str(key), namespace)
        text = _NUMBERED.sub("", str(value)) if key in ("ID", "LeafID") else str(value)
        if spelled is None:
            log.add("ODM011", line_of(found), f"'{key}' of {qualified.localname}.")
        else:
            given += f'{spelled}="{attribute(text)}"'
    mixed = namespace == XHTML or qualified.localname == "TranslatedText" or not len(found)
    content = _text(found.text, mixed=mixed)
    for child in found:
        content += _written(child, namespace, log) + _text(child.tail, mixed=mixed)
    name = qualified.localname
    return f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given}/>"


def _attribute_name(key: str, namespace: str) -> str | None:
    if not key.startswith("{"):
        return f" {key}"
    if key.startswith(XML):
        return f" xml:{key.removeprefix(XML)}"
    if key.startswith(f"{{{XLINK}}}") and namespace == NAMESPACE:
        return f' xmlns:xlink="{XLINK}" xlink:{key.partition("}")[2]}'
    return None


def _text(text: str | bytes | None, *, mixed: bool) -> str:
    words = str(text or "")
    return body(words) if mixed or words.strip() else ""


def with_own_ids(version: str, number: int) -> str:
    """The text of a version with ids that no other version of the file has: a file has one space of ids."""
    return _LEAF.sub(rf"\1EDC{number}.", version) if number else version


def arranged(name: str, written: Mapping[str, str], kept: Kept) -> str:
    """The content of an element: what was written for each child name, and what was kept, in the order of the standard."""
    return "".join((written.get(child, "") or "") + "".join(kept.part(child)) for child in SHAPES[name][1])


def _is(part: str, name: str) -> bool:
    match = _NAME.match(part)
    return match is not None and match[1] == name
