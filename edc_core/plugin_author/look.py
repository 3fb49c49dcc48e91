"""Look a plugin over: its files here, its code in a process of its own that can be stopped."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.plugin_author import sources
from edc_core.plugin_author.sources import PluginFinding

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 30.0
ONLY_OF_CHECKS = frozenset({"W201", "W202"})  #: what only a check or a function must not do
PURE = frozenset({"edc_register_checks", "edc_register_functions"})


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, and what the plugin offers: (hook, name) pairs."""

    distribution: str
    version: str
    findings: tuple[PluginFinding, ...]
    offers: tuple[tuple[str, str], ...]

    @property
    def is_fit(self) -> bool:
        return all(finding.severity != "error" for finding in self.findings)


def look_over(folder: Path, *, study: Path | None = None, seconds: float = SECONDS) -> Looked:
    """Everything that can be said of a plugin before it is installed; all findings in one run.

    :param study: a definition folder to ask the plugin's checks for; without it a study without forms is used, and
        whether forms exist is not judged.
    :raises NotFound: the folder holds no readable ``pyproject.toml``.
    """
    package, findings = sources.read(folder)
    findings += sources.imports(package)
    offers: tuple[tuple[str, str], ...] = ()
    if not {finding.code for finding in findings} & {"P101", "P102", "P103"}:  # nothing to ask by name
        said, offers = _run(package, study, seconds)
        findings += said
        if not said and not PURE & {hook for hook, _ in offers}:
            findings = [finding for finding in findings if finding.code not in ONLY_OF_CHECKS]
    return Looked(package.distribution, package.version, tuple(findings), offers)


def _run(
    package: sources.Package, study: Path | None, seconds: float
) -> tuple[list[PluginFinding], tuple[tuple[str, str], ...]]:
    request = {
        "folder": str(package.folder.resolve()),
        "distribution": package.distribution,
        "version": package.version,
        "entries": package.entries,
        "study": str(study.resolve()) if study else "",
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own module; the plugin's author asked for it
            [sys.executable, "-m", "edc_core.plugin_author", json.dumps(request)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=seconds,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        text = f"It was not done with importing and registering after {seconds:.0f} seconds."
        return [PluginFinding("P301", "process", text)], ()
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        text = f"Its process ended with code {done.returncode} before it had answered."
        return [PluginFinding("P301", "process", text)], ()
    return [PluginFinding(*parts) for parts in answer["findings"]], tuple(map(tuple, answer["offers"]))
