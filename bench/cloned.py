"""Subjects of a trial once more under other numbers: their entries, by the bulk append that imports use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from edc_core.core import Core
from edc_core.domain.casebook import RECORD_KEY
from edc_core.domain.commands import Reason
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Actor
from edc_core.ids import new_id
from edc_core.ledger.append import Circumstances, Effect, record, take_head
from edc_core.ledger.replay import entries
from edc_core.store import readers

_QUERY = re.compile(r'"query_id":"(\w+)"')

Entries = list[Mapping[str, Any]]


def clone(core: Core, actor: Actor, study_id: str, subjects: int) -> int:
    """Add clones of the subjects of a study, in turn, until it has so many. Returns how many entries that wrote."""
    with core.read() as source:
        found = readers.all_subjects(source.connection, study_id)
        chains = [one.subject_id for one in found if one.subject_key != RECORD_KEY]
        models = [list(entries(source.connection, study_id, chain)) for chain in chains]
    wanted = range(subjects - len(models))
    return sum(_again(core, actor, study_id, number, models[number % len(models)]) for number in wanted)


def _again(core: Core, actor: Actor, study_id: str, number: int, model: Entries) -> int:
    """One subject more."""
    first = model[0]
    ids: dict[str, str] = {}

    def payload(entry: Mapping[str, Any]) -> dict[str, Any]:
        text = _QUERY.sub(
            lambda found: f'"query_id":"{ids.setdefault(found[1], new_id())}"', entry["payload"]
        )
        said: dict[str, Any] = orjson.loads(text)
        if entry["kind"] == EntryKind.SUBJECT_ADD:
            said["subject_key"] += f"-{number:04}"
        return said

    effects = [
        Effect(
            EntryKind(entry["kind"]), entry["path"], payload(entry), entry["meta_data_version"],
            Reason(entry["reason_code"], entry["reason_text"]), entry["origin"], entry["actor"], entry["role"],
        )
        for entry in model
    ]  # fmt: skip
    common = Circumstances(new_id(), actor.name, "", first["site_id"], "UTC", first["site_zone"])
    with core.write(actor) as uow:
        record(uow, take_head(uow, study_id, new_id()), effects, common)
    return len(effects)
