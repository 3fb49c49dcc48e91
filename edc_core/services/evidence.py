"""Records of training and delegation: who was trained in what, who may do what at a site, from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.domain.commands import Command
from edc_core.domain.evidence import RECORDED, EvidenceKind, has_signing
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.errors import BadRequest, NotFound
from edc_core.ledger.append import Effect
from edc_core.services import users
from edc_core.services.operation import once, open_study
from edc_core.store import readers

if TYPE_CHECKING:
    from edc_core.services.operation import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEvidence(Command):
    """Put a training or a delegation on record; a later record of the same kind and site takes its place.

    :param site: number of the site; a delegation has one, a training may.
    :param document: what shows it: certificate, log page. :param tasks: what was delegated, in words, with commas between; ``sign`` lets a
        sub-investigator sign there.
    :param starts: ISO date, today when empty. :param ends: the last day; empty for open.
    """

    login: str
    kind: EvidenceKind
    document: str
    site: str = ""
    tasks: str = ""
    starts: str = ""
    ends: str = ""


@once(open_study)
def record_evidence(operation: Operation, command: RecordEvidence) -> dict[str, Any]:
    """Record it in the study's chain; access follows from the next request on.

    :raises NotAllowed: an investigator records for the own site, and delegates signing alone. :raises NotFound: no such
        user or site.
    :raises BadRequest: no document, no site for a delegation, or days that are none.
    """
    uow = operation.uow
    sites = {site.number: site for site in readers.sites(uow.connection, command.study_id).values()}
    site = sites.get(command.site)
    place = (
        Place(command.study_id, site.site_id, site.country) if site else Place.every_site(command.study_id)
    )
    operation.require(Action.RECORD_EVIDENCE, place)
    if command.site and site is None:
        raise NotFound(f"There is no site '{command.site}'. There are: {', '.join(sites) or 'none'}.")
    kind = EvidenceKind(command.kind)
    if kind not in RECORDED:
        raise BadRequest("Training and delegation are put on record. A second factor is set up by its owner.")
    if kind is EvidenceKind.DELEGATION and has_signing(command.tasks):
        operation.require(Action.SIGN, place)  # who does not sign for the site cannot have others do it
    if kind is EvidenceKind.DELEGATION and site is None:
        raise BadRequest("A delegation is for a site. Name its number.")
    if not command.document.strip():
        raise BadRequest("Name the document that shows it, for example 'Delegation log, page 2'.")
    starts = users.day_of(command.starts or users.today(uow.clock))
    ends = users.day_of(command.ends) if command.ends else ""
    if ends and ends < starts:
        raise BadRequest("The last day is before the first.")
    payload = {
        "user_id": users.named(uow, command.login).user_id,
        "login": command.login,
        "kind": kind.value,
        "site_id": site.site_id if site else "",
        "document": command.document.strip(),
        "tasks": command.tasks.strip(),
        "starts": starts,
        "ends": ends,
    }
    operation.record([Effect(EntryKind.GRANT_EVIDENCE, "", payload)])
    return {"kind": kind.value, "starts": starts, "ends": ends}
