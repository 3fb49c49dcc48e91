"""Who is investigator of which sites today: what the access of a site and the hand-over of its copy are judged by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from edc_core.domain.permission import Grant, Role
from edc_core.store.user_tables import grant, user_account

if TYPE_CHECKING:
    from sqlalchemy import Connection


class GrantOfInvestigator(NamedTuple):
    """A role of an investigator that counts today, of an account that is open."""

    grant_id: str
    study_id: str
    user_id: str
    login: str
    full_name: str
    email: str
    grant: Grant


def investigators(connection: Connection, today: str) -> list[GrantOfInvestigator]:
    """By login."""
    live = (grant.c.starts <= today) & ((grant.c.ends == "") | (grant.c.ends >= today))
    rows = connection.execute(
        select(grant, user_account.c.login, user_account.c.full_name, user_account.c.email)
        .join(user_account, user_account.c.user_id == grant.c.user_id)
        .where(live, grant.c.role == Role.PI.value, user_account.c.active)
        .order_by(user_account.c.login, grant.c.grant_id)
    )
    return [
        GrantOfInvestigator(
            row.grant_id, row.study_id, row.user_id, row.login, row.full_name, row.email,
            Grant(
                row.study_id, Role.PI, row.scope, frozenset(json.loads(row.countries)),
                frozenset(json.loads(row.site_ids)),
            ),
        )
        for row in rows
    ]  # fmt: skip
