"""Sign a snapshot, and seal it: persons by both components, the installation by the key of its anchors."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.domain.commands import Command
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.domain.signature import Meaning
from edc_core.domain.snapshot_signature import SEAL, SnapshotSignature
from edc_core.errors import AlreadyExists, EditConflict, NotAllowed, UnsafeSettings
from edc_core.ledger import cut, site_chains
from edc_core.ledger.append import Effect
from edc_core.ledger.hashing import canonical
from edc_core.services import clock_health, rights_now
from edc_core.services.operation import once, open_study
from edc_core.store import readers

if TYPE_CHECKING:
    from edc_core.services.operation import Operation
    from edc_core.services.reading import StudyPicture
    from edc_core.settings import Settings
    from edc_core.store.readers import StudyRow
    from edc_core.store.unit_of_work import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class SignSnapshot(Command):
    """Sign a snapshot. The caller has proved who acts, just now. :param sha256: of the manifest that the person has read.

    :param component: what proved the person besides the login.
    """

    name: str
    sha256: str
    meaning: Meaning
    component: str


@once(open_study)
def sign(operation: Operation, command: SignSnapshot) -> dict[str, Any]:
    """Sign the manifest of a snapshot (21 CFR 11.50).

    :returns: ``{"sha256"}``. :raises NotFound: there is no such snapshot. :raises EditConflict: another manifest was read.
    :raises AlreadyExists: the person signed it with this meaning. :raises WrongState: the clock is wrong.
    """
    uow = operation.uow
    rights_now.look_again(uow)
    operation.require(Action.SNAPSHOT, Place.every_site(command.study_id))
    if not operation.role:
        raise NotAllowed("A person signs, in a role of the study.")
    clock = clock_health.require_right(uow)
    found = manifest(uow, readers.study_by_id(uow.connection, command.study_id), command.name)
    digest = digest_of(found)
    if digest != command.sha256:
        raise EditConflict("This snapshot is not what you have read. Open the page again.")
    for one in signatures(uow, command.study_id, found["root"]):
        if (one.login, one.meaning) == (uow.actor.name, command.meaning.value):
            raise AlreadyExists("You have signed this snapshot with this meaning.")
    facts = {
        "root": found["root"], "name": found["name"], "sha256": digest, "meaning": command.meaning.value,
        "statement": command.meaning.statement, "full_name": uow.actor.full_name, "zone": uow.actor.zone,
        "component": command.component, "clock": clock.standing.value,
    }  # fmt: skip
    operation.record([Effect(EntryKind.CUT_SIGN, "", facts)])
    return {"sha256": digest}


def manifest(source: Source, study: StudyRow, name: str) -> dict[str, Any]:
    """What is signed of a snapshot: whose state it is, its root, and what it stands on.

    :raises NotFound: there is none of this name.
    """
    taken = cut.find(source.connection, study.study_id, name)
    kept = (said for _, said in site_chains.said(source.connection, study.study_id, (EntryKind.CUT_CREATE,)))
    stands_on = next((said for said in kept if said["name"] == taken.name), {})
    return {
        "study": study.oid, "environment": study.environment, "study_id": study.study_id, "name": taken.name,
        "root": taken.root, "data_until": taken.at, "chains": str(len(taken.vector)),
        "definitions": stands_on.get("definitions", {}), "software": stands_on.get("software", ""),
    }  # fmt: skip


def digest_of(found: dict[str, Any]) -> str:
    """Of a manifest."""
    return hashlib.sha256(canonical(found)).hexdigest()


def signatures(source: Source, study_id: str, root: str = "") -> tuple[SnapshotSignature, ...]:
    """Those under a state, oldest first."""
    return tuple(
        SnapshotSignature(
            row.actor, said["full_name"], row.role, row.at, said["zone"], said["meaning"], said["statement"], said["sha256"],
        )
        for row, said in site_chains.said(source.connection, study_id, (EntryKind.CUT_SIGN,))
        if said["root"] == root
    )  # fmt: skip


def to_sign(picture: StudyPicture, name: str) -> tuple[dict[str, Any], str, tuple[SnapshotSignature, ...]]:
    """See ``SnapshotDesk.manifest``."""
    picture.actor.role_for(Action.EXPORT_LOCKED, Place.every_site(picture.study.study_id))
    found = manifest(picture.source, picture.study, name)
    signed = signatures(picture.source, picture.study.study_id, found["root"])
    return found, digest_of(found), signed


def seal(picture: StudyPicture, settings: Settings, name: str) -> dict[str, Any]:
    """See ``SnapshotDesk.sealed``."""
    found, digest, signed = to_sign(picture, name)
    if not settings.anchor_key_file:
        raise UnsafeSettings("EDC_ANCHOR_KEY_FILE names no key: 'edc anchor-key FILE' makes one.")
    from edc_core.ledger import anchor_key  # with a library that only a signed file needs

    key = anchor_key.read(settings.anchor_key_file)
    taken = cut.find(picture.source.connection, picture.study.study_id, name)
    sealed = {
        "format": SEAL, "manifest": found, "sha256": digest, "vector": [[chain, str(n), hashed] for chain, n, hashed in taken.vector],
        "signatures": [one._asdict() for one in signed],
    }  # fmt: skip
    return sealed | {"key": key.public, "seal": key.sign(canonical(sealed))}
