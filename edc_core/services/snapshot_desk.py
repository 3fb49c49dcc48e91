"""Kept states in the hands of a person: see ``domain.snapshot_desk``."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from edc_core.services import snapshot_signing, snapshots
from edc_core.services.reading import look_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from edc_core.core import Core
    from edc_core.domain.dataset import KeptState
    from edc_core.domain.exports import Snapshot
    from edc_core.domain.permission import Actor
    from edc_core.domain.signature import Meaning
    from edc_core.domain.snapshot_signature import SnapshotSignature
    from edc_core.services.reading import StudyPicture
    from edc_core.store.readers import StudyRow


class CoreSnapshotDesk:
    """:param prove: has the person proved by both components, and says what proved them."""

    def __init__(self, core: Core, actor: Actor, study: StudyRow, prove: Callable[[str, str], str]) -> None:
        self._core, self._actor, self._study, self._prove = core, actor, study, prove

    @contextmanager
    def _look(self) -> Iterator[StudyPicture]:
        with self._core.read() as source:
            yield look_at(source, self._actor, self._study)

    def all(self) -> tuple[Snapshot, ...]:
        """See ``SnapshotDesk``."""
        with self._look() as picture:
            return snapshots.snapshots(picture)

    def state(self, name: str) -> KeptState:
        """See ``SnapshotDesk``."""
        with self._look() as picture:
            return snapshots.state(picture, name)

    def problems(self, name: str) -> tuple[str, ...]:
        """See ``SnapshotDesk``."""
        with self._look() as picture:
            return snapshots.problems(picture, name)

    def manifest(self, name: str) -> tuple[Mapping[str, Any], str, tuple[SnapshotSignature, ...]]:
        """See ``SnapshotDesk``."""
        with self._look() as picture:
            return snapshot_signing.to_sign(picture, name)

    def sign(self, name: str, sha256: str, meaning: Meaning, *, login: str, password: str, op: str) -> None:
        """See ``SnapshotDesk``."""
        command = snapshot_signing.SignSnapshot(
            study_id=self._study.study_id, op=op, name=name, sha256=sha256, meaning=meaning,
            component=self._prove(login, password),
        )  # fmt: skip
        with self._core.write(self._actor) as uow:
            snapshot_signing.sign(uow, command)

    def sealed(self, name: str) -> Mapping[str, Any]:
        """See ``SnapshotDesk``."""
        with self._look() as picture:
            return snapshot_signing.seal(picture, self._core.settings, name)
