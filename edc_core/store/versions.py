"""Published definitions, parsed once per process. They never change, so a cache entry never goes stale."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import MetaDataVersion, PluginUse
from edc_core.domain.metadata_json import load
from edc_core.errors import NotFound
from edc_core.store.study_tables import meta_data_version, plugin_upgrade

if TYPE_CHECKING:
    from sqlalchemy import Connection

_table = meta_data_version
_ONE = select(_table.c.definition)
_ALL = select(_table.c.oid).order_by(_table.c.seq)
#: Approvals that a version can have: those given when it was published already.
_APPROVED = (
    select(plugin_upgrade.c.plugin, plugin_upgrade.c.version, plugin_upgrade.c.sha256)
    .join(_table, _table.c.study_id == plugin_upgrade.c.study_id)
    .where(
        plugin_upgrade.c.study_id == bindparam("study"),
        plugin_upgrade.c.state == "approved",
        _table.c.oid == bindparam("oid"),
        _table.c.seq <= plugin_upgrade.c.seq,
    )
)


class VersionCache:
    """MetaDataIndex by study and OID, shared by all threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], MetaDataIndex] = {}
        self._uses: dict[tuple[str, str], tuple[int, tuple[PluginUse, ...]]] = {}

    def get(self, connection: Connection, study_id: str, oid: str) -> MetaDataIndex:
        """:raises NotFound: when the study never published a version with this OID."""
        known = self._known.get((study_id, oid))
        if known is not None:
            return known
        text = connection.execute(_ONE.where(_table.c.study_id == study_id, _table.c.oid == oid)).scalar()
        if text is None:
            raise NotFound(f"The study has no MetaDataVersion '{oid}'.")
        index = MetaDataIndex(load(MetaDataVersion, json.loads(text)))
        with self._lock:
            return self._known.setdefault((study_id, oid), index)

    def put(self, study_id: str, index: MetaDataIndex) -> None:
        """Hold a version that its definition need not be read for."""
        with self._lock:
            self._known[study_id, index.version.oid] = index

    def plugins(
        self, connection: Connection, study_id: str, oid: str, *, upgraded_n: int
    ) -> tuple[PluginUse, ...]:
        """The plugins of a version as they are in force: as published, or as an approval since then names them.

        :param upgraded_n: entry of the study's chain that approved last (``StudyRow.upgraded_n``); 0 for none.
        :raises NotFound: when the study never published a version with this OID.
        """
        uses = self.get(connection, study_id, oid).version.plugins
        if not upgraded_n or not uses:
            return uses
        known = self._uses.get((study_id, oid))
        if known is None or known[0] != upgraded_n:
            rows = connection.execute(_APPROVED, {"study": study_id, "oid": oid})
            approved = {row.plugin: row for row in rows}
            uses = tuple(
                replace(use, version=row.version, sha256=row.sha256)
                if (row := approved.get(use.name))
                else use
                for use in uses
            )
            known = self._uses[study_id, oid] = (upgraded_n, uses)
        return known[1]

    def all(self, connection: Connection, study_id: str) -> dict[str, MetaDataIndex]:
        """Every published version of a study by OID, oldest first."""
        oids = connection.execute(_ALL.where(_table.c.study_id == study_id)).scalars().all()
        return {oid: self.get(connection, study_id, oid) for oid in oids}
