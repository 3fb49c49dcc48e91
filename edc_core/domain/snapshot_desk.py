"""Kept states of a study in the hands of one person: listed, looked through, signed and sealed. ``KeepSnapshot`` keeps one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.dataset import KeptState
    from edc_core.domain.exports import Snapshot
    from edc_core.domain.signature import Meaning
    from edc_core.domain.snapshot_signature import SnapshotSignature


class SnapshotDesk(Protocol):
    """:raises NotAllowed: of everything, the person does not export the study."""

    def all(self) -> tuple[Snapshot, ...]:
        """The state of now, called ``now``, and those that were kept under a name, newest first."""

    def state(self, name: str) -> KeptState:
        """A kept state by its name or root, or that of ``now``. :raises NotFound: there is none."""

    def problems(self, name: str) -> tuple[str, ...]:
        """Why a kept state is not what it was when it was kept, in words: the first thing of each chain; nothing when it is.

        :raises NotFound: there is none of this name.
        """

    def manifest(self, name: str) -> tuple[Mapping[str, Any], str, tuple[SnapshotSignature, ...]]:
        """What is signed of a snapshot, its SHA-256, and the signatures under it, oldest first.

        :raises NotFound: there is none of this name.
        """

    def sign(self, name: str, sha256: str, meaning: Meaning, *, login: str, password: str, op: str) -> None:
        """Sign it, proved anew by both components.

        :param sha256: of the manifest that the person has read. :raises ReasonRequired: the person is not proved.
        :raises EditConflict: it is another one. :raises AlreadyExists: it is signed so. :raises NotAllowed: not in this role.
        """

    def sealed(self, name: str) -> Mapping[str, Any]:
        """Manifest, positions and signatures, sealed by the key of the installation: what is checked without a database.

        :raises UnsafeSettings: there is no key.
        """
