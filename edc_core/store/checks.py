"""What is due for plugin checks, what they found last, and how plugins fare. Operational: made again by running."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert, select, update

from edc_core.domain.finding import NOT_CALCULATED, Found, Severity
from edc_core.domain.ledger_entry import STUDY_CHAIN, SYSTEM_CHAIN
from edc_core.domain.metadata import TranslatedText
from edc_core.store.job_tables import plugin_health
from edc_core.store.ledger_tables import chain_head
from edc_core.store.query_tables import finding
from edc_core.store.row_places import path_of
from edc_core.store.subject_tables import subject as subject_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection

    from edc_core.domain.casebook import Subject
    from edc_core.domain.item_path import ItemPath

UNSEEN = -1  #: instead of a position: a place was opened, so rules of the study are looked at again too
_NO_SUBJECT = (STUDY_CHAIN, SYSTEM_CHAIN)


def due(connection: Connection, study_id: str, *, before: str = "", limit: int = 1000) -> list[str]:
    """Subject ids whose chain went on since plugin checks last looked.

    :param before: only chains whose last entry is older than this instant; empty for all.
    """
    head = chain_head
    statement = (
        select(head.c.chain)
        .where(head.c.study_id == study_id, head.c.checks_n < head.c.n, head.c.chain.not_in(_NO_SUBJECT))
        .order_by(head.c.chain)
        .limit(limit)
    )
    if before:
        statement = statement.where(head.c.at < before)
    return list(connection.execute(statement).scalars())


def position(connection: Connection, study_id: str, subject_id: str) -> tuple[int, int]:
    """Where the chain is, and up to where plugin checks have seen it."""
    row = connection.execute(
        select(chain_head.c.n, chain_head.c.checks_n).where(
            chain_head.c.study_id == study_id, chain_head.c.chain == subject_id
        )
    ).one()
    return row.n, row.checks_n


def mark_seen(connection: Connection, study_id: str, subject_id: str, n: int, *, was: int) -> None:
    """:param was: the position when the look began; where a place was opened since, it is not marked as seen."""
    here = (chain_head.c.study_id == study_id) & (chain_head.c.chain == subject_id)
    connection.execute(update(chain_head).where(here, chain_head.c.checks_n == was), {"checks_n": n})


def look_again(connection: Connection, study_id: str, chain: str, site_id: str) -> None:
    """Have everything looked at again of a subject (``chain``), or of all subjects of the study or of one site of it."""
    here = subject_table.c.study_id == study_id
    if site_id:
        here &= subject_table.c.site_id == site_id
    elif chain != STUDY_CHAIN:
        here &= subject_table.c.subject_id == chain
    chosen = chain_head.c.chain.in_(select(subject_table.c.subject_id).where(here))
    heads = update(chain_head).where(chain_head.c.study_id == study_id, chosen)
    connection.execute(heads, {"checks_n": UNSEEN})


def replace_findings(
    connection: Connection, subject: Subject, found: Iterable[Found], *, settled: Iterable[str], n: int
) -> None:
    """Keep what checks said now; forget what those that answered whole said before."""
    rows = [_row(subject, one, n) for one in found]
    gone = {*settled, *(row["check_oid"] for row in rows)}
    connection.execute(delete(finding).where(_of(subject), finding.c.check_oid.in_(sorted(gone))))
    if rows:
        connection.execute(insert(finding), rows)


def forget_findings(connection: Connection, subject: Subject) -> None:
    """Forget what plugin checks said about a subject; they say it again when they look."""
    connection.execute(delete(finding).where(_of(subject)))


def _of(subject: Subject) -> ColumnElement[bool]:
    return (finding.c.study_id == subject.study_id) & (finding.c.subject_id == subject.subject_id)


def _row(subject: Subject, found: Found, n: int) -> dict[str, Any]:
    return {
        "study_id": subject.study_id,
        "subject_id": subject.subject_id,
        "check_oid": found.check_oid,
        "finding_key": found.key,
        "path": str(found.path),
        "form_path": str(found.path.form_path) if found.path.form else "",
        "severity": found.severity.value,
        "message": "\x1e".join(f"{language}\x1f{text}" for language, text in found.message.texts),
        "fingerprint": found.fingerprint,
        "plugin": found.plugin,
        "n": n,
    }


def findings(connection: Connection, subject: Subject, form: ItemPath | None = None) -> list[Found]:
    """What plugin checks said last about a subject, or about one of its forms; not which values wait for an answer."""
    statement = select(finding).where(_of(subject), finding.c.check_oid != NOT_CALCULATED)
    if form is not None:
        statement = statement.where(finding.c.form_path == str(form))
    return [
        Found(
            row.check_oid,
            path_of(row.path),
            TranslatedText(tuple(part.partition("\x1f")[::2] for part in row.message.split("\x1e"))),
            Severity(row.severity),
            row.fingerprint,
            row.finding_key,
            row.plugin,
        )
        for row in connection.execute(statement.order_by(finding.c.check_oid, finding.c.finding_key))
    ]


def health(connection: Connection, study_id: str | None = None) -> list[dict[str, Any]]:
    """Failing and resting checks, of one study or of all."""
    statement = select(plugin_health).order_by(plugin_health.c.plugin, plugin_health.c.check_oid)
    if study_id is not None:
        statement = statement.where(plugin_health.c.study_id == study_id)
    return [dict(row) for row in connection.execute(statement).mappings()]


def put_health(connection: Connection, row: dict[str, Any]) -> None:
    here = and_(*(plugin_health.c[name] == row[name] for name in ("study_id", "plugin", "check_oid")))
    if connection.execute(update(plugin_health).where(here), row).rowcount == 0:
        connection.execute(insert(plugin_health), row)


def forget_health(connection: Connection, study_id: str, check_oids: Iterable[str]) -> None:
    """Checks that answered lose their record."""
    connection.execute(
        delete(plugin_health).where(
            plugin_health.c.study_id == study_id, plugin_health.c.check_oid.in_(list(check_oids))
        )
    )
