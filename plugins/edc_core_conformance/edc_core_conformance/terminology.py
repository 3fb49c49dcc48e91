"""Which controlled terminology the rules of CDISC CORE rest on: the one that the datasets name in their define.xml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Sequence

_STANDARD = "{http://www.cdisc.org/ns/def/v2.1}Standard"


@dataclass(frozen=True, slots=True)
class Chosen:
    """:param name: of the package, ``sdtmct-2025-03-28``; empty where the cache lacks the one that is named.

    :param words: the same for people, with what they have to know of it.
    :param missing: why a rule that needs a terminology is not carried out, with the remedy.
    """

    name: str
    words: str
    missing: str = ""


def stated_in(define: Path) -> str:
    """Release (ISO date) of the SDTM terminology that a Define-XML 2.1 names (5.3.3, def:Standard); empty for none, the newest of several.

    :raises ValueError: it is no XML; the text says where.
    """
    try:
        named = [
            one.get("Version", "")
            for _, one in etree.iterparse(define, tag=_STANDARD, no_network=True, resolve_entities=False)
            if (one.get("Type"), one.get("PublishingSet")) == ("CT", "SDTM")
        ]
    except etree.XMLSyntaxError as error:
        raise ValueError(f"{define.name} cannot be read: {error}") from None
    return max(named, default="")


def chosen(stated: str, cached: Sequence[str]) -> Chosen:
    """The package of a cache for what is stated; the newest where nothing is.

    :param cached: names of the packages in the cache, the newest last.
    """
    name = f"sdtmct-{stated}"
    if not stated:
        return Chosen(cached[-1], f"{cached[-1]} (the newest at hand: define.xml names none)")
    if name in cached:
        return Chosen(name, name)
    return Chosen(
        "",
        f"without {name}, which the cache of rules does not have",
        f"It needs the terminology {name}, which define.xml names and the cache of rules does not have (in it: "
        f"{', '.join(cached)}). Bring {name}.json.xz into the cache and check again.",
    )
