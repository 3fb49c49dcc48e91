"""Who a plugin is: the name, version and source digest that stand in the ledger and in every manifest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class PluginIdentity:
    """One installed plugin.

    :param name: entry-point name (``trial_hersc301``).
    :param distribution: name of its distribution (``edc-core-trial-hersc301``).
    :param sha256: digest over its source files, see ``digest_of_files``.
    """

    name: str
    distribution: str
    version: str
    sha256: str

    @property
    def stamp(self) -> str:
        """Distribution, version and the first twelve digits of the digest: what a finding carries."""
        return f"{self.distribution} {self.version} {self.sha256[:12]}"


@dataclass(frozen=True, slots=True)
class PluginFailure:
    """A plugin that could not be used. The rest of the installation works without it.

    :param text: what went wrong, in words for the person who installs plugins.
    """

    name: str
    version: str
    text: str


def digest_of_files(files: Iterable[tuple[str, bytes]]) -> str:
    """SHA-256 over (relative path with ``/``, content) pairs, independent of the order given.

    Lengths stand before the parts, so bytes cannot move from one file to its neighbour unnoticed.
    """
    total = hashlib.sha256()
    for name, content in sorted(files):
        path = name.encode()
        total.update(len(path).to_bytes(8, "big") + path + len(content).to_bytes(8, "big") + content)
    return total.hexdigest()
