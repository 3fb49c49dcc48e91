"""Places of subjects in statements and rows: what every reader of a casebook says of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import and_, bindparam

from edc_core.domain.item_path import ItemPath


@lru_cache(maxsize=65536)
def path_of(text: str) -> ItemPath:
    """An item path from its text, remembered: the same paths are read again and again."""
    return ItemPath.parse(text)


def of_subject(table: Any) -> Any:
    return and_(table.c.study_id == bindparam("study"), table.c.subject_id == bindparam("subject"))


def of_form(table: Any) -> Any:
    return and_(of_subject(table), table.c.form_path == bindparam("form"))
