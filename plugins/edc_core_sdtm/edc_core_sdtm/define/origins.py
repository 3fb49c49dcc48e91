"""Where a variable comes from, in the words of Define-XML 2.1 (Origin: Type and Source)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from edc_core.api import TranslatedText
from edc_core_sdtm.columns import SUPP
from edc_core_sdtm.datasets import Dataset
from edc_core_sdtm.define.crf_pages import CrfPages
from edc_core_sdtm.define.texts import NOTHING, joined, method, sentence
from edc_core_sdtm.plan import Source, StudyPlan
from edc_core_sdtm.rules import RULES, rule_for

_PROTOCOL = frozenset({"VISITNUM", "VISIT", "VISITDY", "EPOCH", "TAETORD"})
_ASSIGNED = frozenset(
    {"STUDYID", "DOMAIN", "RDOMAIN", "SITEID", "SUBJID", "COUNTRY", "QNAM", "QLABEL", "QORIG"}
)


@dataclass(frozen=True, slots=True)
class Origin:
    """:param method: the rule in words, of what is derived. :param pages: of the annotated CRF, of what is collected."""

    type: str
    source: str = "Sponsor"
    method: TranslatedText = NOTHING
    pages: tuple[int, ...] = ()


COLLECTED = Origin("Collected", "Investigator")


class Origins:
    """Origins by what the plans of all versions say, the newest first.

    :param pages: of the annotated CRF, as ``AnnotatedCrf`` has them.
    """

    def __init__(
        self,
        plans: Sequence[StudyPlan],
        derived: Mapping[str, TranslatedText],
        pages: Mapping[tuple[str, str], tuple[int, ...]],
    ) -> None:
        self._derived = derived
        self._pages = CrfPages(plans, pages)
        self.sources: dict[str, list[Source]] = {}
        self.constants: dict[str, set[str]] = {}
        self.by_test: dict[tuple[str, str], Source] = {}
        self.coded: set[str] = set()
        self.comments: dict[str, TranslatedText] = {}  #: by ``DATASET.VARIABLE``
        for plan in plans:
            for found in (plan.demographics, plan.demographic_qualifiers):
                for name, placed in found.items():
                    self.sources.setdefault(f"DM.{name}", []).extend(source for _, source in placed)
            for record in plan.all_records:
                self.coded |= {f"{record.domain}.{name}" for name in record.coded}
                for name, sources in [
                    *record.sources.items(),
                    *((n, (s,)) for n, s in record.qualifiers.items()),
                ]:
                    self.sources.setdefault(f"{record.domain}.{name}", []).extend(sources)
                for name, sources in record.sources.items():
                    if len(sources) > 1 and not name.endswith("DTC"):
                        comment = sentence("later", joined([s.item.name for s in sources]), record.form_oid)
                        self.comments.setdefault(f"{record.domain}.{name}", comment)
                for name, text in record.constants.items():
                    self.constants.setdefault(f"{record.domain}.{name}", set()).add(text)
                if record.topic_code and (result := record.sources.get(f"{record.domain}ORRES")):
                    self.by_test.setdefault((record.domain, record.topic_code), result[-1])

    def of(self, dataset: Dataset, name: str) -> Origin:
        """The origin of a variable."""
        key = f"{dataset.name}.{name}"
        if key in self._derived:
            return Origin("Derived", method=self._derived[key])
        if dataset.facts.observation_class == "Trial Design":
            return Origin("Protocol")
        if dataset.name.startswith(SUPP) or dataset.name == "RELREC":
            if name != "QVAL":
                return Origin("Assigned")
            return replace(COLLECTED, pages=self._pages.of_qualifiers(dataset.domain))
        if key in self.sources:
            return self._paged(origin_of(self.sources[key][0]), self._pages.of_variable(key))
        if key in self.coded:
            return Origin("Assigned")
        if dataset.name == "EX":
            return Origin("Derived", method=method(RULES["EX"]))
        if name in _ASSIGNED or key in self.constants:
            return Origin("Assigned")
        if name in _PROTOCOL and name != "EPOCH" and dataset.name != "SV":
            return Origin("Protocol")
        rule = rule_for(dataset.name, name)
        return Origin("Derived", method=method(rule)) if rule else Origin("Assigned")

    def of_result(self, dataset: Dataset, variable: str, test: str) -> Origin:
        """The origin of the results of one test, as they were collected."""
        source = self.by_test.get((dataset.domain, test))
        origin = origin_of(source) if source else COLLECTED
        return self._paged(origin, self._pages.of_test(f"{dataset.domain}.{variable}", test))

    def of_qualifier(self, dataset: Dataset, name: str, kind: str) -> Origin:
        """The origin of a supplemental qualifier. :param kind: its QORIG, where no item of the study gives it by that name."""
        if said := self._derived.get(f"{SUPP}{dataset.domain}.{name}"):
            return Origin("Derived", method=said)
        source = next(iter(self.sources.get(f"{dataset.domain}.{name}", ())), None)
        origin = origin_of(source) if source else COLLECTED if kind in {"", COLLECTED.type} else Origin(kind)
        return self._paged(origin, self._pages.of_qualifier(dataset.domain, name))

    @staticmethod
    def _paged(origin: Origin, pages: tuple[int, ...]) -> Origin:
        return replace(origin, pages=pages) if origin.type == COLLECTED.type else origin


def origin_of(source: Source) -> Origin:
    """The origin of an item's answer."""
    kind = source.item.origin
    if kind == "derived":
        return Origin("Derived", method=sentence("on_form", source.item.question))
    if kind == "assigned":
        return Origin("Assigned")
    return Origin("Collected", "Vendor" if kind == "transferred" else "Investigator")
