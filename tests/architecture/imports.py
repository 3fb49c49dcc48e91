"""The imports of a source file, found without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "edc_core"
PLUGINS = ROOT / "plugins"


@dataclass(frozen=True)
class Import:
    """One imported module; for `from package import name` also the name, which may be a module."""

    file: Path
    line: int
    module: str

    @property
    def library(self) -> str:
        return self.module.partition(".")[0]

    def __str__(self) -> str:
        place = self.file.relative_to(ROOT) if self.file.is_relative_to(ROOT) else self.file
        return f"{place}:{self.line}: imports {self.module}"

    def is_in(self, package: str) -> bool:
        return self.module == package or self.module.startswith(package + ".")


def python_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py")) if folder.is_dir() else []


def imports_of(file: Path) -> Iterator[Import]:
    """Every import of a file, those inside functions and under TYPE_CHECKING too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), filename=str(file))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: relative import; ruff forbids them"
            for alias in node.names:
                yield Import(file, node.lineno, f"{node.module}.{alias.name}")


def imports_below(folder: Path) -> Iterator[Import]:
    for file in python_files(folder):
        yield from imports_of(file)
