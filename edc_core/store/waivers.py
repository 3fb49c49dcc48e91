"""Select functions: what may stand in the way of a lock, and what of it was waived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from edc_core.domain.casebook import RECORD
from edc_core.domain.finding import NOT_CALCULATED
from edc_core.domain.lock_blocker import Obstacle, Waived
from edc_core.domain.query import UNFINISHED
from edc_core.domain.signature import CHANGING
from edc_core.store.base import same_subject
from edc_core.store.ledger_tables import chain_head, ledger_entry
from edc_core.store.listing import Scope, seen_in
from edc_core.store.query_tables import finding, query
from edc_core.store.row_places import path_of
from edc_core.store.signature_tables import waiver
from edc_core.store.subject_tables import form_data, subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Table


def waived(connection: Connection, study_id: str) -> dict[str, set[Waived]]:
    """Everything that is waived in a study, by subject id; a waiver that was withdrawn is none."""
    columns = (waiver.c.subject_id, waiver.c.path, waiver.c.why, waiver.c.ref)
    found: dict[str, set[Waived]] = {}
    stand = select(*columns).where(waiver.c.study_id == study_id, waiver.c.state == "waived")
    for row in connection.execute(stand):
        found.setdefault(row.subject_id, set()).add(Waived(path_of(row.path), Obstacle(row.why), row.ref))
    return found


def entries_of(connection: Connection, study_id: str) -> int:
    """How many entries the ledger of a study has: two states of one study are the same when this is."""
    heads = select(func.sum(chain_head.c.n)).where(chain_head.c.study_id == study_id)
    return int(connection.execute(heads).scalar() or 0)


def _of_subjects(table: Table, scope: Scope) -> Any:
    here = and_(
        table.c.study_id == scope.study_id,
        subject.c.site_id.in_(sorted(scope.sites)),
        subject.c.status != RECORD,
    )
    return same_subject(table, subject), here


def unfinished_queries(connection: Connection, scope: Scope) -> Sequence[Any]:
    """Queries that people still have to do with: columns of ``query``."""
    mine, here = _of_subjects(query, scope)
    states = [state.value for state in sorted(UNFINISHED & scope.states)]
    statement = (
        select(query)
        .join(subject, mine)
        .where(here, query.c.state.in_(states), seen_in(scope, query.c.path))
        .order_by(query.c.opened_at, query.c.query_id)
    )
    return connection.execute(statement).all()


def begun_forms(connection: Connection, scope: Scope) -> Sequence[Any]:
    """Every form that has a status: ``subject_id``, ``path``, ``status``, ``at`` and ``actor``."""
    mine, here = _of_subjects(form_data, scope)
    columns = (
        form_data.c.subject_id, form_data.c.path, form_data.c.status, form_data.c.at, form_data.c.actor,
    )  # fmt: skip
    return connection.execute(select(*columns).join(subject, mine).where(here)).all()


def uncalculated(connection: Connection, scope: Scope) -> Sequence[Any]:
    """Values that waited for the answer of a plugin's function when checks last looked: ``subject_id`` and ``path``."""
    mine, here = _of_subjects(finding, scope)
    statement = select(finding.c.subject_id, finding.c.path).join(subject, mine)
    waits = (finding.c.check_oid == NOT_CALCULATED) & seen_in(scope, finding.c.path)
    return connection.execute(statement.where(here, waits).order_by(finding.c.path)).all()


def unchecked_subjects(connection: Connection, study_id: str) -> frozenset[str]:
    """Ids of subjects whose data changed since plugin checks last looked; an answer to a query changes none."""
    entry, head = ledger_entry.c, chain_head.c
    statement = (
        select(head.chain)
        .distinct()
        .join(ledger_entry, and_(entry.study_id == head.study_id, entry.chain == head.chain))
        .where(head.study_id == study_id, head.checks_n < head.n, entry.n > head.checks_n)
        .where(entry.kind.in_([kind.value for kind in sorted(CHANGING)]))
    )
    return frozenset(connection.execute(statement).scalars())
