"""A study folder, or one study file, to a MetaDataVersion with everything that was found on the way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from edc_core.collector import collector_resting
from edc_core.definitions.build_study import Part, build
from edc_core.definitions.complete import completed
from edc_core.definitions.findings import DefinitionFinding
from edc_core.definitions.lint import Lint, PluginFunctions, lint, no_functions
from edc_core.definitions.lint_rules import check_rules
from edc_core.definitions.places import Place, Places
from edc_core.definitions.schemas import FILES
from edc_core.definitions.schemas_fields import check_shape
from edc_core.definitions.source import Node, Source, Steps, read
from edc_core.domain.kept import Kept
from edc_core.errors import InvalidDefinition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from edc_core.domain.metadata import MetaDataVersion

#: Folders of a study that hold no definition; their files are not looked at.
OTHER_FOLDERS = ("versions", "examples", "migrations", "transfers")
_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a study folder holds.

    :param version: the definition, completed; ``None`` when a finding is an error.
    :param findings: everything that was found, sorted by place.
    :param places: where the definitions stand, for what is found later.
    """

    version: MetaDataVersion | None
    findings: tuple[DefinitionFinding, ...]
    places: Places = field(default_factory=Places, compare=False, repr=False)

    @property
    def errors(self) -> tuple[DefinitionFinding, ...]:
        return tuple(f for f in self.findings if f.severity == "error")

    def required(self) -> MetaDataVersion:
        """The version.

        :raises InvalidDefinition: when there is none; ``details['findings']`` has the errors.
        """
        if self.version is None:
            lines = [str(finding) for finding in self.errors]
            message = f"The study definition has {len(lines)} errors; the first is: {lines[0]}"
            raise InvalidDefinition(message, findings=lines)
        return self.version


@collector_resting()
def load(
    path: Path,
    *,
    published: Callable[[str], MetaDataVersion | None] = lambda _: None,
    functions: PluginFunctions = no_functions,
    extend: Callable[[MetaDataVersion], MetaDataVersion] = lambda version: version,
    kept: Kept | None = None,
) -> Loaded:
    """Read a study folder (or a single study file that holds everything).

    Nothing is raised for what stands in the files: it becomes findings, all of them in one run.

    :param published: the version before of a StudyOID; its SAS names are kept where the files give none.
    :param functions: what the plugins that a version names add to its expressions.
    :param extend: writes into a sound version what the plugins that it names ask of its forms.
    :param kept: held by who reads the same folder again and again: what does not read a changed file is not done again.
    """
    kept = Kept() if kept is None else kept
    parts: list[Part] = []
    findings: list[DefinitionFinding] = []
    broken: set[str] = set()
    for role, file, shown in _files(path, findings):
        take = partial(_read_part, role, file, shown)
        part, found, unreadable = kept.of("file", (role, shown), _digest(file), take)
        findings += found
        broken |= unreadable
        parts += [part] if part is not None else []
    if not any(role == "study.yaml" for role, _, _ in parts):
        return Loaded(None, tuple(sorted(set(findings))))
    places = Places()
    version = build(parts, places, kept)
    checks = lint(Lint(version, places, broken, functions, kept))
    if checks.is_sound and (more := extend(version)) is not version:
        version, checks = more, lint(Lint(more, places, broken, functions, kept))
    if checks.is_sound:
        version = completed(version, published=published(version.study.oid), kept=kept)
        check_rules(checks, version)
    findings = sorted({*findings, *checks.findings})
    failed = any(finding.severity == "error" for finding in findings)
    return Loaded(None if failed else version, tuple(findings), places)


def _read_part(role: str, file: Path, shown: str) -> tuple[Part | None, list[DefinitionFinding], set[str]]:
    """What a file holds, what was found in it, and every word of it that could not be read."""
    source, findings = read(file, shown)
    if source is None:
        return None, findings, {file.stem}
    broken = set[str]()
    return _shaped(role, source, findings, broken), findings, broken


def _digest(file: Path) -> object:
    """Of the bytes of a file; like no other where it cannot be read, which ``read`` says."""
    try:
        return hashlib.sha256(file.read_bytes()).digest()
    except OSError:
        return object()


def _files(path: Path, findings: list[DefinitionFinding]) -> Iterator[tuple[str, Path, str]]:
    """Role, path and shown name of each file of a study, in a fixed order."""
    if path.is_file() and path.name != "study.yaml":
        yield "study.yaml", path, path.name
        return
    folder = path.parent if path.is_file() else path
    if not (folder / "study.yaml").is_file():
        message = "There is no study.yaml here." if folder.is_dir() else "There is no such file or folder."
        findings.append(DefinitionFinding(str(path), 0, 0, "E101", message))
        return
    for role in FILES:
        if not role.endswith("/"):
            if (folder / role).is_file():
                yield role, folder / role, role
        elif (folder / role).is_dir():
            for file in sorted((folder / role).glob("*.yaml"), key=lambda f: f.name):
                yield role, file, f"{role}{file.name}"
    findings += _not_read(folder)


def _not_read(folder: Path) -> Iterator[DefinitionFinding]:
    """YAML files that somebody put where nothing reads them: a wrong suffix, a folder too deep, a misspelt name."""
    for file in sorted(folder.rglob("*")):
        shown = file.relative_to(folder).as_posix()
        top = shown.split("/")[0]
        if file.suffix not in _SUFFIXES or top in OTHER_FOLDERS or top.startswith("."):
            continue
        role = f"{top}/" if "/" in shown else shown
        if role not in FILES or shown.count("/") > 1 or file.suffix != ".yaml":
            message = "This file is not read: its name or folder is none of a study's."
            yield DefinitionFinding(shown, 0, 0, "W301", message)


def _shaped(role: str, source: Source, findings: list[DefinitionFinding], broken: set[str]) -> Part | None:
    """Check a file's shape; parts that are wrong are reported and left out, so that the rest is still looked at."""
    place = Place(source, ())
    loaded, problems = check_shape(FILES[role], source.root.plain())
    if loaded is not None:
        return role, loaded, place
    findings += [
        source.finding(p.steps, p.code, p.message, suggestion=p.suggestion, at_key=p.code == "E109")
        for p in problems
    ]
    broken.update(_words(source.root, ""))
    for problem in problems:
        if problem.code == "E109":
            source.without_key(problem.steps)
    others = {p.steps for p in problems if p.code != "E109"}
    for steps in sorted(others, key=_in_order, reverse=True):
        source.without(steps)
    loaded, _ = check_shape(FILES[role], source.root.plain())
    return None if loaded is None else (role, loaded, place)


def _in_order(steps: Steps) -> tuple[Any, ...]:
    return tuple((isinstance(step, str), step if isinstance(step, str) else f"{step:09d}") for step in steps)


def _words(node: Node, form: str) -> Iterator[str]:
    """Every OID and name in a file, and the OIDs that a name gets by default."""
    if node.entries is not None:
        oid, name = (node.entries[k][1].text if k in node.entries else None for k in ("oid", "name"))
        form = form or oid or ""
        for word in (oid, name):
            if word:
                yield from (word, f"{form}.{word}")
        for _, inner in node.entries.values():
            yield from _words(inner, form)
    for inner in node.items or ():
        yield from _words(inner, form)
