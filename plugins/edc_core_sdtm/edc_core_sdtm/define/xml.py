"""Elements of Define-XML 2.1: names, namespaces and the few shapes that recur."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

ODM = "http://www.cdisc.org/ns/odm/v1.3"
DEF = "http://www.cdisc.org/ns/def/v2.1"
XLINK = "http://www.w3.org/1999/xlink"
NAMESPACES = {None: ODM, "def": DEF, "xlink": XLINK}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

Attributes = Mapping[str, object]


def qualified(name: str) -> str:
    """A name with its namespace: ``def:leaf``, ``xlink:href``; without a prefix one of ODM."""
    prefix, _, local = name.rpartition(":")
    return {"": f"{{{ODM}}}", "def": f"{{{DEF}}}", "xlink": f"{{{XLINK}}}"}[prefix] + local


def element(name: str, attributes: Attributes | None = None, *children: etree._Element) -> etree._Element:
    """An element; attributes that are None or empty are left out. Names of ODM attributes have no namespace."""
    made = etree.Element(qualified(name), nsmap=NAMESPACES)
    for key, value in (attributes or {}).items():
        if value not in {None, ""}:
            made.set(qualified(key) if ":" in key else key, str(value))
    made.extend(children)
    return made


def translated(text: str, language: str = "en") -> etree._Element:
    made = element("TranslatedText")
    made.set(_LANG, language)
    made.text = text
    return made


def texted(name: str, text: str, attributes: Attributes | None = None) -> etree._Element:
    made = element(name, attributes)
    made.text = text
    return made
