"""CDISC CORE as an engine: its rules in a process of its own, with a deadline and without what edc-core knows."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from edc_core.api import (
    CheckedStudy,
    ConformanceEngine,
    ConformanceFinding,
    ConformanceReport,
    KnownRules,
    RuleFailure,
    RuleSet,
)
from edc_core_conformance.core_rules import rules_in
from edc_core_conformance.interpreter import SETTING, VERSION, candidates, found
from edc_core_conformance.terminology import chosen, stated_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NAME = "CDISC CORE"
CACHE = "EDC_CORE_CACHE"
STANDARD, STANDARD_VERSION = "sdtmig", "3-4"
RUNNER = Path(__file__).with_name("core_runner.py")
DEADLINE_S = 3600
ABSENT = "Not in dataset"  #: what the engine says in place of the value of such a variable
#: What the engine's process may know: nothing of a database, a key or a token.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "TEMP")
_NEEDED = ("rules", "standards_details", "standards_models", "variable_codelist_maps", "variables_metadata")


def core_engine(settings: Mapping[str, str]) -> ConformanceEngine:
    """:param settings: ``EDC_CORE_PYTHON`` and ``EDC_CORE_CACHE``."""

    def check(folder: Path, about: CheckedStudy, progress: Callable[[int, int], None]) -> ConformanceReport:
        data = sorted(folder.rglob("*.xpt"))
        define = next(iter(sorted(folder.rglob("define.xml"))), None)
        if not data or define is None:
            return _not_run("There are no SAS transport files with a define.xml.")
        cached, why = terminologies_in(settings.get(CACHE, ""))
        if why:
            return _not_run(why)
        try:
            terms = chosen(stated_in(define), cached)
        except ValueError as error:
            return _not_run(str(error))
        python, why = found(settings.get(SETTING, ""), candidates(Path.home()))
        if why:
            return _not_run(why)
        cache = Path(settings[CACHE]).resolve()
        asked = {
            "data": [str(path.resolve()) for path in data], "define": str(define.resolve()), "cache": str(cache),
            "standard": STANDARD, "version": STANDARD_VERSION, "terminology": terms.name, "missing": terms.missing,
            "published": cached,
        }  # fmt: skip
        try:
            return report_of(run(python, asked, progress), terms.words, digest_of(cache, terms.name))
        except EngineFailed as failed:
            return _not_run(str(failed))

    def rules() -> KnownRules:
        _, why = terminologies_in(settings.get(CACHE, ""))
        return KnownRules(why=why) if why else rules_in(Path(settings[CACHE]))

    return ConformanceEngine("cdisc-core", NAME, check, rules)


class EngineFailed(Exception):
    """The process of the engine ended without an answer; the text says how."""


def terminologies_in(cache: str) -> tuple[list[str], str]:
    """Names of the SDTM terminologies in a cache of the engine, the newest last, or why the cache cannot be used."""
    if not cache:
        return [], f"No rules are at hand: name the folder with the engine's cache in {CACHE}."
    folder = Path(cache)
    missing = [f"{name}.json.xz" for name in _NEEDED if not (folder / f"{name}.json.xz").is_file()]
    names = sorted(path.name.removesuffix(".json.xz") for path in folder.glob("sdtmct-*.json.xz"))
    if missing or not names:
        return [], f"{CACHE} is '{cache}', in which {', '.join(missing) or 'sdtmct-*.json.xz'} is missing."
    return names, ""


def digest_of(cache: Path, terminology: str) -> str:
    """SHA-256 of the rules and, where there is one, of the terminology that they rest on."""
    digest = sha256()
    for name in filter(None, ("rules", terminology)):
        digest.update((cache / f"{name}.json.xz").read_bytes())
    return digest.hexdigest()


def run(python: str, asked: Mapping[str, Any], progress: Callable[[int, int], None]) -> list[dict[str, Any]]:
    """What the engine says of each rule, see ``core_runner``.

    :raises EngineFailed: it ended without an answer, or not in time. What ``progress`` raises ends it too.
    """
    known = {name: os.environ[name] for name in KEPT if name in os.environ}
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 - a Python that was just tried, and our own script
            [python, "-I", str(RUNNER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=known,
        ) as process,
    ):
        late = threading.Timer(DEADLINE_S, process.kill)
        late.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            with suppress(BrokenPipeError):  # what it says of its end is read below
                process.stdin.write(json.dumps(asked).encode())
                process.stdin.close()
            answer = _read(process.stdout, progress)
        finally:
            late.cancel()
            process.kill()
        if answer is None:
            errors.seek(0)
            last = errors.read().decode(errors="replace").strip().splitlines()[-1:]
            raise EngineFailed(f"The engine ended without an answer: {' '.join(last) or 'it said nothing'}")
        return answer


def _read(lines: IO[bytes], progress: Callable[[int, int], None]) -> list[dict[str, Any]] | None:
    for line in lines:
        said = json.loads(line)
        if "rules" in said:
            rules: list[dict[str, Any]] = said["rules"]
            return rules
        progress(said["done"], said["of"])
    return None


def report_of(rules: list[dict[str, Any]], terminology: str, digest: str = "") -> ConformanceReport:
    """The answer of the engine (see ``core_runner``) as a report. :param digest: see ``RuleSet.sha256``."""
    looked = {one["id"] for one in rules if one["ran"]}
    broken = {one["id"] for one in rules if one["failures"]}
    ran = RuleSet(
        name=NAME, version=f"{VERSION}, SDTMIG 3.4, {terminology}", run=len(looked),
        skipped=tuple(one["id"] for one in rules if one["id"] not in looked | broken),
        failed=tuple(
            sorted({RuleFailure(rule=rule["id"], **one) for rule in rules for one in rule["failures"]})
        ),
        sha256=digest,
    )  # fmt: skip
    findings = {
        ConformanceFinding(
            rule=rule["id"], rule_set=NAME, text=one["text"], dataset=one["dataset"], record=one["record"],
            variable=", ".join(sorted(values)), value=_worded(values), agencies=tuple(rule["agencies"]),
        )
        for rule in rules
        for one in rule["findings"]
        for values in [_by_name(one["values"])]
    }  # fmt: skip
    return ConformanceReport((ran,), tuple(sorted(findings)))


def _by_name(values: Mapping[str, str]) -> Mapping[str, str]:
    """Rules that look at every variable in turn report its name and its value as two values."""
    if "variable_name" in values and values.keys() <= {"variable_name", "variable_value"}:
        return {values["variable_name"]: values.get("variable_value", "")}
    return values


def _worded(values: Mapping[str, str]) -> str:
    """Values of several variables with their names; a variable that is not in the dataset has none."""
    if len(values) == 1:
        return next(iter(values.values()))
    return ", ".join(f"{name}={text or '(blank)'}" for name, text in sorted(values.items()) if text != ABSENT)


def _not_run(why: str) -> ConformanceReport:
    return ConformanceReport((RuleSet(name=NAME, version=VERSION, state="not run", why=why),))
