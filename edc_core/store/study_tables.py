"""Studies, their published definitions and sites: projections of the chain @study."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text, UniqueConstraint

from edc_core.store.base import key, metadata, text

study = Table(
    "study",
    metadata,
    key("study_id"),
    Column("oid", String(255), nullable=False),
    Column("environment", String(8), nullable=False),
    text("name"),
    text("meta_data_version"),
    Column(
        "upgraded_n",
        BigInteger,
        nullable=False,
        comment="entry of @study that approved a plugin version last",
    ),
    Column(
        "permissions",
        Text,
        nullable=False,
        default="{}",
        comment="JSON: cells in which the study's matrix differs from the default",
    ),
    Column(
        "pauses", Text, nullable=False, default="[]", comment="JSON: checks that are switched off, or will be"
    ),
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
    Column(
        "closed_at", Text, nullable=False, default="", comment="when it was closed; blank while it is open"
    ),
    Column("risk", Text, nullable=False, default="", comment="its tier; blank while nobody has judged it"),
    UniqueConstraint("study_id", "number"),
)

study_release = Table(
    "study_release",
    metadata,
    key("study_id"),
    key("meta_data_version", 255),
    text("actor"),
    text("full_name"),
    text("meaning"),
    text("statement"),
    text("at"),
    comment="versions released for their first subject",
)

site_activation = Table(
    "site_activation",
    metadata,
    key("study_id"),
    Column("n", BigInteger, primary_key=True, autoincrement=False, comment="its entry in the chain @study"),
    text("site_id"),
    text("meta_data_version"),
    Column(
        "state", String(16), nullable=False, comment="planned, then done, cancelled or refused; or in_force"
    ),
    text("effective_from"),
    text("approval"),
    text("reason"),
    text("at"),
    text("actor"),
    comment="versions put in force at a site, and those that will be; effective_from = day at the site",
)

plugin_upgrade = Table(
    "plugin_upgrade",
    metadata,
    key("study_id"),
    key("plugin", 255),
    key("state", 16),
    text("version"),
    text("sha256"),
    Column("seq", Integer, nullable=False, comment="newest version of the study when it was written"),
    Column("n", BigInteger, nullable=False),
    text("reason"),
    text("at"),
    text("actor"),
    comment="the last request and the last approval of each plugin; plugin = its name in study.yaml",
)
