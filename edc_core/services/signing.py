"""Sign, and withdraw a signature (21 CFR 11.50, 11.70, 11.100, 11.200; REQ-SIG-01 to -08).

What is signed is what was shown: the digest on the page is computed again while the chain is held, so that no change can
come between. The manifest itself is kept as a file under that digest before the entry is written.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from edc_core.domain.commands import Reason, SubjectCommand
from edc_core.domain.file_value import FileRules
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action
from edc_core.domain.protection import Touch, effective, require
from edc_core.domain.signature import ACCEPTANCE, Meaning, SignatureAction, transition
from edc_core.errors import EditConflict, NotAllowed, NotFound, ReasonRequired, WrongState
from edc_core.ledger.append import Effect
from edc_core.services import clock_health, rights_now
from edc_core.services.operation import SubjectOperation, once, open_subject
from edc_core.services.to_sign import Desk
from edc_core.store import readers, signature_readers

if TYPE_CHECKING:
    from edc_core.domain.file_value import FileValue
    from edc_core.store.files import FileFolder
    from edc_core.store.unit_of_work import UnitOfWork

MANIFEST = "manifest.txt"
_KEPT_AS = FileRules(types=("text",), max_mb=500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign(SubjectCommand):
    """Sign a form, a visit or (the empty path) the casebook. The caller has proved who acts, just now.

    :param sha256: of the manifest that the person has read.
    :param component: what proved the person besides the login, just before: ``password``, ``token`` or an authenticator.
    :param accepts: the person says with it that the electronic signature binds; needed once in a study.
    :param milestone: OID of the milestone it is given for, whose statement it attests instead of the meaning's.
    """

    path: ItemPath
    sha256: str
    meaning: Meaning
    component: str
    accepts: bool = False
    milestone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawSignature(SubjectCommand):
    """Take one's own signature back. :param n: position of the signature that the person has seen."""

    path: ItemPath
    n: int
    reason: Reason = field(default_factory=Reason)


def sign(uow: UnitOfWork, command: Sign, files: FileFolder) -> dict[str, Any]:
    """Give a signature.

    :param files: where the manifest is kept.
    :returns: ``{"n", "sha256", "meaning"}``, ``n`` the position of its entry.
    :raises EditConflict: what stands there is not what the person has read. :raises NotAllowed: not in this role.
    :raises WrongState: it is signed, something stands in the way, or the clock is wrong. :raises ReasonRequired: the acceptance is missing.
    """
    operation = open_subject(uow, command)
    if operation.earlier is not None:
        return operation.earlier
    rights_now.look_again(uow)
    operation.require(Action.SIGN)
    if not operation.role:
        raise NotAllowed("A person signs, in a role of the study.")
    clock = clock_health.require_right(uow)
    study = readers.study_by_id(uow.connection, command.study_id)
    desk = Desk(uow, uow.actor, study, operation.subject, operation.site)
    found = desk.lay_out(command.path, command.milestone)
    if found.manifest.sha256 != command.sha256:
        raise EditConflict(
            "Something has changed since you opened this page. Nothing was signed. Read what is marked, then sign."
        )
    transition(found.state, SignatureAction.SIGN, by=uow.actor.name, may_sign=True)
    if found.blockers:
        places = len(found.blockers)
        stand = f"{places} things stand" if places > 1 else "1 thing stands"
        raise WrongState(f"This cannot be signed yet: {stand} in the way.")
    if not (found.accepted or command.accepts):
        raise ReasonRequired("Before your first signature in this study, confirm that it binds you.")
    keep_manifest(files, found.manifest.canonical)
    said, means = found.milestone, command.meaning
    meaning = said.oid if said is not None else means.value
    payload = {
        "sha256": found.manifest.sha256,
        "bytes": str(len(found.manifest.canonical)),
        "name": MANIFEST,
        "meaning": meaning,
        "statement": said.statement if said is not None else means.statement,
        "full_name": uow.actor.full_name,
        "zone": uow.actor.zone,
        "component": command.component,
        "clock": clock.standing.value,
        "language": found.manifest.language,
        "hides": " ".join(found.manifest.hides),
        "forms": len(found.manifest.forms),
        "accepted": "" if found.accepted else ACCEPTANCE,
        "again": found.signature.n if found.signature else 0,
    }
    operation.record(
        [Effect(EntryKind.SIGN_SET, str(command.path), payload)],
        meta_data_version=operation.site.meta_data_version,
    )
    result = {"n": operation.head.n, "sha256": found.manifest.sha256, "meaning": meaning}
    operation.finish(result)
    return result


def keep_manifest(files: FileFolder, manifest: bytes) -> FileValue:
    """Keep a manifest in the folder of files."""
    return files.take(io.BytesIO(manifest), _KEPT_AS, MANIFEST, len(manifest)).file


@once(open_subject, Action.SIGN)
def withdraw(operation: SubjectOperation, command: WithdrawSignature) -> dict[str, Any]:
    """Withdraw a signature: by whoever gave it, with a reason, unless the place is locked.

    :returns: ``{"n"}``, the position of its entry.
    :raises EditConflict: another signature stands there now. :raises NotAllowed: somebody else gave it.
    """
    uow = operation.uow
    subject = operation.subject
    stands = signature_readers.signatures(uow.connection, subject.study_id, subject.subject_id)
    found = next((one for one in stands if one.path == command.path), None)
    if found is None:
        raise NotFound("There is no signature here.")
    if found.n != command.n:
        raise EditConflict("This was signed anew since you opened the page. Look at it again.")
    state = transition(
        found.state, SignatureAction.WITHDRAW, by=uow.actor.name, signed_by=found.actor, may_sign=True
    )
    place = readers.form_state(uow.connection, subject, command.path)
    require(effective(command.path, place.protections, place.above), Touch.SIGN)
    if not command.reason:
        raise ReasonRequired("Say why you withdraw your signature.")
    payload = {"signature": found.n, "state": state.value}
    effect = Effect(EntryKind.SIGN_WITHDRAW, str(command.path), payload, reason=command.reason)
    operation.record([effect], meta_data_version=operation.site.meta_data_version)
    return {"n": operation.head.n}
