"""Select functions: what every write and every export has to know of codings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import String, and_, bindparam, literal_column, select

from edc_core.domain.coding import CodedTerm, Coding, CodingState, levels_of
from edc_core.store.coding_tables import coding
from edc_core.store.readers import NO_TEXT, ZERO
from edc_core.store.row_places import of_form, path_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from edc_core.domain.casebook import Subject

_STANDS = coding.c.state != CodingState.RESET.value
_OF_SUBJECT = and_(coding.c.study_id == bindparam("study"), coding.c.subject_id == bindparam("subject"))
#: Places with a coding as an arm of the first look at a form (``form_look``).
LOOK = select(
    literal_column("'coded'", String), coding.c.path, NO_TEXT, NO_TEXT, NO_TEXT, ZERO, ZERO, NO_TEXT, NO_TEXT
).where(of_form(coding), _STANDS)
_CODED = select(coding.c.path).where(_OF_SUBJECT, _STANDS)


def coded_places(connection: Connection, of: Subject) -> frozenset[str]:
    """Texts of the paths of a subject's values that have a coding."""
    values = {"study": of.study_id, "subject": of.subject_id}
    return frozenset(connection.execute(_CODED, values).scalars())


def coding_of(row: Any) -> Coding:
    """A coding from a row of its table."""
    levels = levels_of(orjson.loads(row["levels"]))
    return Coding(
        path_of(row["path"]), CodingState(row["state"]),
        CodedTerm(row["dictionary"], row["dictionary_version"], row["language"], levels),
        row["version"], row["method"], row["synonym"], row["coded_by"], row["approved_by"], row["n"], row["at"],
        row["cause"],
    )  # fmt: skip
