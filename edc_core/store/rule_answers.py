"""What functions of plugins answered to the rules of a subject. Operational: asked again where it is lost."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from edc_core.domain.rule_answer import RuleAnswer
from edc_core.store.query_tables import rule_answer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import ColumnElement, Connection

    from edc_core.domain.casebook import Subject


def answers(connection: Connection, study_id: str, ids: Collection[str]) -> dict[str, list[RuleAnswer]]:
    """By subject id, in the order in which they came."""
    t = rule_answer
    found: dict[str, list[RuleAnswer]] = defaultdict(list)
    statement = select(t).where(t.c.study_id == study_id, t.c.subject_id.in_(sorted(ids))).order_by(t.c.n)
    for row in connection.execute(statement):
        found[row.subject_id].append(RuleAnswer(row.key, row.spot, row.text, tuple(row.reads.split("\n"))))
    return found


def last(connection: Connection, study_id: str, ids: Collection[str]) -> dict[str, int]:
    """Number of the last answer of each subject that has one."""
    t = rule_answer
    mine = (t.c.study_id == study_id) & t.c.subject_id.in_(sorted(ids))
    wanted = select(t.c.subject_id, func.max(t.c.n)).where(mine).group_by(t.c.subject_id)
    return {row[0]: row[1] for row in connection.execute(wanted)}


def so_far(connection: Connection, study_id: str) -> int:
    """A number that is another one after every further answer in a study."""
    t = rule_answer
    each = select(func.max(t.c.n).label("n")).where(t.c.study_id == study_id).group_by(t.c.subject_id)
    return int(connection.execute(select(func.coalesce(func.sum(each.subquery().c.n), 0))).scalar_one())


def put(connection: Connection, subject: Subject, given: Iterable[RuleAnswer]) -> bool:
    """Keep answers that were not there; whether there was one."""
    t, mine = rule_answer, _of(subject)
    known = set(connection.execute(select(t.c.key).where(mine)).scalars())
    new = {one.key: one for one in given if one.key not in known}
    if not new:
        return False
    n = connection.execute(select(func.coalesce(func.max(t.c.n), 0)).where(mine)).scalar_one()
    rows = [
        {
            "study_id": subject.study_id,
            "subject_id": subject.subject_id,
            "key": one.key,
            "spot": one.spot,
            "text": one.text,
            "reads": "\n".join(one.reads),
            "n": n + position,
        }
        for position, one in enumerate(new.values(), start=1)
    ]
    connection.execute(insert(t), rows)
    return True


def forget(connection: Connection, subject: Subject, path: str) -> None:
    """Forget what was answered to earlier values of a place; the last answer of each rule stays."""
    t, mine = rule_answer, _of(subject)
    last = select(func.max(t.c.n)).where(mine).group_by(t.c.spot)
    keep = set(connection.execute(last).scalars())
    connection.execute(
        delete(t).where(mine, t.c.reads.contains(path, autoescape=True), t.c.n.not_in(sorted(keep)))
    )


def _of(subject: Subject) -> ColumnElement[bool]:
    return (rule_answer.c.study_id == subject.study_id) & (rule_answer.c.subject_id == subject.subject_id)
