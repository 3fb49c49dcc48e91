"""What was signed, drawn as a PDF by a plugin: kept as a file and bound to its signature by an entry of its own.

The signature binds the manifest alone and does not wait for a picture, which can be drawn again from it at any time.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from edc_core.domain.commands import SubjectCommand
from edc_core.domain.dataset import SignedFile
from edc_core.domain.file_value import FileRules
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.signature import SignedManifest
from edc_core.errors import EditConflict
from edc_core.ledger.append import Effect
from edc_core.ledger.study_at_cut import study_at
from edc_core.services.operation import open_subject
from edc_core.services.reading import look_at
from edc_core.store import readers
from edc_core.store.file_entries import payload_of
from edc_core.store.signed_entries import signed_entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.core import Core
    from edc_core.domain.permission import Actor
    from edc_core.ledger.cut import Cut
    from edc_core.store.unit_of_work import Source


def without_picture(core: Core, study_id: str) -> Iterator[SignedManifest]:
    """The manifest of each signature of which no picture is kept, where the folder of files has it."""
    with core.read() as source:
        found = [one for one in signed_entries(source.connection, study_id) if one.picture is None]
        ids = {one.chain for one in found}
        keys = {one: readers.subject_by_id(source.connection, study_id, one).subject_key for one in ids}
    for one in found:
        if core.files.holds(one.manifest):
            with core.files.open(one.manifest.sha256) as file:
                yield SignedManifest(keys[one.chain], one.n, one.manifest.sha256, file.read())


def keep(core: Core, actor: Actor, study_id: str, signed: SignedManifest, pdf: bytes, by: str) -> None:
    """Keep a picture: its bytes first, then the entry that binds it to the signature.

    :raises EditConflict: words were taken out of what was signed since it was drawn.
    """
    rules = FileRules(("pdf",), max_mb=len(pdf) // 1_000_000 + 1)
    file = core.files.take(io.BytesIO(pdf), rules, f"signature-{signed.n}.pdf", len(pdf)).file
    said = {"signature": signed.n, "manifest": signed.sha256, "by": by}
    op = f"picture:{signed.n}:{signed.sha256}"
    with core.write(actor) as uow:
        operation = open_subject(
            uow, SubjectCommand(study_id=study_id, op=op, subject_key=signed.subject_key)
        )
        found = signed_entries(uow.connection, study_id, chain=operation.subject.subject_id)
        paths = [one.path for one in found if (one.n, one.manifest.sha256) == (signed.n, signed.sha256)]
        if not paths:
            raise EditConflict("This is not (any more) what was signed there.")
        if operation.earlier is None:
            operation.record([Effect(EntryKind.FILE_ADD, paths[0], payload_of(file, "pdf") | said)])
            operation.finish({})


def signed_files(core: Core, source: Source, actor: Actor, taken: Cut) -> Iterator[SignedFile]:
    """What is kept of each signature within a cut, unless its signer saw what whoever exports may not see."""
    picture = look_at(source, actor, readers.study_by_id(source.connection, taken.study_id))
    hidden = picture.unseen(picture.all_sites)
    keys = {chain: key for key, chain, _ in study_at(source.connection, taken).subjects}
    upto = {chain: n for chain, n, _ in taken.vector}
    for one in signed_entries(source.connection, taken.study_id, upto=upto):
        if not hidden <= one.hides:
            continue
        for file, ending in ((one.manifest, "json"), (one.picture, "pdf")):
            if file is not None and core.files.holds(file):
                with core.files.open(file.sha256) as stream:
                    yield SignedFile(keys[one.chain], one.sha256, f"{file.sha256}.{ending}", stream)
