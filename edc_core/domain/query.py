"""The life of a query (ODM 2.0 QueryStateType, QuerySourceType): who may do what in which state."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from edc_core.domain.permission import OWN_QUERIES_ONLY, ROLE_WORDS, Action, Role
from edc_core.errors import WrongState

if TYPE_CHECKING:
    from collections.abc import Collection

    from edc_core.domain.item_path import ItemPath


class QueryState(StrEnum):
    CANDIDATE = "Candidate"
    OPEN = "Open"
    ANSWERED = "Answered"
    CLOSED = "Closed"
    CANCELLED = "Cancelled"
    RESOLVED = "Resolved"


UNFINISHED = frozenset({QueryState.CANDIDATE, QueryState.OPEN, QueryState.ANSWERED})
#: States in which the site knows of a query, whatever came before.
ASKED = frozenset({QueryState.OPEN, QueryState.ANSWERED, QueryState.CLOSED})


class QueryAction(StrEnum):
    RELEASE = "release"
    DISCARD = "discard"
    ANSWER = "answer"
    RESOLVE = "resolve"  #: by the system only: the data conforms, or the place is gone
    ASK_ANEW = "ask anew"  #: by the system only: the check asks again
    PROPOSE_ANEW = (
        "propose anew"  #: likewise, where a data manager decides first and the site was never asked
    )
    CANCEL = "cancel"
    CLOSE = "close"
    FORWARD = "forward"  #: to another group of those who ask
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
    (_S.OPEN, _A.FORWARD): _S.OPEN,
    (_S.ANSWERED, _A.CLOSE): _S.CLOSED,
    (_S.ANSWERED, _A.FORWARD): _S.OPEN,
    (_S.ANSWERED, _A.REQUERY): _S.OPEN,
    (_S.ANSWERED, _A.RESOLVE): _S.RESOLVED,
    (_S.CLOSED, _A.REOPEN): _S.OPEN,
    (_S.CLOSED, _A.ASK_ANEW): _S.OPEN,
    (_S.RESOLVED, _A.REOPEN): _S.OPEN,
    (_S.RESOLVED, _A.ASK_ANEW): _S.OPEN,
    (_S.RESOLVED, _A.PROPOSE_ANEW): _S.CANDIDATE,
    (_S.CANCELLED, _A.ASK_ANEW): _S.OPEN,
    (_S.CANCELLED, _A.PROPOSE_ANEW): _S.CANDIDATE,
}


def transition(state: QueryState, action: QueryAction) -> QueryState:
    """The state after an action.

    :raises WrongState: when the action does not exist in this state.
    """
    after = TRANSITIONS.get((state, action))
    if after is None:
        raise WrongState(
            f"This query is {state.lower()} by now, so it takes no such step. Load the page again to see why.",
            state=str(state),
            action=str(action),
        )
    return after


#: Roles that ask, each with what a query of theirs says of its source; to one of these groups a query is forwarded.
GROUPS = {
    Role.DM: QuerySource.DATA_MANAGEMENT,
    Role.CRA: QuerySource.SITE_MONITOR,
    Role.MED: QuerySource.MEDICAL,
    Role.PVG: QuerySource.SAFETY,
    Role.COD: QuerySource.CODER,
}
#: What a person needs for a step; steps that are not here are the system's.
RIGHTS = {
    QueryAction.ANSWER: Action.ANSWER_QUERY,
    QueryAction.FORWARD: Action.FORWARD_QUERY,
    **dict.fromkeys((_A.RELEASE, _A.DISCARD, _A.CANCEL, _A.CLOSE, _A.REQUERY, _A.REOPEN), Action.CLOSE_QUERY),
}
#: What a data manager does with a proposed query, whoever proposed it.
DECIDING = frozenset({QueryAction.RELEASE, QueryAction.DISCARD})
#: Steps that say something to whoever acts next.
NEED_WORDS = frozenset({QueryAction.ANSWER, QueryAction.FORWARD, QueryAction.REQUERY, QueryAction.REOPEN})


def group_words(recipient: str) -> str:
    """Whom a query waits for, once it was forwarded; the site where it was not."""
    return ROLE_WORDS[Role(recipient)] if recipient else "site"


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
    :param recipient: role of the group that it was forwarded to and that answers now; empty for the site.
    :param asked: the site knows of it; of a proposal that nobody released it never does.
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
    recipient: str = ""
    asked: bool = True
    messages: tuple[QueryMessage, ...] = field(default=())

    @property
    def is_system(self) -> bool:
        return self.source is QuerySource.SYSTEM and bool(self.check_oid)

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def others(self) -> tuple[str, ...]:
        """To whom it can be forwarded: every group but the one that has it now, and back to the site."""
        return tuple(one for one in ("", *GROUPS) if one != self.recipient)

    def right_to(self, action: QueryAction) -> Action:
        """What a person needs for a step here: the group that it was forwarded to answers as those who ask."""
        return Action.CREATE_QUERY if action is QueryAction.ANSWER and self.recipient else RIGHTS[action]

    def why_not(self, action: QueryAction, roles: Collection[Role]) -> str:
        """Why people of these roles do not take a step here that they have the right to; empty where they do."""
        if action is QueryAction.ANSWER and self.recipient and self.recipient not in roles:
            return f"This query was forwarded: the {group_words(self.recipient)} answers it."
        if action in (QueryAction.ANSWER, QueryAction.FORWARD) or Role.DM in roles:
            return ""
        if action in DECIDING:
            return "A data manager decides whether the site is asked."
        if self.is_system or self.author_role not in OWN_QUERIES_ONLY.intersection(roles):
            return "This query was asked by another group; its members or a data manager take it further."
        return ""
