"""What a person or the installation signs of a snapshot."""

from __future__ import annotations

from typing import NamedTuple

SEAL = "edc-snapshot-1"  #: names the form of a sealed snapshot; the text before what its key signs


class SnapshotSignature(NamedTuple):
    """A person's signature under the manifest of a snapshot.

    :param sha256: of the manifest. :param meaning: Meaning value, with its ``statement``. :param at: UTC ISO 8601.
    """

    login: str
    full_name: str
    role: str
    at: str
    zone: str
    meaning: str
    statement: str
    sha256: str
