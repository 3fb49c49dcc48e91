"""Code lists of Define-XML: terms of the study's code lists and the values in the data, with their NCI codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from edc_core.api import CodeList, TranslatedText
from edc_core_sdtm.annotation import submission_value
from edc_core_sdtm.columns import SUPP
from edc_core_sdtm.datasets import Dataset
from edc_core_sdtm.define.origins import Origins
from edc_core_sdtm.define.texts import NOTHING, in_english
from edc_core_sdtm.plan import Source
from edc_core_sdtm.standard import StandardVariable
from edc_core_sdtm.terminology import ControlledList, Terminology

NCI = "nci:ExtCodeID"
_OF_TESTS = frozenset({"ORRES", "STRESC", "STRESN", "STRESU"})


@dataclass(frozen=True, slots=True)
class Term:
    """:param decode: texts of the term; none for one that shows itself. :param code: of NCI; empty for a term of the sponsor."""

    value: str
    decode: TranslatedText = NOTHING
    code: str = ""


@dataclass(frozen=True, slots=True)
class DefinedList:
    """:param code: of NCI, where the list is one of the terminology or a part of it. :param dictionary: instead of terms."""

    oid: str
    name: str
    terms: tuple[Term, ...]
    code: str = ""
    dictionary: str = ""


class CodeLists:
    """Gathers the code lists that are referred to."""

    def __init__(self, origins: Origins, terms: Terminology) -> None:
        self._origins = origins
        self._known = terms
        self.found: dict[str, DefinedList] = {}

    def of_variable(self, dataset: Dataset, variable: StandardVariable) -> str:
        """OID of the code list of a variable; empty where its values are free."""
        if variable.name[2:] in _OF_TESTS and dataset.facts.is_findings:
            return ""
        if (dataset.name, variable.name) == ("DM", "COUNTRY"):
            return self._add(DefinedList("CL.ISO3166", "Countries", (), dictionary="ISO 3166-1 alpha-3"))
        sources = self._origins.sources.get(f"{dataset.name}.{variable.name}", ())
        seen = dataset.extent(variable.name).seen
        if variable.is_number or dataset.name.startswith(SUPP):
            return ""
        if any(source.code_list is None for source in sources):
            return (
                ""
                if seen is None or not self._all_known(variable, seen)
                else self._list(dataset, variable, (), seen)
            )
        if not sources and (seen is None or not seen):
            return ""
        return self._list(dataset, variable, sources, seen or ())

    def of_item(self, source: Source) -> str:
        """OID of the code list of one test's results, or of one qualifier."""
        if source.code_list is None:
            return ""
        found = source.code_list
        made = DefinedList(f"CL.{_word(found.oid)}", found.name, tuple(_terms(found)))
        own = _own_code(found)
        return self._add(self._coded(made, [own], own))

    def of_values(self, oid: str, title: str, values: Iterable[str], code: str) -> str:
        """OID of a list of values that were seen, by the NCI code of the list that they come from."""
        return self._add(self._coded(DefinedList(oid, title, tuple(Term(v) for v in sorted(values))), [code]))

    def _list(
        self, dataset: Dataset, variable: StandardVariable, sources: Sequence[Source], seen: Iterable[str]
    ) -> str:
        terms: dict[str, Term] = {}
        is_name = variable.name[2:] == "TEST"
        for source in sources if not is_name and variable.name[2:] != "TESTCD" else ():
            assert source.code_list is not None
            for term in _terms(source.code_list):
                terms.setdefault(term.value, term)
        names = dataset.spool.tests if variable.name[2:] == "TESTCD" else {}
        constants = (
            self._origins.constants.get(f"{dataset.name}.{variable.name}", set()) if sources else set()
        )
        for value in sorted({*seen, *constants} - set(terms)):
            terms[value] = Term(
                value, self._name(dataset, value, names[value].name) if value in names else NOTHING
            )
        if not terms:
            return ""
        oid = f"CL.{dataset.name}.{variable.name}"
        codes = [code for s in sources if s.code_list and (code := _own_code(s.code_list))]
        title = f"{variable.label} ({dataset.domain})"
        return self._add(
            self._coded(
                DefinedList(oid, title, tuple(terms.values())),
                [*variable.code_lists, *codes],
                next(iter(codes), ""),
            )
        )

    def _name(self, dataset: Dataset, test: str, name: str) -> TranslatedText:
        """Of a test: where it is called what is asked, in the languages of the question."""
        source = self._origins.by_test.get((dataset.domain, test))
        if source and source.item.question.in_language("en") == name:
            return source.item.question
        return in_english(name)

    def _all_known(self, variable: StandardVariable, seen: set[str]) -> bool:
        lists = variable.code_lists
        return bool(seen) and all(any(self._known.has(code, value) for code in lists) for value in seen)

    def _coded(self, found: DefinedList, codes: Sequence[str], own: str = "") -> DefinedList:
        """The list with the NCI codes of its terms; its own code when one list of the terminology has them, or may be extended.

        :param own: the NCI code that the study's code list states: without a terminology, nothing else is known.
        """
        if not self._known.release:
            return replace(found, code=own)
        known = [one for code in dict.fromkeys(codes) if (one := self._known.code_lists.get(code))]
        terms = tuple(replace(term, code=term.code or _code_in(known, term.value)) for term in found.terms)
        home = next((one for one in known if any(t.value in one.terms for t in terms)), None)
        if home is None or not (home.is_extensible or all(t.value in home.terms for t in terms)):
            return replace(found, terms=terms)
        return replace(found, terms=terms, code=home.code)

    def _add(self, one: DefinedList) -> str:
        self.found.setdefault(one.oid, one)
        return one.oid


def _terms(found: CodeList) -> Iterable[Term]:
    for term in found.items:
        code = next((alias.name for alias in term.aliases if alias.context == NCI), "")
        yield Term(submission_value(term.aliases) or term.coded_value, term.decode or NOTHING, code)


def _own_code(found: CodeList) -> str:
    return next((alias.name for alias in found.aliases if alias.context == NCI), "")


def _code_in(known: Sequence[ControlledList], value: str) -> str:
    return next((one.terms[value] for one in known if value in one.terms), "")


def _word(text: str) -> str:
    return "".join(c if c.isalnum() or c in "._-" else "_" for c in text)
