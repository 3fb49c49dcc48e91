"""On which pages of the annotated CRF a variable is asked for (Define-XML 2.1, section 5.3.12: def:PDFPageRef)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from edc_core_sdtm.plan import Source, StudyPlan
from edc_core_sdtm.qualifiers import part_of

Places = dict[str, set[tuple[str, str]]]  #: by what is asked for: OIDs of forms and items


class CrfPages:
    """Pages of variables, of the results of tests, and of supplemental qualifiers; none of what is on no page.

    :param pages: by form and item, see ``AnnotatedCrf``.
    """

    def __init__(self, plans: Sequence[StudyPlan], pages: Mapping[tuple[str, str], tuple[int, ...]]) -> None:
        self._pages = pages
        self._variables: Places = defaultdict(set)
        self._qualifiers: Places = defaultdict(set)
        self._tests: dict[str, Places] = defaultdict(lambda: defaultdict(set))  #: by variable, then by test
        for plan in plans:
            for found, into in (
                (plan.demographics, self._variables),
                (plan.demographic_qualifiers, self._qualifiers),
            ):
                for name, placed in found.items():
                    into[f"DM.{name}"] |= {(form, source.item.oid) for form, source in placed}
            for record in plan.all_records:
                for name, sources in record.sources.items():
                    places = _places(record.form_oid, sources)
                    self._variables[f"{record.domain}.{name}"] |= places
                    self._tests[f"{record.domain}.{name}"][record.topic_code] |= places
                for name, source in record.qualifiers.items():
                    self._qualifiers[f"{record.domain}.{name}"] |= _places(record.form_oid, [source])

    def of_variable(self, key: str) -> tuple[int, ...]:
        """:param key: ``DATASET.VARIABLE``."""
        return self._of(self._variables.get(key, ()))

    def of_test(self, key: str, test: str) -> tuple[int, ...]:
        """Of the items that give a variable in the records of a test; where an answer names the test, of all such items."""
        by_test = self._tests.get(key, {})
        return self._of(by_test.get(test) or by_test.get("", ()))

    def of_qualifier(self, domain: str, name: str) -> tuple[int, ...]:
        """Of a QNAM, which may be a part of a long text, or one of several answers, of a variable."""
        known = self._qualifiers.get(f"{domain}.{name}")
        if known is None:
            known = next(
                (
                    places
                    for found in (self._qualifiers, self._variables)
                    for key, places in found.items()
                    if key.startswith(f"{domain}.") and part_of(name, key.removeprefix(f"{domain}."))
                ),
                set(),
            )
        return self._of(known)

    def of_qualifiers(self, domain: str) -> tuple[int, ...]:
        """Of all supplemental qualifiers of a domain."""
        found = (places for key, places in self._qualifiers.items() if key.startswith(f"{domain}."))
        return self._of(place for places in found for place in places)

    def _of(self, places: Iterable[tuple[str, str]]) -> tuple[int, ...]:
        return tuple(sorted({page for place in places for page in self._pages.get(place, ())}))


def _places(form: str, sources: Iterable[Source]) -> set[tuple[str, str]]:
    return {(form, source.item.oid) for source in sources}
