"""Which complete forms a second person enters, and how far each is: for pages, and for what is open before a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from edc_core.domain.permission import Action, Role
from edc_core.domain.second_entry import SECOND_ENTRY, SecondEntry, state_of
from edc_core.services.reading import look_at, look_at_subject, words_of
from edc_core.store import form_notes, readers
from edc_core.store.row_places import path_of
from edc_core.store.waivers import waived

if TYPE_CHECKING:
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.policy import Policy
    from edc_core.services.operation import SubjectOperation
    from edc_core.services.reading import StudyPicture


def _policies(picture: StudyPicture) -> dict[str, Policy]:
    """What is decided at each site in scope where a version is in force, by its id."""
    return {
        site_id: picture.version(site.meta_data_version).version.policy
        for site_id, site in picture.sites.items()
        if site.meta_data_version
    }


def covered(picture: StudyPicture) -> frozenset[tuple[str, ItemPath]]:
    """See ``StudyPicture.covered``: two statements; none where no version in force asks for it.

    Whoever begins, completes, opens or reopens a form knows it, and leaves an entry at it. Nobody else who enters data at
    the site sees it until the two entries are compared, but the investigator, who reads the records of the site without a
    gap (``permission.always``) and so types none a second time; nor where a waiver says that it goes without.
    """
    if picture.actor.trusted:
        return frozenset()
    twice = {site_id: policy for site_id, policy in _policies(picture).items() if policy.double_entry}
    enters = picture.sites_for(Action.ENTER_DATA) if twice else frozenset()
    sites = {site_id for site_id in twice if site_id in enters and Role.PI not in picture.roles(site_id)}
    if not sites:
        return frozenset()
    forms = {oid for site_id in sites for oid in twice[site_id].double_entry}
    connection, study_id = picture.source.connection, picture.study.study_id
    rows = form_notes.unseen_firsts(connection, study_id, sites, forms, picture.actor.name)
    rows = [row for row in rows if twice[row.site_id].enters_twice(row.form_oid, row.subject_id)]
    without = waived(connection, study_id) if rows else {}
    gone = {(subject_id, one.path) for subject_id, things in without.items() for one in things}
    return frozenset((row.subject_id, path_of(row.path)) for row in rows) - gone


def covers(picture: StudyPicture, subject_key: str, form: ItemPath) -> bool:
    """See ``StudyAccess.covers``."""
    return (look_at_subject(picture, subject_key).subject_id, form) in picture.covered


def require_seen(operation: SubjectOperation, form: ItemPath) -> None:
    """Nobody changes what they do not see, so that who knows a form is who has left an entry at it.

    :raises NotAllowed: the form is covered for the person.
    """
    source = operation.uow
    study = readers.study_by_id(source.connection, operation.subject.study_id)
    look_at(source, source.actor, study).require_uncovered(operation.subject.subject_id, form)


def second_entries(picture: StudyPicture, subject_key: str = "") -> tuple[SecondEntry, ...]:
    """See ``StudyAccess.second_entries``. One statement; none where no version in force asks for it."""
    connection = picture.source.connection
    subject_id = look_at_subject(picture, subject_key).subject_id if subject_key else ""
    policies = _policies(picture)
    forms = {oid for policy in policies.values() for oid in policy.double_entry}
    if not forms:
        return ()
    found = []
    for row in form_notes.complete_forms(connection, picture.scope, forms, SECOND_ENTRY, subject_id):
        policy = policies.get(row.site_id)
        if policy is None or not policy.enters_twice(row.form_oid, row.subject_id):
            continue
        said = orjson.loads(row.payload)["content"] if row.payload else None
        path = path_of(row.path)
        words = words_of(picture.index, path, picture.language(row.site_id))
        found.append(
            SecondEntry(
                row.subject_id, row.subject_key, picture.sites[row.site_id].number, path, words.event, words.form,
                state_of(said, changed=row.changed), row.noted_at or row.at, said or {},
            )
        )  # fmt: skip
    return tuple(found)
