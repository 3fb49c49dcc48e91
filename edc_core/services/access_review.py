"""Who had which role on a day: for whoever reviews access (REQ-ACC-06, REQ-ACC-11)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from edc_core.domain.permission import Action, Place
from edc_core.services import users
from edc_core.services.people import names_of, where_of
from edc_core.store import people

if TYPE_CHECKING:
    from edc_core.domain.permission import Actor
    from edc_core.store.people import RoleHeld
    from edc_core.store.unit_of_work import Source


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One role of one person, as a reviewer of access reads it.

    :param where: sites by number, countries, or ``all sites``. :param last_seen: last sign-in, ISO 8601; empty for never.
    """

    held: RoleHeld
    study: str
    where: str
    last_seen: str

    @property
    def facts(self) -> dict[str, str]:
        """By ``COLUMNS``."""
        one = self.held
        cells = (
            one.login, one.full_name, self.study, one.role, self.where, one.starts, one.ends, one.by, one.given_at,
            self.last_seen,
        )  # fmt: skip
        return dict(zip(COLUMNS, cells, strict=True))


COLUMNS = ("login", "name", "study", "role", "where", "from", "to", "given by", "given at", "last sign-in")


def access_review(source: Source, actor: Actor, day: str, *, study_id: str = "") -> list[ReviewLine]:
    """Who had which role on a day (UTC), in one study or all, from the ledger (REQ-ACC-06, REQ-ACC-11).

    :raises NotAllowed: the actor neither manages users nor reads the trail of the study. :raises BadRequest: it is no day.
    """
    if not (study_id and actor.may(Action.READ_TRAIL, Place.every_site(study_id))):
        actor.role_for(Action.MANAGE_USERS, Place(""))
    connection = source.connection
    users.day_of(day)
    studies, numbers = names_of(source)
    seen = people.last_sign_ins(connection)
    return [
        ReviewLine(
            held, studies.get(held.study_id, ""), where_of(asdict(held), numbers), seen.get(held.login, "")
        )
        for held in people.roles_on(connection, day)
        if not study_id or held.study_id in ("", study_id)
    ]
