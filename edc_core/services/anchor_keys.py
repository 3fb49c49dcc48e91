"""Which key signs the anchors: the first one, and each that takes over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from edc_core.clock import iso
from edc_core.domain.ledger_entry import EntryKind
from edc_core.errors import ReasonRequired, WrongState
from edc_core.ledger import anchor
from edc_core.ledger.append import Effect
from edc_core.services.anchoring import file_of, held, signer
from edc_core.services.operation import Command, open_study

if TYPE_CHECKING:
    from edc_core.domain.commands import Reason
    from edc_core.ledger.anchor_key import AnchorKey
    from edc_core.settings import Settings
    from edc_core.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class SignWith(Command):
    """Let another key sign the anchors from now on.

    :param key: its public half. :param lost: the key before is lost, so it hands nothing over.
    """

    key: str
    reason: Reason
    lost: bool = False


def sign_with(uow: UnitOfWork, command: SignWith, settings: Settings, key: AnchorKey) -> dict[str, Any]:
    """Have a key sign: noted in the ledger of the installation, and in the anchor file by this key and the one before.

    :returns: ``{"key", "prev_key"}``, public keys.
    :raises UnsafeSettings: the key before cannot be read, though it is not said to be lost.
    :raises WrongState: the key signs already. :raises ReasonRequired: another one signs, and no reason is given.
    """
    path = file_of(settings)
    lines = anchor.read_file(path)
    prev_key = anchor.key_in_force(lines)
    if prev_key == key.public:
        raise WrongState("This key signs the anchor file already.")
    if prev_key and not command.reason:
        raise ReasonRequired("Say why another key signs from now on.")
    before = None if command.lost else signer(settings, lines) if prev_key else None
    operation = open_study(uow, command)
    result = {"key": key.public, "prev_key": prev_key}
    operation.record(
        [Effect(EntryKind.ANCHOR_KEY, "", result | {"lost": command.lost}, reason=command.reason)]
    )
    line = anchor.KeyLine(
        at=iso(uow.clock.now()), key=key.public, prev_key=prev_key, reason=command.reason.text
    )
    message = line.signed_bytes()
    line = replace(line, signature=key.sign(message), prev_signature=before.sign(message) if before else "")

    def write_line() -> None:
        with held(path):
            anchor.append_line(path, line)

    uow.after_commit(write_line)
    return result
