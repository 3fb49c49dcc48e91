"""Code lists and units of a library: subsets of published lists, each term with its c-code."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from edc_core.api import Alias, CodeList, CodeListItem, MeasurementUnit, TranslatedText
from edc_core_cosmos.problems import ProblemLog
from edc_core_cosmos.questions import Question
from edc_core_cosmos.terminology import PublishedList, Terminology
from edc_core_cosmos.ucum import UCUM

C_CODE = "nci:ExtCodeID"
NO_YES = "C66742"

_SYMBOLS = {"C": "°C", "F": "°F", "10^9/L": "10⁹/L", "10^12/L": "10¹²/L", "kg/m2": "kg/m²"}
_Key = tuple[str, tuple[CodeListItem, ...]]


@dataclass(slots=True)
class CodeLists:
    """Collects the subsets that items ask for, then names them: the most used one of a list has the list's name."""

    terminology: Terminology
    wanted: dict[str, _Key] = field(default_factory=dict)
    units: dict[str, MeasurementUnit] = field(default_factory=dict)

    def want(self, oid: str, question: Question) -> bool:
        """Note the code list of an item; false when it has none."""
        item, log = question.item, question.source.log
        if not item.code_list and not item.values:
            return False
        values = item.values
        code = item.code_list
        if not code and {value for value, _ in values} == {"N", "Y"}:
            code = NO_YES
        if code == NO_YES and not values:
            values = (("N", "No"), ("Y", "Yes"))
        if not values:
            code = self._collection_list(item.name) or code
        published = self.terminology.lists.get(code)
        if code and published is None:
            log.add("COS014", item.line, f"Item {item.name}: {code}.")
            return False
        terms = _terms(published, values, log, item.line, item.name)
        self.wanted[oid] = (code, terms)
        return True

    def unit_oids(self, question: Question) -> tuple[str, ...]:
        """The units of a result, the standard one first."""
        item = question.unit_item
        if item is None:
            return ()
        published = self.terminology.lists.get(item.code_list)
        log = question.source.log
        if published is None:
            log.add("COS014", item.line, f"Item {item.name}: {item.code_list or 'none'}.")
            return ()
        oids = []
        for term in _terms(published, item.values, log, item.line, item.name):
            oids.append(term.coded_value)
            decode = published.terms[term.coded_value].decode if not term.extended else term.coded_value
            ucum = UCUM.get(term.coded_value)
            self.units[term.coded_value] = MeasurementUnit(
                term.coded_value,
                decode,
                TranslatedText.of(_SYMBOLS.get(term.coded_value, term.coded_value)),
                term.aliases + ((Alias("UCUM", ucum),) if ucum else ()),
            )
        return tuple(oids)

    def made(self) -> tuple[dict[str, str], tuple[CodeList, ...]]:
        """Item OID to code list OID, and the code lists."""
        uses = Counter(self.wanted.values())
        names: dict[_Key, str] = {}
        first: dict[_Key, str] = {}
        for oid, key in self.wanted.items():
            first.setdefault(key, oid)
        for key in sorted(first, key=lambda each: (-uses[each], first[each])):
            code, _ = key
            short = self.terminology.lists[code].short_name if code else ""
            item = first[key].replace(".", "_")
            name = short or item
            names[key] = f"{short}_{item}" if name in names.values() and short else name
        lists = []
        for key, name in sorted(names.items(), key=lambda pair: pair[1]):
            code, terms = key
            published = self.terminology.lists.get(code)
            lists.append(
                CodeList(
                    name,
                    published.name if published else name,
                    items=terms,
                    aliases=(Alias(C_CODE, code),) if code else (),
                )
            )
        return {oid: names[key] for oid, key in self.wanted.items()}, tuple(lists)

    def _collection_list(self, name: str) -> str:
        """The short list that CDASH has for an item instead of hundreds of terms; EC takes those of EX."""
        published = self.terminology.by_short_name(f"EX{name[2:]}" if name.startswith("EC") else name)
        return published.code if published else ""


def _terms(
    published: PublishedList | None,
    values: tuple[tuple[str, str], ...],
    log: ProblemLog,
    line: int,
    name: str,
) -> tuple[CodeListItem, ...]:
    if published is None:
        return tuple(
            CodeListItem(value, TranslatedText.of(text or value.capitalize(), "en")) for value, text in values
        )
    made = []
    for value, text in values or tuple((term, "") for term in published.terms):
        term = published.terms.get(value)
        if term is None:
            code = "COS015" if published.extensible else "COS016"
            log.add(code, line, f"Item {name}: {value} in {published.short_name} ({published.code}).")
            if not published.extensible:
                continue
        decode = text or (term.decode if term else value.capitalize())
        made.append(
            CodeListItem(
                value,
                TranslatedText.of(decode, "en"),
                extended=term is None,
                aliases=(Alias(C_CODE, term.code),) if term else (),
            )
        )
    return tuple(made)
