"""The one MetaData of all tables, with names for every constraint, and the two column kinds used everywhere."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, String, Text

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
