"""Addresses of places in a casebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for

from edc_core.domain.item_path import ItemPath
from edc_core.web.context import study

if TYPE_CHECKING:
    from edc_core.domain.index import MetaDataIndex


def place_href(index: MetaDataIndex, subject_key: str, path: ItemPath) -> str:
    """A place on its form, with its row open where it lies in a log; the casebook where it lies in no form.

    :param index: the definition by which its groups repeat or do not.
    """
    at: dict[str, Any] = {"study": str(study()), "subject_key": subject_key}
    if path.form is None:
        return url_for("subjects.casebook", **at, event=str(path) or None)
    groups = (index.groups.get(oid) for oid in path.group_oids)
    row = (
        ItemPath(path.event, path.form, path.groups) if any(one and one.repeating for one in groups) else None
    )
    anchor = path.dom_id if path.item else None
    return url_for("capture.form", **at, event=path.event, form=path.form, row=row, _anchor=anchor)
