"""Telling plugins what was committed: ledger entries become facts without collected values, told in the check host."""

from __future__ import annotations

import logging
import queue
import threading
from typing import TYPE_CHECKING, Any

from edc_core.domain import fact
from edc_core.domain.ledger_entry import STUDY_CHAIN, SYSTEM_STUDY, EntryKind
from edc_core.domain.plugin_study import PluginStudy
from edc_core.errors import NotFound, way_of
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edc_core.core import Core
    from edc_core.domain.fact import Fact
    from edc_core.store.unit_of_work import Source, Written

log = logging.getLogger("edc.plugins")
HOOK = "edc_after_commit"
WAITING = 10_000  #: operations that may wait to be told; a plugin that is slower than that misses some, and it is logged

_ROWS = {EntryKind.GROUP_ADD: "added", EntryKind.GROUP_REMOVE: "struck", EntryKind.GROUP_RESTORE: "restored"}
_SIGNATURES = {EntryKind.SIGN_SET: "set", EntryKind.SIGN_BREAK: "break", EntryKind.SIGN_WITHDRAW: "withdrawn"}
_FORMS = {EntryKind.FORM_STATUS, EntryKind.FORM_REMOVE, EntryKind.FORM_RESTORE}


def fact_of(kind: EntryKind, payload: dict[str, Any], where: dict[str, Any]) -> Fact | None:
    """The fact an entry becomes; ``None`` for entries nobody is told of."""
    if kind is EntryKind.SUBJECT_ADD:
        return fact.SubjectAdded(**where)
    if kind in (EntryKind.ITEM_SET, EntryKind.DERIVED_SET):
        return fact.ItemValueChanged(**where, derived=kind is EntryKind.DERIVED_SET)
    if kind in _ROWS:
        return fact.RowChanged(**where, change=_ROWS[kind])
    if kind in _FORMS:
        return fact.FormStatusChanged(**where, status=str(payload.get("status", "removed")))
    if kind in (EntryKind.QUERY_OPEN, EntryKind.QUERY_STATE):
        if "text" not in payload:  # a fingerprint was noted; the query is as it was
            return None
        return fact.QueryStateChanged(
            **where,
            query_id=payload["query_id"],
            state=payload["state"],
            check_oid=payload.get("check_oid", ""),
        )
    if kind in (EntryKind.REVIEW_SET, EntryKind.REVIEW_DROP):
        return fact.ReviewChanged(
            **where, kind=str(payload.get("review", "")), dropped=kind is EntryKind.REVIEW_DROP
        )
    if kind is EntryKind.PROTECT_SET:
        return fact.ProtectionChanged(**where, protection=payload["state"])
    if kind in _SIGNATURES:
        return fact.SignatureChanged(**where, change=_SIGNATURES[kind])
    if kind is EntryKind.STUDY_PUBLISH:
        return fact.DefinitionPublished(**where, meta_data_version=payload["oid"])
    return None


class Notifier:
    """One thread that tells the plugins of a study what was committed in it, in the order of the commits."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._queue: queue.Queue[Sequence[Written] | None] = queue.Queue(WAITING)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def attach(self) -> None:
        """Be told of every commit of the installation from now on, until it closes; nobody is where no plugin wants it."""
        if self._is_wanted():
            self._core.listeners.append(self.tell)
            self._core.closing.append(self.close)

    def tell(self, written: Sequence[Written]) -> None:
        """Have what a transaction wrote told soon. Never blocks and never fails the caller."""
        if not written:
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="edc-notify", daemon=True)
                self._thread.start()
        try:
            self._queue.put_nowait(written)
        except queue.Full:
            log.warning("plugins are too slow: a notification was left out")

    def close(self) -> None:
        """Tell what waits, then stop."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(timeout=30)

    def _is_wanted(self) -> bool:
        plugins = self._core.plugins
        return any(HOOK in plugins.hooks_of(one.name) for one in plugins.installed)

    def _run(self) -> None:
        while (written := self._queue.get()) is not None:
            try:
                self._tell(written)
            except Exception as error:  # noqa: BLE001 - the next notification must not suffer from this one
                log.error("plugins could not be told: %s", way_of(error))  # noqa: TRY400

    def _tell(self, written: Sequence[Written]) -> None:
        by_study: dict[str, list[Written]] = {}
        for op, entry in written:
            if entry.study_id != SYSTEM_STUDY:
                by_study.setdefault(entry.study_id, []).append((op, entry))
        for study_id, entries in by_study.items():
            with self._core.read() as source:
                told = self._facts(source, study_id, entries)
            if told is None:
                continue
            study, facts = told
            active = self._core.plugins.activate(study.index.version.plugins)
            if facts and active.sources:
                for failure in self._core.check_host.notify(study, active.sources, facts):
                    log.warning("plugin %s: %s", failure.plugin, failure.text)

    def _facts(
        self, source: Source, study_id: str, entries: Sequence[Written]
    ) -> tuple[PluginStudy, tuple[Fact, ...]] | None:
        row = readers.study_by_id(source.connection, study_id)
        if not row.meta_data_version:
            return None
        index = source.versions.get(source.connection, study_id, row.meta_data_version)
        sites = readers.sites(source.connection, study_id)
        facts = []
        for op, entry in entries:
            subject_key = site_number = ""
            if entry.chain != STUDY_CHAIN:
                try:
                    subject = readers.subject_by_id(source.connection, study_id, entry.chain)
                except NotFound:
                    continue
                subject_key, site_number = subject.subject_key, sites[subject.site_id].number
            where = {
                "study_oid": row.oid,
                "environment": row.environment,
                "at": entry.at,
                "actor": entry.actor,
                "op": op,
                "subject_key": subject_key,
                "site_number": site_number,
                "path": entry.path,
            }
            one = fact_of(EntryKind(entry.kind), dict(entry.payload), where)
            if one is not None:
                facts.append(one)
        return PluginStudy.of(index, row.environment), tuple(facts)
