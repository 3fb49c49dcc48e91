"""Long work and the health of plugins."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from edc_core.store.base import key, metadata, text

job = Table(
    "job",
    metadata,
    key("job_id"),
    text("study_id"),
    Column("kind", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    text("actor"),
    Column("request", Text, nullable=False, comment="JSON"),
    Column("result", Text, nullable=False, default="{}", comment="JSON"),
    Column("done", Integer, nullable=False, default=0),
    Column("total", Integer, nullable=False, default=0),
    text("created_at"),
    text("changed_at"),
    text("due_at"),
    Index("ix_job_state", "state", "created_at"),
    Index("ix_job_study", "study_id", "kind", "created_at"),
)

plugin_health = Table(
    "plugin_health",
    metadata,
    key("study_id"),
    key("plugin"),
    key("check_oid"),
    Column("failures", Integer, nullable=False, default=0),
    Column(
        "strikes",
        Integer,
        nullable=False,
        default=0,
        comment="failures in a row, for the length of quarantine",
    ),
    text("state"),
    text("kind"),
    text("error"),
    text("since"),
    text("until"),
)
