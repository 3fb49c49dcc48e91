"""What has to be there before a live study takes data: releases of versions, approved versions of plugins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import and_, select

from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.domain.version_release import Acceptance, ReleaseStep
from edc_core.store.ledger_tables import ledger_entry
from edc_core.store.study_tables import meta_data_version, plugin_upgrade, study, study_release

if TYPE_CHECKING:
    from sqlalchemy import Connection


REPORT = "uat.report"  #: topic of the notes that record a report of acceptance testing
_TOLD = tuple(Acceptance.__dataclass_fields__)[2:]

#: The entry by which a version was published.
_PUBLISHED = and_(
    ledger_entry.c.study_id == meta_data_version.c.study_id,
    ledger_entry.c.chain == STUDY_CHAIN,
    ledger_entry.c.kind == EntryKind.STUDY_PUBLISH.value,
    ledger_entry.c.meta_data_version == meta_data_version.c.oid,
)


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
    """A signature on a version: its release, or an approval before it."""

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
    version = meta_data_version
    columns = [version.c[name] for name in ("oid", "seq", "name", "sha256", "published_at")]
    rows = connection.execute(
        select(*columns, ledger_entry.c.actor)
        .join(ledger_entry, _PUBLISHED)
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


def approvals(connection: Connection, study_id: str, oid: str) -> dict[ReleaseStep, ReleaseRow]:
    """The approvals of a version, as the study's chain holds them, in their order."""
    c = ledger_entry.c
    of_study = and_(c.study_id == study_id, c.chain == STUDY_CHAIN, c.kind == EntryKind.STUDY_APPROVE.value)
    rows = connection.execute(
        select(c.actor, c.at, c.payload).where(of_study, c.meta_data_version == oid).order_by(c.n)
    )
    found = ((row, orjson.loads(row.payload)) for row in rows)
    return {
        ReleaseStep(p["approval"]): ReleaseRow(oid, row.actor, p["full_name"], p["meaning"], p["statement"], row.at)
        for row, p in found
    }  # fmt: skip


def newest_report(connection: Connection, study_oid: str) -> Acceptance | None:
    """The newest one that was recorded, of whatever version: one statement."""
    c = ledger_entry.c
    rows = connection.execute(
        select(c.n, c.payload)
        .join(study, study.c.study_id == c.study_id)
        .where(study.c.oid == study_oid, study.c.environment == "uat")
        .where(c.chain == STUDY_CHAIN, c.kind == EntryKind.NOTE_ADD.value, c.payload.contains(REPORT))
        .order_by(c.n.desc())
    )
    for row in rows:
        said = orjson.loads(row.payload)
        if said.get("topic") == REPORT:
            told = {name: said["content"][name] for name in _TOLD}
            return Acceptance(study=f"{study_oid}@uat", entry=row.n, **told)
    return None


def publishers(connection: Connection, study_oid: str, sha256: str) -> frozenset[str]:
    """Who published a definition in uat or live."""
    version, entry = meta_data_version, ledger_entry
    rows = connection.execute(
        select(entry.c.actor)
        .join(version, _PUBLISHED)
        .join(study, study.c.study_id == version.c.study_id)
        .where(study.c.oid == study_oid, study.c.environment != "dev", version.c.sha256 == sha256)
    )
    return frozenset(rows.scalars())


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
