"""Terms of dictionaries that verbatims are coded by, as variables (SDTMIG 3.4, sections 6.1 CM and 6.2 AE, MH).

MedDRA gives every level of its hierarchy; WHODrug the preferred name of the drug and its class (ATC), the most exact one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from edc_core.api import CodedTerm, CodingState, ExportItem, ItemDef

_CONTEXT = "Coding"  #: of the alias by which an item is declared to be coded
#: Level of a dictionary to the ends of the variables that hold its terms, and of those that hold their codes.
_LEVELS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "LLT": (("LLT",), ("LLTCD",)),
    "PT": (("DECOD",), ("PTCD",)),
    "HLT": (("HLT",), ("HLTCD",)),
    "HLGT": (("HLGT",), ("HLGTCD",)),
    "SOC": (("BODSYS", "SOC"), ("BDSYCD", "SOCCD")),
    "PREF": (("DECOD",), ()),
}
_CLASS = "ATC"


def is_coded(item: ItemDef) -> bool:
    """Whether the study says that the answers of an item are coded."""
    return any(alias.context == _CONTEXT for alias in item.aliases)


def coded_variables(domain: str, allowed: Iterable[str]) -> set[str]:
    """The variables of a domain that hold terms and codes of a dictionary."""
    ends = [end for pair in _LEVELS.values() for names in pair for end in names]
    return {f"{domain}{end}" for end in (*ends, "CLAS", "CLASCD")} & set(allowed)


def coded_cells(item: ExportItem) -> Iterator[tuple[str, str]]:
    """The end of each variable with what it holds; nothing before a coding counts."""
    coding = item.coding
    if coding is None or coding.state is not CodingState.CODED:
        return
    yield from _cells(coding.term)


def _cells(term: CodedTerm) -> Iterator[tuple[str, str]]:
    has_class = False
    for level, code, text in term.levels:
        if level.startswith(_CLASS) and not has_class:
            has_class = True
            yield "CLAS", text
            yield "CLASCD", code
        names, codes = _LEVELS.get(level, ((), ()))
        yield from ((name, text) for name in names)
        yield from ((name, code) for name in codes)
