"""What has to be there before a live study takes data: releases of versions, approved versions of plugins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.store.ledger_tables import ledger_entry
from edc_core.store.study_tables import meta_data_version, plugin_upgrade, study_release

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Publication:
    """A published version: its place among the study's versions, who published it and when."""

    oid: str
    seq: int
    name: str
    sha256: str
    published_at: str
    actor: str


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    meta_data_version: str
    actor: str
    full_name: str
    meaning: str
    statement: str
    at: str


@dataclass(frozen=True, slots=True)
class UpgradeRow:
    """A request for a plugin's version (state ``requested``), or its approval (``approved``)."""

    plugin: str
    state: str
    version: str
    sha256: str
    seq: int
    n: int
    reason: str
    at: str
    actor: str


def publications(connection: Connection, study_id: str) -> dict[str, Publication]:
    """How each version of a study was published, by OID, oldest first."""
    version, entry = meta_data_version, ledger_entry
    published = and_(
        entry.c.study_id == version.c.study_id,
        entry.c.chain == STUDY_CHAIN,
        entry.c.kind == EntryKind.STUDY_PUBLISH.value,
        entry.c.meta_data_version == version.c.oid,
    )
    rows = connection.execute(
        select(
            version.c.oid,
            version.c.seq,
            version.c.name,
            version.c.sha256,
            version.c.published_at,
            entry.c.actor,
        )
        .join(entry, published)
        .where(version.c.study_id == study_id)
        .order_by(version.c.seq)
    )
    return {row.oid: Publication(**row._mapping) for row in rows}


def release(connection: Connection, study_id: str, oid: str) -> ReleaseRow | None:
    """The release of a version, if it was released."""
    columns = [study_release.c[name] for name in ReleaseRow.__dataclass_fields__]
    row = connection.execute(
        select(*columns).where(study_release.c.study_id == study_id, study_release.c.meta_data_version == oid)
    ).first()
    return ReleaseRow(**row._mapping) if row else None


def released(connection: Connection, study_id: str) -> frozenset[str]:
    """OIDs of the versions of a study that were released."""
    rows = connection.execute(
        select(study_release.c.meta_data_version).where(study_release.c.study_id == study_id)
    )
    return frozenset(rows.scalars())


def upgrades(connection: Connection, study_id: str) -> dict[tuple[str, str], UpgradeRow]:
    """The last request and the last approval of each plugin, by plugin and state."""
    columns = [plugin_upgrade.c[name] for name in UpgradeRow.__dataclass_fields__]
    rows = connection.execute(select(*columns).where(plugin_upgrade.c.study_id == study_id))
    return {(row.plugin, row.state): UpgradeRow(**row._mapping) for row in rows}


def newest_seq(connection: Connection, study_id: str) -> int:
    """How many versions the study has published."""
    version = meta_data_version
    found = connection.execute(
        select(version.c.seq).where(version.c.study_id == study_id).order_by(version.c.seq.desc()).limit(1)
    ).scalar()
    return int(found or 0)
