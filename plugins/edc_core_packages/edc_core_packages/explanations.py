"""Why a finding stands: what the study says of its rule, or what holds for the datasets of every study."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import ConformanceFinding, ConformanceReport

GENERAL = Path(__file__).with_suffix(".toml")
ENGLISH, LANGUAGES = "en", ("ko", "zh", "ja")


@dataclass(frozen=True, slots=True, kw_only=True)
class General:
    """A text for every study. :param datasets: of whose findings it holds; none for all. :param begins: as their texts begin.

    :param texts: by language.
    """

    rule: str
    texts: Mapping[str, str]
    datasets: tuple[str, ...] = ()
    begins: str = ""

    def holds_for(self, finding: ConformanceFinding) -> bool:
        return (
            finding.rule == self.rule
            and finding.text.startswith(self.begins)
            and (not self.datasets or finding.dataset in self.datasets)
        )


@cache
def general() -> tuple[General, ...]:
    """Those that this plugin brings."""
    said = tomllib.loads(GENERAL.read_text(encoding="utf-8"))["explanation"]
    return tuple(
        General(
            rule=one["rule"],
            texts={ENGLISH: one["text"]} | {name: one[name] for name in LANGUAGES if name in one},
            datasets=tuple(one.get("datasets", ())),
            begins=one.get("begins", ""),
        )
        for one in said
    )


def explanation(finding: ConformanceFinding, of_study: Mapping[str, str], language: str = ENGLISH) -> str:
    """The text for a finding, empty for none. :param of_study: texts by rule; they go before the general ones.

    :param language: of the general ones, English where there is none.
    """
    if own := of_study.get(finding.rule, "").strip():
        return own
    texts = next((one.texts for one in general() if one.holds_for(finding)), {})
    return texts.get(language) or texts.get(ENGLISH, "")


def unexplained(report: ConformanceReport, of_study: Mapping[str, str]) -> tuple[str, ...]:
    """Rules with a finding that no text explains, sorted."""
    return tuple(sorted({one.rule for one in report.findings if not explanation(one, of_study)}))
