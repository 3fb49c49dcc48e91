"""Published definitions, parsed once per process. They never change, so a cache entry never goes stale."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

from sqlalchemy import select

from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import MetaDataVersion
from edc_core.domain.metadata_json import load
from edc_core.errors import NotFound
from edc_core.store.study_tables import meta_data_version

if TYPE_CHECKING:
    from sqlalchemy import Connection

_table = meta_data_version
_ONE = select(_table.c.definition)
_ALL = select(_table.c.oid).order_by(_table.c.seq)


class VersionCache:
    """MetaDataIndex by study and OID, shared by all threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], MetaDataIndex] = {}

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

    def all(self, connection: Connection, study_id: str) -> dict[str, MetaDataIndex]:
        """Every published version of a study by OID, oldest first."""
        oids = connection.execute(_ALL.where(_table.c.study_id == study_id)).scalars().all()
        return {oid: self.get(connection, study_id, oid) for oid in oids}
