"""Queries and their threads: projections of the subject's chain; findings of the last check run beside them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from edc_core.store.base import key, metadata, text

query = Table(
    "query",
    metadata,
    key("study_id"),
    key("query_id"),
    Column("subject_id", String(64), nullable=False),
    text("path"),
    text("form_path"),
    Column("state", String(16), nullable=False),
    text("source"),
    text("text"),
    text("check_oid"),
    text("finding_key"),
    text("fingerprint"),
    text("plugin"),
    text("author"),
    text("author_role"),
    text("opened_at"),
    text("state_at"),
    Column("modified_after_close", Boolean, nullable=False, default=False),
    Column("version", Integer, nullable=False),
    text("recipient"),
    Column("asked", Boolean, nullable=False),
    Index("ix_query_subject", "study_id", "subject_id", "form_path"),
    Index("ix_query_state", "study_id", "state"),
)

query_message = Table(
    "query_message",
    metadata,
    key("study_id"),
    key("query_id"),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("subject_id", String(64), nullable=False),
    text("actor"),
    text("role"),
    text("at"),
    text("text"),
    text("state"),
    Index("ix_query_message_subject", "study_id", "subject_id"),
)

finding = Table(
    "finding",
    metadata,
    key("study_id"),
    key("subject_id"),
    key("check_oid"),
    key("finding_key", 255),
    key("path", 2000),
    Column("form_path", Text, nullable=False),
    Column("severity", String(8), nullable=False),
    text("message"),
    text("fingerprint"),
    text("plugin"),
    Column("n", BigInteger, nullable=False),
    Index("ix_finding_form", "study_id", "subject_id", "form_path"),
    comment="what plugin checks said last; made again by running them, so no projection of the ledger",
)

rule_answer = Table(
    "rule_answer",
    metadata,
    key("study_id"),
    key("subject_id"),
    key("key"),
    Column("spot", String(64), nullable=False),
    Column("text", Text),
    text("reads"),
    Column("n", BigInteger, nullable=False),
    comment="what functions of plugins answered; asked again where it is lost, so no projection of the ledger",
)
