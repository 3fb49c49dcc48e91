"""Anchors: the root of a study written outside the database and signed. The keys: services/anchor_keys.py."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import portalocker

from edc_core.clock import iso
from edc_core.domain.ledger_entry import SYSTEM_STUDY, EntryKind
from edc_core.errors import BadRequest, UnsafeSettings
from edc_core.ids import new_id
from edc_core.ledger import anchor, cut
from edc_core.ledger.append import Effect
from edc_core.services.operation import Command, open_study
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.core import Core
    from edc_core.domain.permission import Actor
    from edc_core.ledger.anchor_key import AnchorKey
    from edc_core.settings import Settings
    from edc_core.store.unit_of_work import UnitOfWork


@contextmanager
def held(path: str) -> Iterator[list[anchor.AnchorLine | anchor.KeyLine]]:
    """The lines of the anchor file, while nobody else writes to it."""
    with portalocker.Lock(f"{path}.lock", "a"):
        yield anchor.read_file(path)


def signer(settings: Settings, lines: list[anchor.AnchorLine | anchor.KeyLine]) -> AnchorKey | None:
    """The key that has to sign now; none where no key ever did and none is set.

    :raises UnsafeSettings: the file names another key than the setting.
    """
    in_force = anchor.key_in_force(lines)
    if not (settings.anchor_key_file or in_force):
        return None
    from edc_core.ledger import anchor_key  # with a library that only a signed file needs

    key = anchor_key.read(settings.anchor_key_file)
    if key.public != in_force:
        raise UnsafeSettings(
            "The key of EDC_ANCHOR_KEY_FILE is not the one that signs the anchor file. Name the right one, or say so "
            "with 'edc anchor-key create' or 'edc anchor-key rotate'."
        )
    return key


def anchor_study(uow: UnitOfWork, study_id: str, settings: Settings) -> dict[str, Any]:
    """Append the study's present root to the anchor file, signed where a key is set, and note it in the ledger.

    ``SYSTEM_STUDY`` stands for the installation: its users, roles and keys. The entry is committed first: a line without its state would look like tampering, a state without its line does not.

    :returns: ``{"study", "root", "leaves"}``. :raises BadRequest: no anchor file is set.
    :raises UnsafeSettings: the key cannot be read, is open to others, or is another one.
    """
    path = file_of(settings)
    signer(settings, anchor.read_file(path))
    operation = open_study(uow, Command(study_id=study_id, op=f"anchor:{new_id()}"))
    study = study_id if study_id == SYSTEM_STUDY else str(readers.study_by_id(uow.connection, study_id))
    taken = cut.present_cut(uow.connection, study_id)
    cut.keep(uow.connection, taken)
    at = iso(uow.clock.now())
    rows, digest = anchor.access_digest(uow.connection)
    said = {"root": taken.root, "leaves": len(taken.vector)}
    operation.record([Effect(EntryKind.ANCHOR, "", said, actor="system")])

    def write_line() -> None:
        with held(path) as earlier:
            mine = (line for line in reversed(earlier) if isinstance(line, anchor.AnchorLine))
            line = anchor.AnchorLine(
                study_id=study_id, study=study, at=at, root=taken.root, leaves=len(taken.vector),
                prev=next((line.root for line in mine if line.study_id == study_id), ""),
                access_rows=rows, access_sha256=digest,
            )  # fmt: skip
            key = signer(settings, earlier)
            if key is not None:
                line = replace(line, key=key.public)
                line = replace(line, signature=key.sign(line.signed_bytes()))
            anchor.append_line(path, line)

    uow.after_commit(write_line)
    return {"study": study, **said}


def anchor_everything(core: Core, actor: Actor) -> list[dict[str, Any]]:
    """Anchor every study and the installation; see ``anchor_study``."""
    with core.read() as source:
        ids = [study.study_id for study in readers.studies(source.connection)]
        if cut.present_cut(source.connection, SYSTEM_STUDY).vector:
            ids.append(SYSTEM_STUDY)
    done = []
    for study_id in ids:
        with core.write(actor) as uow:
            done.append(anchor_study(uow, study_id, core.settings))
    return done


def file_of(settings: Settings) -> str:
    """:raises BadRequest: no anchor file is set."""
    if not settings.anchor_file:
        raise BadRequest("EDC_ANCHOR_FILE names no file, so there is nowhere to anchor to.")
    return settings.anchor_file
