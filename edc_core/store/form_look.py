"""The first look of a write at a form: all that its decision needs, in one statement, once the locks are held."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, bindparam, exists, literal_column, select, union_all

from edc_core.domain.casebook import ItemData
from edc_core.store import coding_readers, signature_readers
from edc_core.store.driver import Prepared
from edc_core.store.ledger_tables import command_receipt
from edc_core.store.locks import Receipt
from edc_core.store.mark_rows import mark_of_state, with_marks
from edc_core.store.query_tables import query
from edc_core.store.readers import (
    FORM_STATE,
    MARKS_OF_FORM,
    NO_TEXT,
    ZERO,
    FormState,
    state_of,
)
from edc_core.store.row_places import of_form, path_of
from edc_core.store.subject_tables import item_data

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from edc_core.domain.casebook import Subject
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.review import ReviewMark
    from edc_core.domain.signature import ValidSignature


@dataclass(frozen=True, slots=True)
class FormLook:
    """A form as a write finds it.

    :param receipt: of this very operation, when it was carried out before.
    :param asked: whether the form has queries, in whatever state: they are read only then.
    :param marks: of verification and review in the form.
    :param signed: valid signatures of the subject.
    :param coded: texts of the paths in the form whose value has a coding.
    """

    receipt: Receipt | None
    state: FormState
    items: dict[ItemPath, ItemData]
    asked: bool
    marks: tuple[ReviewMark, ...] = ()
    signed: tuple[ValidSignature, ...] = ()
    coded: frozenset[str] = frozenset()


_ITEMS = select(
    literal_column("'item'", String),
    item_data.c.path,
    item_data.c.raw,
    item_data.c.value,
    item_data.c.missing,
    item_data.c.version,
    ZERO,
    item_data.c.unit,
    item_data.c.reading,
).where(of_form(item_data))
_RECEIPT = select(
    literal_column("'receipt'", String),
    command_receipt.c.op,
    command_receipt.c.user_id,
    command_receipt.c.request_sha256,
    command_receipt.c.response,
    command_receipt.c.status,
    ZERO,
    NO_TEXT,
    NO_TEXT,
).where(command_receipt.c.study_id == bindparam("study"), command_receipt.c.op == bindparam("op"))
_ASKED = select(
    literal_column("'asked'", String), NO_TEXT, NO_TEXT, NO_TEXT, NO_TEXT, ZERO, ZERO, NO_TEXT, NO_TEXT
).where(exists(select(query.c.query_id).where(of_form(query))))
_LOOK = Prepared(
    union_all(
        *with_marks(FORM_STATE, MARKS_OF_FORM),
        *(arm.add_columns(NO_TEXT) for arm in (_ITEMS, _RECEIPT, _ASKED)),
        signature_readers.LOOK.add_columns(NO_TEXT),
        coding_readers.LOOK.add_columns(NO_TEXT),
    )
)


#: Saves come one after another on the same form, and making a frozen object costs more than finding it again.
_item = lru_cache(maxsize=8192)(lambda path, *facts: ItemData(path_of(path), *facts))


def look_at_form(connection: Connection, subject: Subject, form: ItemPath, op: str) -> FormLook:
    """Read a form and the receipt of an operation on it."""
    values = {"study": subject.study_id, "subject": subject.subject_id, "form": str(form), "op": op}
    rows = _LOOK.rows(connection, values)
    receipt: Receipt | None = None
    items: dict[ItemPath, ItemData] = {}
    asked = False
    signed: list[ValidSignature] = []
    marks: list[ReviewMark] = []
    coded: list[str] = []
    rest: list[Any] = []
    for row in rows:
        what, path, a, b, c, flag, n, d, e, _f = row
        if what == "item":
            item = _item(path, a, b, c, d, e, flag)
            items[item.path] = item
        elif what == "receipt":
            receipt = Receipt(a, b, flag, c)
        elif what == "asked":
            asked = True
        elif what == "mark":
            marks.append(mark_of_state(path_of(path), row))
        elif what == "signature":
            signed.append(signature_readers.valid(path, n, a, b))
        elif what == "coded":
            coded.append(path)
        else:
            rest.append(row)
    return FormLook(
        receipt, state_of(rest, subject), items, asked, tuple(marks), tuple(signed), frozenset(coded)
    )
