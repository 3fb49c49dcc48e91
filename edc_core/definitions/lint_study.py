"""Checks of study.yaml: sites, plugins, policy, languages."""

from __future__ import annotations

import re
import zoneinfo
from collections import Counter
from typing import TYPE_CHECKING

from edc_core.definitions.findings import DefinitionFinding, closest
from edc_core.definitions.iso_countries import COUNTRIES
from edc_core.domain.form_checks import RESERVED, declared_oids
from edc_core.domain.review_plan import RISKS
from edc_core.domain.signature import Meaning

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.definitions.lint import Lint
    from edc_core.domain.metadata import MetaDataVersion

_SPECIFIER = re.compile(r"(===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9][A-Za-z0-9.*+!-]*")
_DISTRIBUTION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_REASON = re.compile(r"[A-Za-z0-9_-]{1,40}")
TAKEN_REASONS = ("import", "transfer")  #: codes that the services give
MOST_REASONS = 9
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


def check_study(lint: Lint) -> None:
    version = lint.version
    zones = zoneinfo.available_timezones()
    for i, site in enumerate(version.sites):
        if site.country and site.country not in COUNTRIES:
            message = f"'{site.country}' is no country code of ISO 3166-1, two capital letters."
            suggestion = closest(site.country, COUNTRIES) if site.country.upper() in COUNTRIES else ""
            lint.note("study", "", ("sites", i, "country"), "E215", message, suggestion=suggestion)
        if site.zone not in zones:
            message = f"'{site.zone}' is no IANA time zone; 'Asia/Seoul' would be one."
            suggestion = closest(site.zone, zones)
            lint.note("study", "", ("sites", i, "zone"), "E216", message, suggestion=suggestion)
        for language in set(site.languages) - set(version.languages):
            message = f"Site {site.number} reads '{language}', which is none of the study's languages."
            suggestion = closest(language, version.languages)
            lint.note("study", "", ("sites", i, "languages"), "E228", message, suggestion=suggestion)
    _twice(lint, "sites", "site number", (site.number for site in version.sites))
    _twice(lint, "languages", "language", version.languages)
    _twice(lint, "plugins", "plugin", (plugin.name for plugin in version.plugins))
    for language in version.languages:
        if language and not _LANGUAGE.fullmatch(language):
            message = f"'{language}' is no language tag; 'en', 'ko' or 'pt-BR' would be one."
            lint.note("study", "", ("languages",), "E228", message)
    for plugin in version.plugins:
        parts = [part.strip() for part in plugin.specifier.split(",")]
        if not _DISTRIBUTION.fullmatch(plugin.name) or not all(_SPECIFIER.fullmatch(part) for part in parts):
            message = f"'{plugin.name}: {plugin.specifier}' is no version range; '>=0.1,<1' would be one."
            lint.note("study", "", ("plugins", plugin.name), "E217", message)
    try:
        re.compile(version.policy.subject_key_pattern)
    except re.error as error:
        message = f"The subject key pattern is not a regular expression: {error}."
        lint.note("study", "", ("policy", "subject_key_pattern"), "E224", message)
    if not version.plugins:  # a plugin's checks are not known here
        for one in reviewed_first(version, declared_oids(lint.index), ""):
            lint.note("study", "", ("policy", "review_first"), "W319", one.message, suggestion=one.suggestion)
    _reasons(lint)
    _double_entry(lint)


def reviewed_first(version: MetaDataVersion, checks: Iterable[str], file: str) -> list[DefinitionFinding]:
    """What the policy has reviewed first and is none of the checks of the study, those of its plugins among them.

    :param checks: their OIDs.
    """
    known = {"all", *checks}
    return [
        DefinitionFinding(
            file, 0, 0, "E266", f"The study has no check '{oid}', so there is nothing to review first.",
            closest(oid, known),
        )
        for oid in version.policy.review_first
        if oid not in known and not oid.startswith(RESERVED)
    ]  # fmt: skip


def check_milestones(lint: Lint) -> None:
    """What is signed for a milestone is there, and no two things are called the same in a signature."""
    _twice(lint, "milestones", "milestone", (one.oid for one in lint.version.milestones))
    there = {"forms": list(lint.forms), "events": [event.oid for event in lint.version.events]}
    for i, one in enumerate(lint.version.milestones):
        if one.oid.lower() in set(Meaning):
            message = f"'{one.oid}' is what a signature means without a milestone. Call it otherwise."
            lint.note("study", "", ("milestones", i, "oid"), "E267", message)
        for key, known in there.items():
            for name in set(getattr(one, key)) - set(known):
                message = (
                    f"The study has no {key[:-1]} '{name}', so nothing of it is signed for this milestone."
                )
                near = closest(name, known)
                lint.note("study", "", ("milestones", i, key), "E267", message, suggestion=near)


def _reasons(lint: Lint) -> None:
    """Reasons for a change: codes that people and files can hold, each once, and a key for each (REQ-AUD-03)."""
    codes = [one.code for one in lint.version.policy.reasons]
    for i, (code, one) in enumerate(zip(codes, lint.version.policy.reasons, strict=True)):
        if not _REASON.fullmatch(code) or code in TAKEN_REASONS or code in codes[:i]:
            message = (
                f"'{code}' is no code for a reason: letters, digits, _ and - are, each once, at most 40 of them; "
                f"{' and '.join(TAKEN_REASONS)} have a meaning already."
            )
            lint.note("study", "", ("policy", "reasons", i, "code"), "E262", message)
        if not all(text.strip() for _, text in one.text.texts or (("", ""),)):
            message = f"The reason '{code}' has no words, so nobody can choose it."
            lint.note("study", "", ("policy", "reasons", i, "text"), "E264", message)
    if len(codes) > MOST_REASONS:
        message = (
            f"At most {MOST_REASONS} reasons are offered, each with a key of its own; here are {len(codes)}."
        )
        lint.note("study", "", ("policy", "reasons"), "E263", message)
    if codes and "other" not in codes:
        message = "No reason has the code 'other', so nobody can say why in words of their own."
        lint.note("study", "", ("policy", "reasons"), "W323", message)


def _double_entry(lint: Lint) -> None:
    policy, plugins = lint.version.policy, lint.version.plugins
    at = ("policy", "double_entry")
    for form in set(policy.double_entry) - set(lint.forms):
        message = f"The study has no form '{form}', so nobody can enter it twice."
        lint.note("study", "", at, "E271", message, suggestion=closest(form, lint.forms))
    if policy.double_entry and not any(plugin.name.endswith("double-entry") for plugin in plugins):
        message = "Forms are entered twice on pages of edc-core-double-entry, which this study does not name."
        lint.note("study", "", at, "E271", message)
    if not 1 <= policy.double_entry_share <= 100:
        message = f"A share is 1 to 100 percent of the subjects; here is {policy.double_entry_share}."
        lint.note("study", "", ("policy", "double_entry_share"), "E271", message)


def check_review_plan(lint: Lint) -> None:
    version = lint.version
    there = {
        "forms": [form.oid for form in version.forms],
        "items": [item.oid for item in version.items],
        "sites": [site.number for site in version.sites],
        "risks": [*RISKS],
    }
    for i, rule in enumerate(version.review_plan):
        for key, known in there.items():
            for name in set(getattr(rule, key)) - set(known):
                message = f"The study has no {key[:-1]} '{name}', so this rule asks for nothing there."
                suggestion = closest(name, known)
                lint.note("study", "", ("review", i, key), "E245", message, suggestion=suggestion)
        if not 1 <= rule.share <= 100:
            message = f"A share is 1 to 100 percent of the subjects; here is {rule.share}."
            lint.note("study", "", ("review", i, "share"), "E245", message)
        elif rule.share < 100 and not rule.seed:
            message = "Subjects are drawn here. Write a seed, any text, so that the draw can be repeated."
            lint.note("study", "", ("review", i), "E245", message)


def _twice(lint: Lint, key: str, what: str, names: Iterable[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            lint.note("study", "", (key,), "E218", f"The {what} '{name}' is given {times} times.")
