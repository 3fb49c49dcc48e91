"""Put an unblinding on record, and read what is on record (REQ-ACC-12).

The record opens nothing: which items a role sees is decided by the role alone, before and after it. The treatment stays
where it is kept (the randomisation system, a blinded item), and is learned there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from edc_core.domain.commands import Reason, SubjectCommand
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import ROLE_WORDS, Action, Actor, Role
from edc_core.domain.unblinding import Unblinding, UnblindingDraft, UnblindingKind
from edc_core.errors import BadRequest, NotAllowed, ReasonRequired
from edc_core.ledger.append import Effect
from edc_core.services import clock_health, mailing, users
from edc_core.services.operation import once, open_subject
from edc_core.services.reading import look_at_subject
from edc_core.store import accounts, listing_queries, people, readers
from edc_core.store.unblindings import unblindings as kept

if TYPE_CHECKING:
    from edc_core.domain.permission import Place
    from edc_core.services.operation import SubjectOperation
    from edc_core.services.reading import StudyPicture
    from edc_core.store.unit_of_work import UnitOfWork

#: Who is told by mail: who answers for the study, and who signs for the subject or may unblind at the site.
TOLD = (Action.RELEASE_STUDY, Action.SIGN, Action.UNBLIND)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordUnblinding(SubjectCommand):
    """The caller has proved who acts, just now. See ``UnblindingDraft``.

    :param component: what proved the person besides the login: ``password`` or an authenticator.
    """

    kind: UnblindingKind
    happened: str
    told: str
    component: str
    reason: Reason = field(default_factory=Reason)


@once(open_subject, Action.UNBLIND)
def record_unblinding(operation: SubjectOperation, command: RecordUnblinding) -> dict[str, Any]:
    """One entry, and a mail to those who answer. It is taken whatever is locked and however the clock stands.

    :returns: ``{"n"}``, the position of the entry. :raises ReasonRequired: no reason.
    :raises BadRequest: when it happened cannot be read or is to come, or nobody learned of it.
    """
    uow = operation.uow
    if not operation.role:
        raise NotAllowed("A person puts this on record, in a role of the study.")
    if operation.subject.is_record:
        raise BadRequest("Only a subject is unblinded.")
    if not command.reason:
        raise ReasonRequired("Say why the subject was unblinded; it is kept with your name.")
    if not command.told.strip():
        raise BadRequest("Say who learned the treatment: names or roles.")
    payload = {
        "unblinding": command.kind.value,
        "happened": _happened(command.happened, operation.site.zone, uow),
        "told": command.told.strip(),
        "full_name": uow.actor.full_name,
        "component": command.component,
        "clock": clock_health.look(uow.clock, uow).standing.value,
    }
    (written,) = operation.record(
        [Effect(EntryKind.SUBJECT_UNBLIND, "", payload, reason=command.reason)],
        meta_data_version=operation.site.meta_data_version,
    )
    _tell(uow, command, operation.place)
    return {"n": written.n}


def _happened(text: str, zone: str, uow: UnitOfWork) -> str:
    """When it happened, to the minute at most, by the clock of the site."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        at = None
    if at is None or at.tzinfo is not None:
        raise BadRequest("Say on which day, or when, the treatment was learned.")
    if at > uow.clock.now().astimezone(ZoneInfo(zone)).replace(tzinfo=None):
        raise BadRequest("This time is still to come at the site. Say when the treatment was learned.")
    return at.isoformat(timespec="minutes")[: 10 if len(text.strip()) == 10 else None]


def _tell(uow: UnitOfWork, command: RecordUnblinding, place: Place) -> None:
    study = str(readers.study_by_id(uow.connection, command.study_id))
    today = users.today(uow.clock)
    held = people.grant_rows(uow.connection, today)
    for user in accounts.all_users(uow.connection):
        is_here = any(one["study_id"] == command.study_id for one in held.get(user.user_id, ()))
        if is_here and user.active and user.email and user.login != uow.actor.name:
            person = users.actor_of(uow, user.login, today)
            if any(person.may(action, place) for action in TOLD):
                mailing.post(uow, user, "unblinded", study=study, kind=command.kind.value)


def unblindings(picture: StudyPicture, subject_key: str = "") -> tuple[Unblinding, ...]:
    """What is on record about subjects at sites where the person may unblind or reads the trail, newest first.

    :param subject_key: of this one alone, for who may unblind it.
    """
    if subject_key:
        picture.actor.role_for(Action.UNBLIND, picture.place(look_at_subject(picture, subject_key).site_id))
    sites = {s: site for s, site in picture.sites.items() if _may_read(picture.actor, picture.place(s))}
    rows = kept(picture.source.connection, picture.study.study_id, sites, subject_key)
    names = listing_queries.full_names(picture.source.connection, {row.actor for row, _ in rows})
    return tuple(
        Unblinding(
            UnblindingDraft(row.subject_key, UnblindingKind(said["unblinding"]), said["happened"], said["told"]),
            sites[row.at_site].number, row.site_zone, row.reason_text, row.actor, names.get(row.actor, row.actor),
            ROLE_WORDS[Role(row.role)], row.at,
        )
        for row, said in rows
    )  # fmt: skip


def _may_read(actor: Actor, place: Place) -> bool:
    return actor.may(Action.READ_TRAIL, place) or actor.may(Action.UNBLIND, place)
