"""Marks for a test of one database only, where the fixture `core` would run it on both."""

import pytest

on_sqlite = pytest.mark.parametrize("core_url", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize(
    "core_url", [pytest.param("postgresql", marks=pytest.mark.database)], indirect=True
)
