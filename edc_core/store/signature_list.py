"""Which subjects wait for a signature: forms that are done and that no valid signature covers, signatures that are broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, exists, false, func, or_, select

from edc_core.domain.casebook import RECORD
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.signature import SignatureState
from edc_core.store.base import same_subject
from edc_core.store.listing import is_in_progress, lies_in
from edc_core.store.signature_tables import signature
from edc_core.store.subject_tables import event_data, form_data, subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from edc_core.store.listing import Scope

_DONE = form_data.c.status.in_([EntryStatus.COMPLETE.value, EntryStatus.NOT_DONE.value])
_SAME = same_subject(signature, form_data)
_ABOVE = or_(
    signature.c.path == "",
    signature.c.path == form_data.c.path,
    func.substr(form_data.c.path, 1, func.length(signature.c.path) + 1) == signature.c.path + "/",
)
_COVERING = select(signature.c.n).where(_SAME, signature.c.state == SignatureState.SIGNED.value, _ABOVE)
_BROKEN = (
    select(func.count())
    .select_from(signature)
    .where(
        same_subject(signature, subject),
        signature.c.state == SignatureState.BROKEN.value,
    )
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class WaitingSubject:
    """:param ready: forms that are done and not signed. :param begun: forms in progress. :param broken: signatures."""

    study_id: str
    subject_key: str
    site_id: str
    ready: int
    begun: int
    broken: int


def waiting(
    connection: Connection, scopes: Iterable[Scope], *, limit: int, milestone: str = ""
) -> tuple[list[WaitingSubject], int]:
    """Subjects with something to sign, broken signatures first, across studies in one statement, and how many there are.

    :param milestone: OID; nothing but a signature for it counts then.
    """
    covering = _COVERING.where(signature.c.meaning == milestone) if milestone else _COVERING
    mine = or_(
        false(),
        *(
            and_(subject.c.study_id == scope.study_id, subject.c.site_id.in_(sorted(scope.sites)))
            for scope in scopes
        ),
    )
    ready = func.sum(
        case((and_(_DONE, ~exists(covering), ~lies_in(form_data, event_data.c.removed)), 1), else_=0)
    )
    begun = func.sum(case((is_in_progress(), 1), else_=0))
    found = (
        select(
            subject.c.study_id,
            subject.c.subject_key,
            subject.c.site_id,
            ready.label("ready"),
            begun.label("begun"),
            _BROKEN.label("broken"),
        )
        .join(form_data, same_subject(form_data, subject))
        .where(mine, subject.c.status != RECORD)
        .group_by(subject.c.study_id, subject.c.subject_id, subject.c.subject_key, subject.c.site_id)
        .subquery()
    )
    waits = found.c.ready > 0 if milestone else or_(found.c.ready > 0, found.c.broken > 0)
    statement = (
        select(found, func.count().over().label("total"))
        .where(waits)
        .order_by(found.c.broken.desc(), found.c.ready.desc(), found.c.subject_key)
        .limit(limit)
    )
    rows = connection.execute(statement).all()
    lines = [WaitingSubject(*row[:-1]) for row in rows]
    return lines, rows[0].total if rows else 0
