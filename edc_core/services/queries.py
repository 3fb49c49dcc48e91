"""The life of a query in people's hands: open, answer, close, cancel, ask again, reopen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edc_core.domain.commands import ActOnQuery, OpenQuery
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Role
from edc_core.domain.protection import Touch, effective, require
from edc_core.domain.query import (
    GROUPS,
    NEED_WORDS,
    RIGHTS,
    QueryAction,
    QuerySource,
    QueryState,
    group_words,
    transition,
)
from edc_core.errors import BadRequest, EditConflict, NotAllowed, NotFound, WrongState
from edc_core.ids import new_id
from edc_core.ledger.append import Effect
from edc_core.services.operation import SubjectOperation, once, open_subject
from edc_core.store import query_readers, readers

if TYPE_CHECKING:
    from edc_core.domain.query import Query
    from edc_core.store.unit_of_work import UnitOfWork

MAX_TEXT = 2000


@once(open_subject, Action.CREATE_QUERY)
def open_query(operation: SubjectOperation, command: OpenQuery) -> dict[str, Any]:
    """Raise a manual query.

    :returns: ``{"query_id"}``. :raises Protected: the place is locked.
    """
    uow = operation.uow
    text = _text(command.text, required=True)
    version = _version_at(uow, operation, command.path)
    payload = {
        "query_id": new_id(),
        "state": (QueryState.CANDIDATE if command.proposed else QueryState.OPEN).value,
        "source": GROUPS.get(Role(operation.role), QuerySource.OTHER).value if operation.role else "Other",
        "text": text,
        "check_oid": "",
        "finding_key": "",
        "fingerprint": "",
        "plugin": "",
    }
    operation.record([Effect(EntryKind.QUERY_OPEN, str(command.path), payload)], meta_data_version=version)
    return {"query_id": payload["query_id"]}


@once(open_subject)
def act_on_query(operation: SubjectOperation, command: ActOnQuery) -> dict[str, Any]:
    """Carry a query one step further.

    :returns: ``{"query_id", "state", "version"}``.
    :raises EditConflict: the thread moved since the person saw it. :raises WrongState: no such step from here.
    """
    uow = operation.uow
    if command.action not in RIGHTS:
        raise BadRequest(f"'{command.action}' is no action for people.")
    query = query_readers.subject_query(uow.connection, operation.subject, command.query_id)
    operation.require(query.right_to(command.action) if query else RIGHTS[command.action])
    if query is None:
        raise NotFound("There is no such query for this subject.")
    _require_own(operation, query, command.action)
    if command.base_version is not None and command.base_version != query.version:
        raise EditConflict(
            "Somebody else has written in this query since you opened it.", version=query.version
        )
    version = _version_at(uow, operation, query.path)
    state = transition(query.state, command.action)
    if command.action is QueryAction.CANCEL and query.is_system:
        raise WrongState("A query of a check is closed by an answer or by correct data, not cancelled.")
    payload = {
        "query_id": query.query_id,
        "state": state.value,
        "version": query.version + 1,
        "text": _text(command.text, required=command.action in NEED_WORDS),
    }
    if command.action is QueryAction.FORWARD:
        if command.recipient not in query.others:
            raise BadRequest("Choose the group that is to answer.")
        payload["recipient"] = command.recipient
        payload["text"] = f"To the {group_words(command.recipient)}: {payload['text']}"
    elif command.action is QueryAction.DISCARD:
        payload["asked"] = False
    operation.record([Effect(EntryKind.QUERY_STATE, str(query.path), payload)], meta_data_version=version)
    return {"query_id": query.query_id, "state": state.value, "version": query.version + 1}


def _require_own(operation: SubjectOperation, query: Query, action: QueryAction) -> None:
    if not operation.role:
        return
    if why := query.why_not(action, operation.uow.actor.roles(operation.place)):
        raise NotAllowed(why)
    if action is QueryAction.ANSWER and query.recipient:
        operation.role = query.recipient


def _text(text: str, *, required: bool) -> str:
    text = text.strip()
    if required and not text:
        raise BadRequest("Write a sentence before you send it.")
    if len(text) > MAX_TEXT:
        raise BadRequest(f"A query message has at most {MAX_TEXT} characters; this one has {len(text)}.")
    return text


def _version_at(uow: UnitOfWork, operation: SubjectOperation, path: ItemPath) -> str:
    """The MetaDataVersion of a place that exists and may be asked about.

    :raises NotFound: the version does not define the place.
    """
    form = path.form_path if path.form is not None else ItemPath()
    state = readers.form_state(uow.connection, operation.subject, form)
    require(effective(path, state.protections, state.above), Touch.QUERY)
    version = state.form.meta_data_version if state.form else operation.site.meta_data_version
    index = uow.versions.get(uow.connection, operation.command.study_id, version)
    if path.item is not None:
        index.place(path)
    else:
        index.check(path, keys_as_found=True)
    return version
