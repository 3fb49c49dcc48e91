"""What a study chooses of this plugin: its terminology, whose digest is fixed with the version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from edc_core.api import BadRequest, ChosenSettings, SettingFinding, StudySettings
from edc_core_sdtm.releases import CHOICES, FIXED, STATED, chosen, releases


def look(asked: ChosenSettings) -> Iterator[SettingFinding]:
    """What is wrong with the choices of a study."""
    for name in sorted(set(asked.chosen) - set(CHOICES)):
        message = f"There is nothing to choose by the name '{name}': {' and '.join(CHOICES)} are there."
        yield SettingFinding(name, message, CHOICES, is_about_name=True)
    if FIXED in asked.chosen and STATED not in asked.chosen:
        yield SettingFinding(
            FIXED, f"A digest without '{STATED}' says of no terminology what it is. Add its release."
        )
        return
    if STATED in asked.chosen:
        try:
            chosen(asked.chosen, asked.installation)
        except BadRequest as problem:
            yield SettingFinding(STATED, problem.message, _known(asked.installation))


def _known(installation: Mapping[str, str]) -> tuple[str, ...]:
    try:
        return tuple(releases(installation))
    except BadRequest:  # which is what is said already
        return ()


def fix(asked: ChosenSettings) -> Mapping[str, str]:
    """The digest of the terminology that is stated."""
    return {FIXED: chosen(asked.chosen, asked.installation).sha256} if STATED in asked.chosen else {}


SETTINGS = StudySettings(look, fix)
