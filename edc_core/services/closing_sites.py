"""End a site of a study, open it again, or say its tier of risk: by an entry with a reason; collected data stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.domain.review_plan import RISKS
from edc_core.errors import BadRequest, NotFound, ReasonRequired, WrongState
from edc_core.ledger.append import Effect
from edc_core.services.operation import once, open_study
from edc_core.store import readers
from edc_core.store.locks import take_sites_exclusively

if TYPE_CHECKING:
    from edc_core.domain.study_commands import CloseSite, SetSiteRisk
    from edc_core.services.operation import Operation
    from edc_core.store.readers import SiteRow
    from edc_core.store.unit_of_work import UnitOfWork


def close_site(uow: UnitOfWork, command: CloseSite) -> dict[str, Any]:
    """Close a site: no subject is added and no value enters there any more (``entry_gate``). Roles stay as they are, so
    everything is read, queries are answered and casebooks are signed as before.

    :returns: ``{"number", "closed"}``. :raises NotFound: no such site. :raises ReasonRequired: no reason.
    :raises WrongState: it is closed already, or is open.
    """
    site_id = _site(uow, command).site_id
    take_sites_exclusively(uow.connection, command.study_id, [site_id])  # no save slips past
    operation = open_study(uow, command)
    if operation.earlier is not None:
        return operation.earlier
    operation.require(Action.MANAGE_SITES, Place.every_site(command.study_id))
    if not command.reason:
        raise ReasonRequired(f"Say why the site is {'opened again' if command.open_again else 'closed'}.")
    if bool(_site(uow, command).closed_at) is not command.open_again:
        raise WrongState(f"Site {command.number} is {'open' if command.open_again else 'closed already'}.")
    closed = not command.open_again
    payload = {"site_id": site_id, "number": command.number, "closed": closed}
    operation.record([Effect(EntryKind.SITE_CLOSE, "", payload, reason=command.reason)])
    result = {"number": command.number, "closed": closed}
    operation.finish(result)
    return result


@once(open_study)
def set_risk(operation: Operation, command: SetSiteRisk) -> dict[str, Any]:
    """Say the tier of risk of a site. What the review plan asks for there is another from then on; marks stay.

    :returns: ``{"number", "risk"}``. :raises NotFound: no such site. :raises ReasonRequired: no reason.
    :raises WrongState: it is in this tier already. :raises BadRequest: there is no such tier.
    """
    operation.require(Action.MANAGE_SITES, Place.every_site(command.study_id))
    if command.risk not in RISKS:
        raise BadRequest(f"The risk of a site is {', '.join(RISKS)}.")
    site = _site(operation.uow, command)
    if not command.reason:
        raise ReasonRequired("Say why the risk of the site is another.")
    if site.risk == command.risk:
        raise WrongState(f"The risk of site {command.number} is {command.risk} already.")
    payload = {"site_id": site.site_id, "number": site.number, "old": site.risk, "new": command.risk}
    operation.record([Effect(EntryKind.SITE_RISK, "", payload, reason=command.reason)])
    return {"number": site.number, "risk": command.risk}


def _site(uow: UnitOfWork, command: CloseSite | SetSiteRisk) -> SiteRow:
    known = readers.sites(uow.connection, command.study_id).values()
    found = next((site for site in known if site.number == command.number), None)
    if found is None:
        raise NotFound(f"There is no site '{command.number}' in this study.")
    return found
