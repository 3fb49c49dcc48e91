"""The append-only truth and what stands beside it: heads, receipts, cuts, the access log."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from edc_core.store.base import key, metadata, text

ledger_entry = Table(
    "ledger_entry",
    metadata,
    Column("study_id", String(64), nullable=False),
    Column("chain", String(64), nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("op", String(200), nullable=False),
    Column("op_index", Integer, nullable=False),
    Column("kind", String(32), nullable=False),
    text("path"),
    text("meta_data_version"),
    text("actor"),
    text("role"),
    text("site_id"),
    Column("at", String(32), nullable=False, comment="UTC ISO 8601, microseconds, Z"),
    text("user_zone"),
    text("site_zone"),
    text("reason_code"),
    text("reason_text"),
    text("origin"),
    Column("payload", Text, nullable=False, comment="canonical JSON, the bytes that were digested"),
    Column("payload_sha256", String(64), nullable=False),
    Column("prev", String(80), nullable=False),
    Column("hash", String(80), nullable=False),
    PrimaryKeyConstraint("study_id", "chain", "n"),
    UniqueConstraint("study_id", "op", "op_index"),
    Index("ix_ledger_entry_kind", "study_id", "kind", "at"),
    Index("ix_ledger_entry_path", "study_id", "chain", "path", "n"),
    comment="INSERT only; guarded by triggers",
)

chain_head = Table(
    "chain_head",
    metadata,
    key("study_id"),
    key("chain"),
    Column("n", BigInteger, nullable=False),
    Column("hash", String(80), nullable=False),
    Column("at", String(32), nullable=False, comment="of the last entry"),
    Column(
        "checks_n",
        BigInteger,
        nullable=False,
        default=0,
        comment="plugin checks have seen the chain up to here",
    ),
    Index("ix_chain_head_checks_due", "study_id", "checks_n", "n"),
    comment="the row lock of a chain",
)

command_receipt = Table(
    "command_receipt",
    metadata,
    key("study_id"),
    key("op", 200),
    text("user_id"),
    Column("request_sha256", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    text("response"),
)

cut = Table(
    "cut",
    metadata,
    key("study_id"),
    key("root", 80),
    text("name"),
    text("at"),
    Column("vector", Text, nullable=False, comment="JSON list of [chain, n, hash], sorted by chain"),
)

access_log = Table(
    "access_log",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    text("at"),
    text("login"),
    text("action"),
    text("study_id"),
    text("detail"),
    text("address"),
    comment="append-only; no clinical value",
)
