"""What a plugin's files say, read without running them: its pyproject.toml and its imports."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

import edc_core
from edc_core.errors import NotFound
from edc_core.plugin_source import GROUP, canonical

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

_FRAMEWORK = {"flask", "sqlalchemy", "alembic", "flask_wtf"}
_OUTSIDE = (
    "random",
    "secrets",
    "socket",
    "urllib.request",
    "http",
    "requests",
    "httpx",
    "subprocess",
    "sqlite3",
)
_CLOCK = {
    ("date", "today"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("time", "time"),
}


@dataclass(frozen=True, slots=True)
class PluginFinding:
    """One thing to put right; ``place`` is a file with a line, or a hook."""

    code: str
    place: str
    text: str

    @property
    def severity(self) -> str:
        return "error" if self.code.startswith("P") else "warning"

    def report(self) -> str:
        return f"{self.place} {self.code} {self.text}"


@dataclass(frozen=True, slots=True)
class Package:
    """A plugin's folder: its distribution, version, and entry points (name to target)."""

    folder: Path
    distribution: str
    version: str
    entries: dict[str, str]

    def modules(self) -> Iterator[Path]:
        """The Python files of its packages; tests are not among them."""
        for top in sorted({target.partition(":")[0].partition(".")[0] for target in self.entries.values()}):
            for root in (self.folder / top, self.folder / "src" / top):
                yield from sorted(root.rglob("*.py"))
            yield from filter(lambda file: file.is_file(), (self.folder / f"{top}.py",))


def read(folder: Path) -> tuple[Package, list[PluginFinding]]:
    """Read ``pyproject.toml``.

    :raises NotFound: there is none, or it is no TOML.
    """
    file = folder / "pyproject.toml"
    try:
        project: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
    except FileNotFoundError:
        raise NotFound(f"'{folder}' holds no pyproject.toml, so it is no plugin.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NotFound(f"'{file}' cannot be read as TOML: {error}") from None
    name, version = str(project.get("name", "")), str(project.get("version", ""))
    entries = {str(key): str(value) for key, value in project.get("entry-points", {}).get(GROUP, {}).items()}
    found: list[PluginFinding] = []

    def finding(code: str, text: str) -> None:
        found.append(PluginFinding(code, "pyproject.toml", text))

    if not name:
        finding("P101", "[project] has no name.")
    try:
        Version(version)
    except InvalidVersion:
        if "version" not in project.get("dynamic", ()):
            finding("P102", f"The version '{version}' is no version such as 0.1.0.")
    if not entries:
        finding("P103", f"There is no entry point in group '{GROUP}': [project.entry-points.{GROUP}]")
    found += _core_range([str(text) for text in project.get("dependencies", ())])
    return Package(folder, name, version, entries), found


def _core_range(dependencies: list[str]) -> Iterator[PluginFinding]:
    has_core = False
    for text in dependencies:
        try:
            needs = Requirement(text)
        except InvalidRequirement as error:
            yield PluginFinding("P104", "pyproject.toml", f"The dependency '{text}' cannot be read: {error}")
            continue
        if canonical(needs.name) != "edc-core":
            continue
        has_core = True
        if not any(part.operator in ("<", "<=", "~=", "==") for part in needs.specifier):
            open_end = (
                "The range of edc-core has no upper end, so a later release could break the plugin unnoticed."
            )
            yield PluginFinding("W101", "pyproject.toml", open_end)
        if not needs.specifier.contains(edc_core.__version__, prereleases=True):
            other = f"This is edc-core {edc_core.__version__}; the plugin asks for {needs.specifier}."
            yield PluginFinding("P105", "pyproject.toml", other)
    if not has_core:
        missing = "edc-core with a version range is missing from the dependencies."
        yield PluginFinding("P104", "pyproject.toml", missing)


def imports(package: Package) -> Iterator[PluginFinding]:
    """Imports past ``edc_core.api``, and what a pure check does not use."""
    for file in package.modules():
        name = file.relative_to(package.folder).as_posix()
        try:
            tree = ast.parse(file.read_text(encoding="utf-8"), filename=name)
        except (SyntaxError, UnicodeDecodeError) as error:
            line = getattr(error, "lineno", None) or 1
            yield PluginFinding("P201", f"{name}:{line}", f"It is no Python: {error}")
            continue
        for node in ast.walk(tree):
            place = f"{name}:{getattr(node, 'lineno', 0)}"
            for module in _imported(node):
                top = module.partition(".")[0]
                if top == "edc_core" and module != "edc_core.api":
                    text = f"It imports {module}. Only edc_core.api is promised to stay."
                    yield PluginFinding("P202", place, text)
                elif top in _FRAMEWORK:
                    text = f"It imports {module}. A plugin gets frozen pictures, no request and no session."
                    yield PluginFinding("P203", place, text)
                elif any(module == name or module.startswith(f"{name}.") for name in _OUTSIDE):
                    text = f"It imports {module}. A check must not depend on chance, the network or other processes."
                    yield PluginFinding("W201", place, text)
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and (_last_name(node.func.value), node.func.attr) in _CLOCK
            ):
                text = "It reads the clock. A check gives the same findings tomorrow as today."
                yield PluginFinding("W202", place, text)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        if node.module == "edc_core":
            yield from (f"edc_core.{alias.name}" for alias in node.names)
        else:
            yield node.module
