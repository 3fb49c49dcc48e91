"""The explanations of a study, looked at before anything is exported: is there a rule of that name, and does the text say anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import SettingFinding, StudySettings
from edc_core_packages.asked import OWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import ChosenSettings

NO_ENGINE = "No plugin that runs conformance engines is installed (edc-core-conformance)."


def look(asked: ChosenSettings) -> Iterator[SettingFinding]:
    """What is wrong with the explanations of a study. Where an engine does not tell its rules here, a name that nobody else
    knows may be one of its own.
    """
    told = [(engine.title, engine.rules()) for engine in asked.engines]
    names = {fact.value.rule for standard in asked.standards for fact in standard.conformance_rules}
    known = tuple(sorted(names.union(*(rules.names for _, rules in told))))
    missing = [f"{title}: {rules.why}" for title, rules in told if rules.why]
    unknown = " ".join(missing) if told else NO_ENGINE
    for name, text in asked.chosen.items():
        if name in OWN:
            continue
        if not text.strip():
            message = (
                f"The explanation of '{name}' has no words. Say why its findings stand, or take it away."
            )
            yield SettingFinding(name, message)
        rule = name.partition(" ")[0]  # it may hold for one dataset alone
        if rule in known:
            continue
        if unknown:
            message = f"Whether there is a rule '{rule}' could not be looked up. {unknown}"
            yield SettingFinding(name, message, known, is_about_name=True, is_unknown=True)
        else:
            message = f"No engine here, and no standard that the study follows, has a rule '{rule}', so nothing is explained."
            yield SettingFinding(name, message, known, is_about_name=True)


SETTINGS = StudySettings(look)
