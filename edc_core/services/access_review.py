"""Who had which role on a day: for whoever reviews access (REQ-ACC-06, REQ-ACC-11)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from edc_core.domain.installation_access import ROLE_COLUMNS
from edc_core.domain.permission import Action, Place
from edc_core.services import users
from edc_core.services.people_desk import names_of, where_of
from edc_core.store import people

if TYPE_CHECKING:
    from edc_core.domain.permission import Actor
    from edc_core.store.unit_of_work import Source


def access_review(source: Source, actor: Actor, day: str, *, study_id: str = "") -> list[dict[str, str]]:
    """Who had which role on a day (UTC), in one study or all, from the ledger (REQ-ACC-06, REQ-ACC-11): by ``ROLE_COLUMNS``.

    :raises NotAllowed: the actor neither manages users nor reads the trail of the study. :raises BadRequest: it is no day.
    """
    if not (study_id and actor.may(Action.READ_TRAIL, Place.every_site(study_id))):
        actor.role_for(Action.MANAGE_USERS, Place(""))
    connection = source.connection
    users.day_of(day)
    studies, numbers = names_of(source)
    seen = people.last_sign_ins(connection)
    held = [one for one in people.roles_on(connection, day) if not study_id or one.study_id in ("", study_id)]
    rows = (
        (one.login, one.full_name, studies.get(one.study_id, ""), one.role,
         "yes" if one.unblinded else "", where_of(asdict(one), numbers), one.starts,
         one.ends, one.by, one.given_at, seen.get(one.login, ""))
        for one in held
    )  # fmt: skip
    return [dict(zip(ROLE_COLUMNS, row, strict=True)) for row in rows]
