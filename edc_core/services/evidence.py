"""Records of training and delegation: who was trained in what, who may do what at a site, from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edc_core.domain.evidence import RECORDED, EvidenceKind, Task, has_signing
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.errors import BadRequest, NotFound
from edc_core.ledger.append import Effect
from edc_core.services import users
from edc_core.services.operation import once, open_study
from edc_core.store import accounts, readers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.study_commands import RecordEvidence
    from edc_core.services.operation import Operation
    from edc_core.services.reading import StudyPicture


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
    if command.task and (kind is not EvidenceKind.DELEGATION or command.task not in set(Task)):
        raise BadRequest(f"A task is delegated, and is one of: {', '.join(Task)}.")
    signs = command.task == Task.SIGN or (not command.task and has_signing(command.tasks))
    if kind is EvidenceKind.DELEGATION and signs:
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
        "task": command.task,
        "starts": starts,
        "ends": ends,
    }
    operation.record([Effect(EntryKind.GRANT_EVIDENCE, "", payload)])
    return {"kind": kind.value, "starts": starts, "ends": ends}


def records(picture: StudyPicture) -> tuple[Mapping[str, str], ...]:
    """What is on record, by login, as far as the person records it or reads the trail of every site.

    :raises NotAllowed: the person does neither.
    """
    actor, whole = picture.actor, Place.every_site(picture.study.study_id)
    everything = any(actor.may(action, whole) for action in (Action.RECORD_EVIDENCE, Action.READ_TRAIL))
    sites = picture.sites_for(Action.RECORD_EVIDENCE)
    if not (everything or sites):
        actor.role_for(Action.RECORD_EVIDENCE, whole)
    found = accounts.evidence_in(picture.source.connection, picture.study.study_id)
    number = {"": ""} | {site.site_id: site.number for site in picture.all_sites.values()}
    return tuple(
        {**row._mapping, "site": number[row.site_id]} for row in found if everything or row.site_id in sites
    )
