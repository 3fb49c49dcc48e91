"""Checks of study.yaml: sites, plugins, policy, languages."""

from __future__ import annotations

import re
import zoneinfo
from collections import Counter
from typing import TYPE_CHECKING

from edc_core.definitions.findings import closest
from edc_core.definitions.iso_countries import COUNTRIES
from edc_core.domain.form_checks import RESERVED, declared_oids

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.definitions.lint import Lint

_SPECIFIER = re.compile(r"(===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9][A-Za-z0-9.*+!-]*")
_DISTRIBUTION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


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
            lint.note(
                "study", "", ("sites", i, "zone"), "E216", message, suggestion=closest(site.zone, zones)
            )
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
    known = {"all", *declared_oids(lint.index)}
    for oid in [] if version.plugins else version.policy.review_first:  # a plugin's checks are not known here
        if oid not in known and not oid.startswith(RESERVED):
            message = f"The study has no check '{oid}', so there is nothing to review first."
            steps = ("policy", "review_first")
            lint.note("study", "", steps, "W319", message, suggestion=closest(oid, known))


def check_review_plan(lint: Lint) -> None:
    version = lint.version
    there = {
        "forms": [form.oid for form in version.forms],
        "items": [item.oid for item in version.items],
        "sites": [site.number for site in version.sites],
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
