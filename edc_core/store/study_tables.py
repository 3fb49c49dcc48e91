"""Studies, their published definitions and sites: projections of the chain @study."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text, UniqueConstraint

from edc_core.store.base import key, metadata, text

study = Table(
    "study",
    metadata,
    key("study_id"),
    Column("oid", String(255), nullable=False),
    Column("environment", String(8), nullable=False),
    text("name"),
    text("meta_data_version"),
    UniqueConstraint("oid", "environment"),
    comment="tenant: one study in one environment",
)

meta_data_version = Table(
    "meta_data_version",
    metadata,
    key("study_id"),
    key("oid", 255),
    Column("seq", Integer, nullable=False),
    text("name"),
    Column("sha256", String(64), nullable=False),
    Column("definition", Text, nullable=False, comment="canonical JSON of the domain model"),
    text("published_at"),
)

site = Table(
    "site",
    metadata,
    key("study_id"),
    key("site_id"),
    Column("number", String(255), nullable=False),
    text("name"),
    text("country"),
    text("zone"),
    text("meta_data_version"),
    UniqueConstraint("study_id", "number"),
)
