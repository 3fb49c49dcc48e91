"""``edc study permissions``: what a study lets a role do, and what has to be on record first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from edc_core.cli.people import ROLE
from edc_core.cli.session import print_json, print_table, session_of
from edc_core.command_options import as_option, json_option
from edc_core.domain.commands import Reason
from edc_core.domain.evidence import EvidenceKind
from edc_core.domain.matrix_change import MatrixChange
from edc_core.domain.permission import Action, Role
from edc_core.errors import BadRequest
from edc_core.ids import new_id
from edc_core.services.permissions import (
    ChangePermission,
    RequireEvidence,
    change_permission,
    require_evidence,
)

if TYPE_CHECKING:
    from edc_core.cli.session import Session

_ACTION = click.Choice([action.name for action in Action])
_NEEDED = {
    EvidenceKind.TRAINING: "training on record",
    EvidenceKind.DELEGATION: "delegation on record",
    EvidenceKind.SECOND_FACTOR: "a second factor",
}
_KIND = click.Choice([kind.value for kind in _NEEDED])


@click.command()
@click.argument("study_name", metavar="STUDY")
@click.option("--give", nargs=2, type=(ROLE, _ACTION), metavar="ROLE ACTION", help="Let a role do this here.")
@click.option(
    "--take", nargs=2, type=(ROLE, _ACTION), metavar="ROLE ACTION", help="Let it no longer do this."
)
@click.option(
    "--need",
    nargs=2,
    type=(ROLE, _KIND),
    metavar="ROLE KIND",
    help="Ask for training, delegation or a second factor.",
)
@click.option("--no-need", nargs=2, type=(ROLE, _KIND), metavar="ROLE KIND", help="No longer ask for it.")
@click.option("--reason", default="", help="Why; required with a change.")
@as_option
@json_option
@session_of
def permissions(
    session: Session,
    study_name: str,
    give: tuple[str, str] | None,
    take: tuple[str, str] | None,
    need: tuple[str, str] | None,
    no_need: tuple[str, str] | None,
    reason: str,
    as_user: str,
    *,
    as_json: bool,
) -> None:
    """Show who may do what in a study, or change it. One cell at a time, or what a role needs on record."""
    if sum(map(bool, (give, take, need, no_need))) > 1:
        raise BadRequest("One change at a time.")
    row = session.find(study_name)
    matrix = MatrixChange.of(json.loads(row.permissions))
    if change := give or take or need or no_need:
        role, op, why = Role[change[0]], f"permission:{new_id()}", Reason(text=reason.strip())
        with session.core.write(session.actor(as_user, environment=row.environment)) as uow:
            if cell := give or take:
                action = Action[cell[1]]
                told = f"{'may' if give else 'may not'} {action}"
                done = change_permission(
                    uow,
                    ChangePermission(
                        study_id=row.study_id, op=op, role=role, action=action, allowed=bool(give), reason=why
                    ),
                )
            else:
                kind = EvidenceKind(change[1])
                told = f"{'works only with' if need else 'works without'} {_NEEDED[kind]}"
                done = require_evidence(
                    uow,
                    RequireEvidence(
                        study_id=row.study_id, op=op, role=role, kind=kind, required=bool(need), reason=why
                    ),
                )
        matrix = MatrixChange.of(done["matrix"])
        if not as_json:
            click.echo(f"{row}: {change[0]} {told} from now on.")
            return
    held = {action: [role.value for role in Role if matrix.allows(role, action)] for action in Action}
    if as_json:
        roles = {action.name: names for action, names in held.items()}
        print_json({"study": str(row), "roles": roles, "changes": matrix.data})
        return
    cells = ((action.name, action, " ".join(names) or "-") for action, names in held.items())
    print_table(("action", "meaning", "roles"), cells, empty="")
