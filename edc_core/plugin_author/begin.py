"""The first files of a plugin: a package that installs, one check, its rows, its test."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import edc_core
from edc_core.errors import AlreadyExists, BadRequest
from edc_core.plugin_source import canonical

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_.][A-Za-z0-9]+)*")

#: Template to the file it becomes, in the order to read them.
_FILES = {
    "readme.txt": "README.md",
    "pyproject.txt": "pyproject.toml",
    "plugin.txt": "{package}/plugin.py",
    "blood_pressure.txt": "{package}/blood_pressure.py",
    "init.txt": "{package}/__init__.py",
    "conftest.txt": "tests/conftest.py",
    "test.txt": "tests/test_blood_pressure.py",
}


@dataclass(frozen=True, slots=True)
class PluginNames:
    """What one word gives: ``ecog`` -> ``edc-core-ecog``, ``edc_core_ecog``, entry point ``ecog``."""

    distribution: str
    package: str
    entry: str

    @classmethod
    def of(cls, name: str) -> PluginNames:
        """:raises BadRequest: the word cannot name a package."""
        if not _NAME.fullmatch(name):
            raise BadRequest(
                f"'{name}' cannot name a plugin. Use letters and digits, with '-' between words: ecog, lab-ranges."
            )
        word = canonical(name).removeprefix("edc-core-")
        snake = word.replace("-", "_")
        return cls(f"edc-core-{word}", f"edc_core_{snake}", snake)


def begin(name: str, into: Path) -> tuple[PluginNames, list[Path]]:
    """Write a new package below a folder.

    :returns: its names, and the files in the order to read them. :raises AlreadyExists: the folder is there.
    :raises BadRequest: the name cannot name a package.
    """
    names = PluginNames.of(name)
    folder = into / names.distribution
    if folder.exists():
        raise AlreadyExists(f"'{folder}' exists already.")
    major, minor, *_ = edc_core.__version__.split(".")
    words = {
        "DISTRIBUTION": names.distribution,
        "PACKAGE": names.package,
        "ENTRY": names.entry,
        "CORE_FLOOR": f"{major}.{minor}",
        "CORE_CEILING": f"{major}.{int(minor) + 1}",
    }
    templates = files("edc_core.plugin_author") / "template"
    written = []
    for template, place in _FILES.items():
        text = (templates / template).read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(f"@{word}@", value)
        path = folder / place.format(package=names.package)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return names, written
