"""A file that has arrived is noted in the subject's chain, before any value names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.entry_state import EntryAction, transition
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action
from edc_core.domain.protection import Touch
from edc_core.errors import WrongState
from edc_core.ledger.append import Effect
from edc_core.services.file_items import rules_of
from edc_core.services.open_form import open_form
from edc_core.services.operation import SubjectOperation, once, open_subject
from edc_core.store.file_entries import payload_of

if TYPE_CHECKING:
    from edc_core.domain.commands import AddFile


@once(open_subject, Action.ENTER_DATA)
def add_file(operation: SubjectOperation, command: AddFile) -> dict[str, str]:
    """Note a file whose bytes are on the disk already. It is no value yet: saving the item makes it one.

    :raises NotAllowed, NotFound, Protected, WrongState, VersionChanged: as saving the item would be refused.
    :raises BadRequest: the item takes no file.
    """
    form = open_form(operation, command)
    transition(form.picture.status, EntryAction.SAVE)
    rules_of(form.index.place(command.path).item)
    form.index.check(command.path)
    form.picture.require(Touch.DATA, command.path)
    if any((row := form.picture.groups.get(p)) and row.removed for p in command.path.parent.ancestors()):
        raise WrongState("This row was struck out, so nothing can be entered in it.")
    effect = Effect(EntryKind.FILE_ADD, str(command.path), payload_of(command.file, command.file_type))
    operation.record([effect], meta_data_version=form.index.version.oid)
    return {"file": str(command.file)}
