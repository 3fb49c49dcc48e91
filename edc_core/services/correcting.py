"""What a subject is known by, put right by entries: its number, its site. Data and queries stay where they are."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from edc_core.domain.casebook import RECORD_KEY
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.domain.protection import Touch, effective, require, strictest
from edc_core.errors import AlreadyExists, BadRequest, NotFound, ReasonRequired, WrongState
from edc_core.ledger.append import Effect
from edc_core.services import gates, releasing, users
from edc_core.services.activating import site_day
from edc_core.services.operation import once, open_subject
from edc_core.services.subjects import check_key
from edc_core.store import protection_readers, readers
from edc_core.store.locks import renew_head, take_site

if TYPE_CHECKING:
    from edc_core.domain.commands import CorrectSubjectKey, MoveSubject
    from edc_core.services.operation import SubjectOperation
    from edc_core.store.unit_of_work import UnitOfWork


@once(open_subject, Action.CORRECT_SUBJECT)
def correct_subject_key(operation: SubjectOperation, command: CorrectSubjectKey) -> dict[str, Any]:
    """Correct a mistyped subject number by an entry; the history keeps both.

    :raises AlreadyExists: another subject has that key. :raises ReasonRequired: without a reason.
    """
    uow = operation.uow
    if not command.reason:
        raise ReasonRequired("Say why the subject number is corrected.")
    state = readers.form_state(uow.connection, operation.subject, ItemPath())
    require(strictest((*state.protections.values(), *state.above)), Touch.DATA)
    if operation.subject.is_record or command.new_key.strip() == RECORD_KEY:
        raise WrongState("The record of the study keeps its key, and no subject takes it.")
    policy = uow.versions.get(
        uow.connection, command.study_id, operation.site.meta_data_version
    ).version.policy
    new_key = command.new_key.strip()
    check_key(new_key, policy.subject_key_pattern, policy.subject_key_hint)
    if new_key == operation.subject.subject_key:
        raise WrongState("This is the number the subject has already.")
    if readers.subject_exists(uow.connection, command.study_id, new_key):
        raise AlreadyExists(f"Subject {new_key} is in this study already.")
    payload = {"old": operation.subject.subject_key, "new": new_key}
    operation.record([Effect(EntryKind.SUBJECT_KEY, "", payload, reason=command.reason)])
    return {"subject_key": new_key}


def _open(uow: UnitOfWork, command: MoveSubject) -> SubjectOperation:
    """Hold both sites in the order in which a lock of the study takes them, and then the subject."""
    sites = readers.sites(uow.connection, command.study_id).values()
    held = {site.site_id for site in sites if site.number == command.site}
    with suppress(NotFound):  # sent again after its number was corrected: its receipt is found all the same
        held.add(readers.subject_by_key(uow.connection, command.study_id, command.subject_key).site_id)
    for site_id in sorted(held):
        take_site(uow.connection, command.study_id, site_id)
    return open_subject(uow, command)


@once(_open, Action.MOVE_SUBJECT)
def move_subject(operation: SubjectOperation, command: MoveSubject) -> dict[str, Any]:
    """Transfer a subject to another site, which sees all of it from then on and answers for it.

    Forms keep their versions, what was signed stays signed, and what is frozen or locked below the subject stays so.

    :returns: ``{"subject_key", "site"}``.
    :raises NotFound: no such site where the person has a role. :raises NotAllowed: the person may not do it at both sites.
    :raises Protected: the subject, one of the sites or the study is frozen or locked. :raises ReasonRequired: no reason.
    :raises WrongState: the subject is there already, or no version of the study is in force there.
    :raises EntryClosed: in live, before that version is released, or what an authority has to give is there. :raises BadRequest: the day is none, or is to come.
    """
    uow, study_id, here = operation.uow, command.study_id, operation.site
    sites = {site.number: site for site in readers.sites(uow.connection, study_id).values()}
    found = sites.get(command.site)
    place = Place(study_id, found.site_id, found.country) if found is not None else Place("")
    if found is None or not (uow.actor.trusted or uow.actor.roles(place)):
        raise NotFound(f"There is no site '{command.site}' in your part of this study.")
    uow.actor.role_for(Action.MOVE_SUBJECT, place)
    if operation.subject.is_record:
        raise WrongState("The record of the study belongs to no site.")
    if found.site_id == here.site_id:
        raise WrongState("The subject is at this site already.")
    there = take_site(uow.connection, study_id, found.site_id)
    state = readers.form_state(uow.connection, operation.subject, ItemPath())
    above = protection_readers.protections_above(uow.connection, study_id, there.site_id)
    require(effective(ItemPath(), state.protections, (*state.above, *above)), Touch.DATA)
    if not there.meta_data_version:
        raise WrongState(f"No version of the study is in force at site {there.number} yet.")
    releasing.require_released(uow, there)
    version = uow.versions.get(uow.connection, study_id, there.meta_data_version).version
    gates.require_subject(uow, version, there)
    if not command.reason:
        raise ReasonRequired("Say why the subject is transferred.")
    day = users.day_of(command.day)
    if day > site_day(there, uow.clock.now()):
        raise BadRequest("The day of the transfer is still to come. Transfer the subject on that day.")
    payload = {"old": here.site_id, "new": there.site_id, "from": here.number, "to": there.number, "day": day}
    renew_head(uow.connection, study_id, operation.subject.subject_id)
    operation.record([Effect(EntryKind.SUBJECT_SITE, "", payload, reason=command.reason)])
    return {"subject_key": operation.subject.subject_key, "site": there.number}
