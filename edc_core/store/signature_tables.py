"""Signatures, who has accepted that they bind, and what was waived with one: projections of the subject's chain."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table

from edc_core.store.base import key, metadata, text

signature = Table(
    "signature",
    metadata,
    key("study_id"),
    key("subject_id"),
    key("path", 2000),
    Column("state", String(16), nullable=False),
    Column("n", BigInteger, nullable=False, comment="its entry sign.set"),
    text("at"),
    text("zone"),
    text("actor"),
    text("full_name"),
    text("role"),
    text("meaning"),
    text("language"),
    text("hides"),
    Column("sha256", String(64), nullable=False, comment="of the manifest: what exactly was signed"),
    text("since"),
    text("reason"),
    Index("ix_signature_state", "study_id", "state"),
    comment="the signature on a form, a visit or a casebook; path = what was signed",
)

signature_acceptance = Table(
    "signature_acceptance",
    metadata,
    key("study_id"),
    key("subject_id"),
    Column("n", BigInteger, primary_key=True, autoincrement=False, comment="the entry that says so"),
    Column("actor", String(255), nullable=False),
    text("full_name"),
    text("at"),
    Index("ix_signature_acceptance_actor", "study_id", "actor"),
    comment="persons who said that their signature binds as a handwritten one does (21 CFR 11.100(c))",
)

waiver = Table(
    "waiver",
    metadata,
    key("study_id"),
    key("subject_id"),
    key("path", 2000),
    key("why"),
    key("ref"),
    Column("state", String(16), nullable=False, comment="waived, or withdrawn"),
    Column("n", BigInteger, nullable=False, comment="its entry waiver.set"),
    Column("actor", String(255), nullable=False),
    text("full_name"),
    text("at"),
    text("reason"),
    comment="what no longer stands in the way of a lock, since a person has said why",
)
