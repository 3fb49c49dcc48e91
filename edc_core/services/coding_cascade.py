"""What a change of a value, whatever its door, does to its coding: it is to be coded again.

Every write to a subject's chain passes here (``SubjectOperation.record``). Nothing is read where a form is written and no
value elsewhere changes with it: what is coded there came with the first look at the form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.commands import FormCommand
from edc_core.domain.ledger_entry import EntryKind
from edc_core.ledger.append import Effect
from edc_core.services.cascade import SYSTEM
from edc_core.store import coding_readers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from edc_core.services.operation import SubjectOperation

_VALUES = frozenset({EntryKind.ITEM_SET, EntryKind.DERIVED_SET})


def reset_by(operation: SubjectOperation, effects: Sequence[Effect]) -> list[Effect]:
    """The ``coding.reset`` entries that effects bring with them."""
    changed = sorted({e.path for e in effects if e.kind in _VALUES and _is_changed(e.payload)})
    if not changed:
        return []
    coded, command = operation.coded, operation.command
    here = f"{command.form.form_path}/" if isinstance(command, FormCommand) else ""
    if coded is None or not all(path.startswith(here) for path in changed):
        coded = coding_readers.coded_places(operation.uow.connection, operation.subject)
    reset = [path for path in changed if path in coded]
    if operation.coded is not None:
        operation.coded = operation.coded.difference(reset)
    payload = {"cause": "value"}
    return [Effect(EntryKind.CODING_RESET, path, payload, actor=SYSTEM, role="") for path in reset]


def _is_changed(said: Mapping[str, Any]) -> bool:
    """Whether an entry of a value says something else than the one before it; the first one takes no coding away."""
    old = said["old"]
    return old is not None and any(said[name] != old[name] for name in ("value", "missing", "raw"))
