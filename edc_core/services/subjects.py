"""Subjects: add one. What is put right about one later: ``correcting``."""

from __future__ import annotations

import re
from typing import Any

from edc_core.domain.casebook import RECORD, RECORD_KEY, Subject
from edc_core.domain.commands import AddSubject
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.domain.protection import Touch, require, strictest
from edc_core.errors import AlreadyExists, BadRequest, WrongState
from edc_core.ids import new_id
from edc_core.ledger.append import Effect, Head
from edc_core.services import entry_gate, gates, releasing, scanning
from edc_core.services.operation import SubjectOperation, answer_given, digest, open_study_unread
from edc_core.store import protection_readers, readers
from edc_core.store.locks import take_name, take_site
from edc_core.store.unit_of_work import UnitOfWork

MAX_SUBJECT_KEY = 100


def add_subject(uow: UnitOfWork, command: AddSubject, *, any_key: bool = False) -> dict[str, Any]:
    """Begin a subject's chain; with ``RECORD_KEY`` in place of a subject key, that of the study's own record.

    :param any_key: take keys as found (imports), whatever the study's pattern.
    :returns: ``{"subject_id", "subject_key"}``; the id is for the system, the key for people.
    :raises AlreadyExists: the study has this subject key. :raises BadRequest: the key breaks the study's pattern.
    :raises ValueRefused: the key is an identifier of a person.
    :raises EntryClosed: in live, before the release of the version in force, the approval of a plugin's, or what an authority
        has to give.
    """
    sha256 = digest(command)
    site = take_site(uow.connection, command.study_id, command.site_id)
    if not any_key:  # an import may add thousands in one transaction, and names are locks
        take_name(uow.connection, command.study_id, command.subject_key.strip())
    earlier = answer_given(uow, command, sha256)
    scanning.refuse_again(earlier)
    if earlier is not None:
        return earlier
    is_record = command.subject_key.strip() == RECORD_KEY
    place = Place(command.study_id, site.site_id, site.country)
    if is_record:
        place = Place.record(command.study_id)
    role = uow.actor.role_for(Action.ADD_SUBJECT, place) if not any_key else _import_role(uow, place)
    entry_gate.require_open(uow, site, Action.ADD_SUBJECT)
    if not site.meta_data_version:
        raise WrongState(
            f"No version of the study is in force at site {site.number} yet. 'edc study activate' puts one in force there."
        )
    require(
        strictest(protection_readers.protections_above(uow.connection, command.study_id, command.site_id)),
        Touch.DATA,
    )
    releasing.require_released(uow, site)
    version = uow.versions.get(uow.connection, command.study_id, site.meta_data_version).version
    if is_record and not any(event.study_level for event in version.events):
        raise BadRequest("This study has no forms of its own: every form belongs to a subject.")
    if not is_record:
        gates.require_subject(uow, version, site)
    policy = version.policy
    key = command.subject_key.strip() if not any_key else command.subject_key
    check_key(key, "" if any_key or is_record else policy.subject_key_pattern, policy.subject_key_hint)
    scanning.refuse_words(
        uow, command, lambda fresh: open_study_unread(fresh, command),
        version=site.meta_data_version, country=site.country,
    )  # fmt: skip
    if readers.subject_exists(uow.connection, command.study_id, key):
        raise AlreadyExists(f"Subject {key} is in this study already.")
    subject_id = new_id()
    subject = Subject(command.study_id, subject_id, key, site.site_id, RECORD if is_record else "active")
    head = Head(command.study_id, subject_id)
    operation = SubjectOperation(uow, command, head, sha256, None, role, subject=subject, site=site)
    payload = {
        "subject_key": key,
        "site_id": site.site_id,
        "status": subject.status,
        "source": dict(command.source),
    }
    try:
        operation.record(
            [Effect(EntryKind.SUBJECT_ADD, "", payload)], meta_data_version=site.meta_data_version
        )
    except AlreadyExists as error:
        raise AlreadyExists(f"Subject {key} is in this study already.") from error
    result = {"subject_id": subject_id, "subject_key": key}
    operation.finish(result)
    return result


def _import_role(uow: UnitOfWork, place: Place) -> str:
    return uow.actor.role_for(Action.IMPORT_DATA, place)


def check_key(key: str, pattern: str, hint: str) -> None:
    """:raises BadRequest: it is no subject number, or none of this study."""
    if not key or len(key) > MAX_SUBJECT_KEY:
        raise BadRequest(f"A subject number has 1 to {MAX_SUBJECT_KEY} characters.")
    if pattern and not re.fullmatch(pattern, key):
        expected = f" Expected is {hint}." if hint else ""
        raise BadRequest(f"'{key}' is not a subject number of this study.{expected}")
