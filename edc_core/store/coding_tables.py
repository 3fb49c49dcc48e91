"""Codings of verbatims: projections of the subject's chain."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from edc_core.store.base import key, metadata, text

coding = Table(
    "coding",
    metadata,
    key("study_id"),
    key("subject_id"),
    key("path", 2000),
    Column("form_path", Text, nullable=False),
    Column("state", String(16), nullable=False),
    text("dictionary"),
    text("dictionary_version"),
    text("language"),
    text("levels"),
    text("method"),
    Column("synonym", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    text("coded_by"),
    text("approved_by"),
    text("cause"),
    Column("n", Integer, nullable=False),
    text("at"),
    Index("ix_coding_form", "study_id", "subject_id", "form_path"),
    comment="the last coding of each verbatim; levels as JSON",
)
