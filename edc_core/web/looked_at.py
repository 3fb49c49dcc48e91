"""Each page of a study that an inspector looks at leaves a line in the access log (REQ-EXP-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request

from edc_core.clock import iso
from edc_core.domain.permission import Place, Role
from edc_core.store import accounts
from edc_core.web.context import actor, study, write

if TYPE_CHECKING:
    from flask import Response

#: What in an address names the thing that is looked at; everything else there may hold words that were searched for.
NAMES = ("subject", "item", "scope", "at", "as_of")
LONGEST = 1000


def note(response: Response) -> Response:
    """One statement, before the answer goes out: what cannot be noted is not shown."""
    is_look = request.method == "GET" and response.status_code == 200 and "study" in g
    if is_look and Role.AUD in actor().roles(Place(study().study_id)):
        page = "/" + request.path.split("/", 3)[-1]
        named = [f"{name}={request.args[name]}" for name in NAMES if request.args.get(name)]
        with write() as uow:
            accounts.log_access(
                uow.connection, iso(uow.clock.now()), actor().name, "looked at", study_id=study().study_id,
                detail=" ".join([page, *named])[:LONGEST], address=request.remote_addr or "",
            )  # fmt: skip
    return response
