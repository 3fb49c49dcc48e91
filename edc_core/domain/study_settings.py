"""What a study chooses of a plugin (``settings`` in study.yaml): looked at when a definition is checked, fixed when it is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from edc_core.domain.conformance import ConformanceEngine
    from edc_core.domain.country import CountryStandard


@dataclass(frozen=True, slots=True)
class ChosenSettings:
    """What a plugin is asked about.

    :param chosen: what the study chooses of it, by name. :param installation: the variables ``EDC_PLUGIN_...`` of the plugin by
        the rest of their names. :param standards: what authorities ask of the study. :param engines: what can look through its
        exports here.
    """

    chosen: Mapping[str, str]
    installation: Mapping[str, str]
    standards: tuple[CountryStandard, ...] = ()
    engines: tuple[ConformanceEngine, ...] = ()


@dataclass(frozen=True, slots=True)
class SettingFinding:
    """What is to be said of a choice.

    :param name: of the setting. :param message: what is wrong, and the remedy. :param known: what could have been meant; the
        nearest is suggested. :param is_about_name: the name is wrong, not what is chosen.
    :param is_unknown: it could not be looked at here, which keeps nobody from publishing.
    """

    name: str
    message: str
    known: tuple[str, ...] = ()
    is_about_name: bool = False
    is_unknown: bool = False


def _nothing(_asked: ChosenSettings) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class StudySettings:
    """What a plugin makes of the settings of a study.

    :param look: what is wrong with them. :param fix: settings that are published beside those of the study, such as the
        digest of a file that one of them names; asked when nothing is wrong.
    """

    look: Callable[[ChosenSettings], Iterable[SettingFinding]]
    fix: Callable[[ChosenSettings], Mapping[str, str]] = _nothing
