"""Subjects and their data as they are now: projections of one chain per subject, rebuildable from the ledger."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint
from sqlalchemy import text as literal_text

from edc_core.store.base import key, metadata, text

subject = Table(
    "subject",
    metadata,
    key("study_id"),
    key("subject_id"),
    Column("subject_key", String(255), nullable=False),
    Column("site_id", String(64), nullable=False),
    text("status"),
    text("added_at"),
    UniqueConstraint("study_id", "subject_key"),
    Index("ix_subject_site", "study_id", "site_id"),
)


def place(*columns: Column[Any], name: str, comment: str, indexes: tuple[Index, ...] = ()) -> Table:
    return Table(
        name,
        metadata,
        key("study_id"),
        key("subject_id"),
        key("path", 2000),
        *columns,
        *indexes,
        comment=comment,
    )


event_data = place(
    Column("removed", Boolean, nullable=False, default=False),
    text("reason"),
    text("status"),
    name="event_data",
    comment="added occurrences of repeating and unscheduled events, and events with a status",
)

form_data = place(
    text("event_oid"),
    text("event_key"),
    text("form_oid"),
    text("form_key"),
    text("meta_data_version"),
    Column("status", String(16), nullable=False),
    Column("was_complete", Boolean, nullable=False, default=False),
    text("reason"),
    Column("n", BigInteger, nullable=False),
    text("at"),
    text("actor"),
    name="form_data",
    comment="entry status of each form",
    indexes=(Index("ix_form_data_form_oid", "study_id", "form_oid", "subject_id"),),
)

group_data = place(
    Column("form_path", Text, nullable=False),
    Column("removed", Boolean, nullable=False, default=False),
    text("reason"),
    name="group_data",
    comment="rows of repeating item groups",
    indexes=(Index("ix_group_data_form", "study_id", "subject_id", "form_path"),),
)

#: Values that may be a term: numbers, dates and codes of a letter or two are none, and leave the index small.
WORDS = "value > 'A' AND length(value) > 2 AND length(value) < 201"
item_data = place(
    Column("form_path", Text, nullable=False),
    text("event_oid"),
    text("event_key"),
    text("form_oid"),
    text("form_key"),
    text("group_path"),
    text("item_oid"),
    text("raw"),
    Column("value", Text, nullable=True),
    text("missing"),
    text("unit"),
    text("reading"),
    Column("version", Integer, nullable=False),
    Column("standard", Text, nullable=True),
    text("standard_unit"),
    Column("n", BigInteger, nullable=False),
    name="item_data",
    comment="current value of each item",
    indexes=(
        Index("ix_item_data_form", "study_id", "subject_id", "form_path"),
        Index(
            "ix_item_data_words",
            "study_id",
            "item_oid",
            "value",
            "subject_id",
            sqlite_where=literal_text(WORDS),
            postgresql_where=literal_text(WORDS),
        ),
    ),
)

protection = Table(
    "protection",
    metadata,
    key("study_id"),
    key("chain"),
    key("scope"),
    key("path", 2000),
    Column("state", String(8), nullable=False),
    text("requested"),
    text("requested_by"),
    text("reason"),
    text("at"),
    text("actor"),
    comment="chain = subject, or @study with scope '' (study) or a site_id",
)
