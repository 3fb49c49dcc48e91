"""The one MetaData of all tables, with names for every constraint, and the two column kinds and the join used everywhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, MetaData, String, Text, and_

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key(name: str, length: int = 64) -> Column[str]:
    """A part of a primary key. Ids are 32 hex digits, instants ISO 8601 text."""
    return Column(name, String(length), primary_key=True)


def text(name: str, default: str | None = "") -> Column[str]:
    """Text that is never NULL; blank is the empty string. Large values and any Unicode fit."""
    return Column(name, Text, nullable=False, default=default)


def same_subject(one: Any, other: Any) -> ColumnElement[bool]:
    """Whether rows of two tables are of the same subject."""
    return and_(one.c.study_id == other.c.study_id, one.c.subject_id == other.c.subject_id)
