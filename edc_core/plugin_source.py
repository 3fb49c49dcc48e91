"""Where a plugin comes from: an entry point of an installed distribution, or an import path given by hand."""

from __future__ import annotations

import importlib
import importlib.util
import re
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import edc_core
from edc_core.domain.plugin_identity import PluginIdentity, digest_of_files

GROUP = "edc_core"
BUILTIN = "builtin"
_SKIPPED = ("__pycache__",)


@dataclass(frozen=True, slots=True, order=True)
class PluginSource:
    """How to find a plugin again, also in another process.

    :param name: entry-point name.
    :param target: import path of a module, or ``module:attribute``.
    :param distribution: empty for a plugin that no distribution brought (tests, a script at hand).
    """

    name: str
    target: str
    distribution: str = ""
    version: str = ""

    @classmethod
    def of_entry_point(cls, entry: EntryPoint) -> PluginSource:
        if entry.dist is None:
            return cls(entry.name, entry.value)
        metadata = entry.dist.metadata  # read and parsed each time it is asked for
        return cls(entry.name, entry.value, metadata["Name"], metadata["Version"])

    @property
    def module(self) -> str:
        return self.target.partition(":")[0]

    @property
    def names(self) -> frozenset[str]:
        """What a study may call it: its entry point or its distribution."""
        return frozenset({canonical(self.name), canonical(self.distribution or self.name)})

    def load(self) -> object:
        """Import the plugin. Whatever its code raises comes out."""
        loaded: object = importlib.import_module(self.module)
        for attribute in self.target.partition(":")[2].split("."):
            loaded = getattr(loaded, attribute) if attribute else loaded
        return loaded

    @property
    def folder(self) -> Path:
        """Where the file of a loaded plugin stands, beside its templates."""
        return Path(importlib.import_module(self.module).__file__ or "").parent

    def identify(self) -> PluginIdentity:
        """Name, version and digest, without running the plugin's code beyond its parent packages."""
        return PluginIdentity(
            self.name,
            self.distribution or self.name,
            self.version or "0",
            digest_of_files(_source_files(self.module, whole_package=bool(self.distribution))),
        )


def canonical(name: str) -> str:
    """A distribution name in its comparable spelling (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def builtin_source() -> PluginSource:
    """The core's own plugin."""
    return PluginSource(BUILTIN, "edc_core.builtin.plugin", "", edc_core.__version__)


def installed_sources() -> tuple[PluginSource, ...]:
    """Every plugin that an installed distribution announces, sorted."""
    return tuple(sorted({PluginSource.of_entry_point(entry) for entry in entry_points(group=GROUP)}))


def _source_files(module: str, *, whole_package: bool) -> list[tuple[str, bytes]]:
    """All files of the plugin's package (templates and data too); a plugin at hand is its module or package alone."""
    name = module.partition(".")[0] if whole_package else module
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(f"No module named '{name}'.", name=name)
    if not spec.submodule_search_locations:
        path = Path(spec.origin or "")
        return [(path.name, path.read_bytes())]
    return [
        (path.relative_to(folder).as_posix(), path.read_bytes())
        for folder in map(Path, spec.submodule_search_locations)
        for path in folder.rglob("*")
        if path.is_file() and not any(part in _SKIPPED for part in path.parts)
    ]
