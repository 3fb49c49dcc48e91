"""Files at items: what may come, what was given, and who may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.file_value import FileValue
from edc_core.domain.permission import Action
from edc_core.errors import BadRequest, NotAllowed, NotFound, WrongState
from edc_core.services import reading
from edc_core.store import file_entries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.casebook import Subject
    from edc_core.domain.change import ItemChange
    from edc_core.domain.file_value import FileRules
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import ItemDef
    from edc_core.services.operation import SubjectOperation
    from edc_core.services.reading import StudyPicture


def rules_of(item: ItemDef) -> FileRules:
    """:raises BadRequest: the item takes no file."""
    if item.file is None:
        raise BadRequest(f"The item '{item.name}' takes no file.")
    return item.file


def expected(picture: StudyPicture, subject_key: str, path: ItemPath, version: str) -> FileRules:
    """What an item takes, looked up before a byte is kept, for somebody who may enter it.

    :param version: MetaDataVersion the form is drawn with; the site's when empty.
    :raises NotFound: there is no such subject or item, or the person may not see it; the words are the same.
    :raises NotAllowed: the person may not enter data there. :raises BadRequest: the item takes no file.
    """
    subject = reading.look_at_subject(picture, subject_key)
    site = picture.sites[subject.site_id]
    item = picture.version(version or site.meta_data_version).place(path).item
    _require_seen(picture, path, subject)
    if not picture.may_with(Action.ENTER_DATA, subject):
        raise NotAllowed("Your role does not include entering data here.")
    return rules_of(item)


def find(picture: StudyPicture, subject_key: str, path: ItemPath, sha256: str) -> FileValue:
    """A file that was given at an item, now or earlier, for somebody who may see the item.

    :raises NotFound: nobody gave it there, or the person may not see the item; the words are the same.
    :raises WrongState: a virus was found in it.
    """
    subject, _ = reading.look_at_past(picture, subject_key)
    _require_seen(picture, path, subject)
    given = file_entries.given_at(picture.source.connection, subject.study_id, subject.subject_id, str(path))
    for file in reversed(given):  # the same bytes may have come under two names: the newer one
        if file.sha256 == sha256:
            scan = file_entries.scans(picture.source.connection, subject.study_id, [sha256]).get(sha256)
            if scan is not None and scan.state == "infected":
                raise WrongState(
                    f"A virus was found in this file ({scan.found}; {scan.by}), so it is not handed out. "
                    "Please send a clean file in its place."
                )
            return file
    raise NotFound("There is no such file at this item.")


def _require_seen(picture: StudyPicture, path: ItemPath, subject: Subject) -> None:
    """An item that any version hides from the person has no files for them."""
    if path.item in picture.hidden_at([subject.site_id]):
        raise NotFound(f"The study has no item '{path.item}' at '{path.parent}'.")
    picture.require_uncovered(subject.subject_id, path.form_path)


def require_given(operation: SubjectOperation, changes: Iterable[ItemChange]) -> None:
    """A value of a file item names a file that was given at this very item: a hash alone opens nobody's file.

    :raises BadRequest: it was not.
    """
    for change in changes:
        if change.item.file is None or change.after.value is None:
            continue
        subject = operation.subject
        given = file_entries.given_at(
            operation.uow.connection, subject.study_id, subject.subject_id, str(change.after.path)
        )
        if FileValue.parse(change.after.value) not in given:
            raise BadRequest("This file was not sent yet. Choose it again.")
