"""The life of a query (ODM 2.0 QueryStateType, QuerySourceType): who may do what in which state."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from edc_core.errors import WrongState

if TYPE_CHECKING:
    from edc_core.domain.item_path import ItemPath


class QueryState(StrEnum):
    CANDIDATE = "Candidate"
    OPEN = "Open"
    ANSWERED = "Answered"
    CLOSED = "Closed"
    CANCELLED = "Cancelled"
    RESOLVED = "Resolved"


UNFINISHED = frozenset({QueryState.CANDIDATE, QueryState.OPEN, QueryState.ANSWERED})


class QueryAction(StrEnum):
    RELEASE = "release"
    DISCARD = "discard"
    ANSWER = "answer"
    RESOLVE = "resolve"  #: by the system only: the data conforms, or the place is gone
    CANCEL = "cancel"
    CLOSE = "close"
    REQUERY = "ask again"
    REOPEN = "reopen"


class QuerySource(StrEnum):
    """Who raised it (ODM 2.0 QuerySourceType)."""

    SYSTEM = "System"
    DATA_MANAGEMENT = "Data Management"
    SITE_MONITOR = "Site Monitor"
    MEDICAL = "Medical"
    SAFETY = "Safety"
    CODER = "Coder"
    OTHER = "Other"


_S, _A = QueryState, QueryAction
TRANSITIONS: dict[tuple[QueryState, QueryAction], QueryState] = {
    (_S.CANDIDATE, _A.RELEASE): _S.OPEN,
    (_S.CANDIDATE, _A.DISCARD): _S.CANCELLED,
    (_S.CANDIDATE, _A.RESOLVE): _S.RESOLVED,  # the data conform before anybody released it
    (_S.OPEN, _A.ANSWER): _S.ANSWERED,
    (_S.OPEN, _A.RESOLVE): _S.RESOLVED,
    (_S.OPEN, _A.CANCEL): _S.CANCELLED,
    (_S.ANSWERED, _A.CLOSE): _S.CLOSED,
    (_S.ANSWERED, _A.REQUERY): _S.OPEN,
    (_S.ANSWERED, _A.RESOLVE): _S.RESOLVED,
    (_S.CLOSED, _A.REOPEN): _S.OPEN,
    (_S.RESOLVED, _A.REOPEN): _S.OPEN,
    (_S.CANCELLED, _A.REOPEN): _S.OPEN,
}


def transition(state: QueryState, action: QueryAction) -> QueryState:
    """The state after an action.

    :raises WrongState: when the action does not exist in this state.
    """
    after = TRANSITIONS.get((state, action))
    if after is None:
        raise WrongState(
            f"A query that is {state} has no action '{action}'.", state=str(state), action=str(action)
        )
    return after


@dataclass(frozen=True, slots=True)
class QueryMessage:
    """One line of a thread. ``at`` is UTC ISO 8601; ``state`` is the state it left the query in."""

    n: int
    actor: str
    role: str
    at: str
    text: str
    state: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question about data at one place.

    :param check_oid: the check that raised it; empty for a manual query. With ``finding_key`` and ``path`` its identity.
    :param fingerprint: SHA-256 of what the check had read when it last fired.
    :param modified_after_close: a value it is about changed after a person closed it.
    """

    query_id: str
    path: ItemPath
    state: QueryState
    source: QuerySource
    text: str
    check_oid: str = ""
    finding_key: str = ""
    fingerprint: str = ""
    plugin: str = ""
    author: str = ""
    author_role: str = ""
    opened_at: str = ""
    state_at: str = ""
    modified_after_close: bool = False
    version: int = 0
    messages: tuple[QueryMessage, ...] = field(default=())

    @property
    def is_system(self) -> bool:
        return self.source is QuerySource.SYSTEM and bool(self.check_oid)

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED
