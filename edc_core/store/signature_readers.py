"""Select functions: signatures of a subject, those that stand on a form, who has accepted that they bind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import String, and_, bindparam, func, literal_column, select

from edc_core.domain.signature import Signature, SignatureState, ValidSignature
from edc_core.store.readers import NO_TEXT, ZERO
from edc_core.store.row_places import path_of
from edc_core.store.signature_tables import signature, signature_acceptance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

_SUBJECT = and_(signature.c.study_id == bindparam("study"), signature.c.subject_id == bindparam("subject"))
_OF_SUBJECT = select(signature).where(_SUBJECT)
_IS_VALID = signature.c.state == SignatureState.SIGNED.value
_VALID = _OF_SUBJECT.where(_IS_VALID)
#: Valid signatures of a subject as an arm of the first look at a form (``form_look``).
LOOK = select(
    literal_column("'signature'", String),
    signature.c.path,
    signature.c.language,
    signature.c.hides,
    NO_TEXT,
    ZERO,
    signature.c.n,
    NO_TEXT,
    NO_TEXT,
).where(_SUBJECT, _IS_VALID)


def signature_of(row: Any) -> Signature:
    """From a mapping of the columns."""
    return Signature(
        path=path_of(row["path"]), state=SignatureState(row["state"]), n=row["n"], at=row["at"],
        zone=row["zone"], actor=row["actor"], full_name=row["full_name"], role=row["role"],
        meaning=row["meaning"], language=row["language"], hides=hidden_kinds(row["hides"]),
        sha256=row["sha256"], since=row["since"], reason=row["reason"],
    )  # fmt: skip


def valid(path: str, n: int, language: str, hides: str) -> ValidSignature:
    return ValidSignature(path_of(path), n, language, hidden_kinds(hides))


def valid_signatures(connection: Connection, study_id: str, subject_id: str) -> tuple[ValidSignature, ...]:
    rows = connection.execute(_VALID, {"study": study_id, "subject": subject_id})
    return tuple(valid(row.path, row.n, row.language, row.hides) for row in rows)


def hidden_kinds(text: str) -> frozenset[str]:
    """Sensitivities as the column holds them, with blanks between."""
    return frozenset(text.split())


def signatures(connection: Connection, study_id: str, subject_id: str) -> tuple[Signature, ...]:
    """Every signature of a subject in whatever state, the widest scope first."""
    rows = connection.execute(_OF_SUBJECT, {"study": study_id, "subject": subject_id}).mappings()
    return tuple(sorted(map(signature_of, rows), key=lambda one: str(one.path)))


def signatures_of(
    connection: Connection, study_id: str, subject_ids: Iterable[str]
) -> dict[str, list[Signature]]:
    """Signatures of several subjects, by subject id: one statement."""
    found: dict[str, list[Signature]] = {}
    statement = select(signature).where(
        signature.c.study_id == study_id, signature.c.subject_id.in_(list(subject_ids))
    )
    for row in connection.execute(statement).mappings():
        found.setdefault(row["subject_id"], []).append(signature_of(row))
    return found


def broken_since(connection: Connection) -> list[tuple[str, str, str]]:
    """(study id, login, when the last one broke) of everybody of whom a signature is broken."""
    columns = (signature.c.study_id, signature.c.actor)
    statement = select(*columns, func.max(signature.c.since)).where(
        signature.c.state == SignatureState.BROKEN.value
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(statement.group_by(*columns))]


def has_accepted(connection: Connection, study_id: str, actor: str) -> bool:
    """Whether a person has said in this study that the electronic signature binds."""
    statement = select(signature_acceptance.c.n).where(
        signature_acceptance.c.study_id == study_id, signature_acceptance.c.actor == actor
    )
    return connection.execute(statement.limit(1)).first() is not None
