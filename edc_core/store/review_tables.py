"""Marks of verification and review: projections of the subject's chain."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from edc_core.store.base import key, metadata, text

review_mark = Table(
    "review_mark",
    metadata,
    key("study_id"),
    key("subject_id"),
    key("path", 2000),
    key("review", 16),
    Column("form_path", Text, nullable=False),
    Column("state", String(16), nullable=False),
    text("question"),
    Column("version", Integer, nullable=False),
    text("cause"),
    text("at"),
    text("actor"),
    Index("ix_review_mark_form", "study_id", "subject_id", "form_path"),
    comment="the last mark of each group of reviewers on each item",
)
