"""What is installed beside the core, on record in the installation's chain whenever it is otherwise than before (REQ-AUD-09).

A plugin that no study uses changes no study, yet it has pages, jobs and formats: who looks back finds when it came and went.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from edc_core.domain.commands import Command
from edc_core.domain.ledger_entry import SYSTEM_CHAIN, SYSTEM_STUDY, EntryKind
from edc_core.ids import new_id
from edc_core.ledger.append import Effect
from edc_core.plugin_source import BUILTIN
from edc_core.services.checking import SYSTEM_ACTOR
from edc_core.services.operation import open_study
from edc_core.store import listing_queries
from edc_core.store.listing import Scope
from edc_core.store.listing_queries import TrailFilter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.core import Core
    from edc_core.store.unit_of_work import Source

Installed = dict[str, list[str]]


def note_installed(core: Core) -> bool:
    """Have an entry say what was installed, upgraded or removed since the last one; the first says all of it.

    :returns: whether one was written: of several that start together one does.
    """
    now = {one.name: [one.version, one.sha256] for one in core.plugins.installed if one.name != BUILTIN}
    with core.read() as source:
        if _last(source) == now:
            return False
    with core.write(SYSTEM_ACTOR) as uow:
        operation = open_study(uow, Command(study_id=SYSTEM_STUDY, op=f"plugins:{new_id()}"))
        before = _last(uow)  # with the chain held
        if before == now:
            return False
        changes = _changes(before or {}, now)
        operation.record([Effect(EntryKind.PLUGIN_CHANGE, "", {"plugins": now, "changes": changes})])
        operation.finish({})
    return True


def _last(source: Source) -> Installed | None:
    wanted = TrailFilter(kinds=(EntryKind.PLUGIN_CHANGE.value,))
    scope = Scope(SYSTEM_STUDY, frozenset())
    rows = listing_queries.entries(source.connection, scope, SYSTEM_CHAIN, wanted, limit=1)
    return orjson.loads(rows[0].payload)["plugins"] if rows else None


def _changes(before: Mapping[str, list[str]], now: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """What differs, by name. The version stays where only the source is another."""
    found = []
    for name in sorted(before.keys() | now.keys()):
        was, is_now = before.get(name), now.get(name)
        if was != is_now:
            change = "installed" if was is None else "removed" if is_now is None else "upgraded"
            versions = {"from_version": was[0] if was else "", "version": is_now[0] if is_now else ""}
            found.append({"plugin": name, "change": change} | versions)
    return found
