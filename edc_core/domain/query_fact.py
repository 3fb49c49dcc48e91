"""A query as reports count it and bulk steps name it: without the thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edc_core.domain.query import QuerySource, QueryState


@dataclass(frozen=True, slots=True)
class QueryFact:
    """:param site: its number. :param where: visit, form and item in words. :param form: OID of the form; empty for none.

    :param days: since it was opened, as long as it is not finished; 0 after that. :param who: who has to act next.
    :param led_to_change: the value it is about was entered anew after it was opened.
    """

    query_id: str
    subject_key: str
    site: str
    where: str
    form: str
    check_oid: str
    state: QueryState
    source: QuerySource
    text: str
    opened_at: str
    days: int
    who: str
    modified_after_close: bool
    led_to_change: bool
