"""Everything that can be asked of a study: frozen commands, one for each write, whatever the door they come by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from edc_core.domain.change import ItemInput
from edc_core.domain.file_value import FileValue
from edc_core.domain.item_path import ItemPath
from edc_core.domain.protection import ProtectAction
from edc_core.domain.query import QueryAction
from edc_core.domain.review_plan import ReviewGroup


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was changed: a code of the study's list, free words, or both."""

    code: str = ""
    text: str = ""

    def __bool__(self) -> bool:
        """Whether it says anything: blanks do not, nor does "other" without saying what."""
        return bool(self.text.strip() or self.code.strip() not in ("", "other"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What every command says.

    :param op: the operation's id, made by the caller and unique in the study: the same op again is answered with the
        first answer, and with 409 when it comes from another user or with another body.
    """

    study_id: str
    op: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectCommand(Command):
    subject_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSubject(Command):
    """Enrol a subject at a site.

    :param source: kept verbatim in the ledger (an imported SubjectData's own facts).
    """

    subject_key: str
    site_id: str
    source: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectSubjectKey(SubjectCommand):
    new_key: str
    reason: Reason = field(default_factory=Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveSubject(SubjectCommand):
    """Transfer a subject to another site.

    :param site: its number. :param day: from which that site has the subject, ISO 8601.
    """

    site: str
    day: str
    reason: Reason = field(default_factory=Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCommand(SubjectCommand):
    """A command on one form.

    :param meta_data_version: the version the person saw; empty takes what is in force.
    """

    form: ItemPath
    reason: Reason = field(default_factory=Reason)
    meta_data_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveItems(FormCommand):
    """Store items of one form.

    :param complete: complete it in the same operation (one command per form).
    :param cleared: the person says that what a scanner asked about is no identifier.
    """

    items: tuple[ItemInput, ...]
    complete: bool = False
    cleared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddFile(FormCommand):
    """Note a file that has arrived for an item; ``file_type`` is the name of a ``FileKind``."""

    path: ItemPath
    file: FileValue
    file_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteForm(FormCommand):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenForm(FormCommand):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkNotDone(FormCommand):
    """Say that a form was not done (with a reason), or take that back."""

    not_done: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveForm(FormCommand):
    """Take a form that was begun out of the casebook with a reason, or restore it. Nothing is deleted."""

    restore: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRow(FormCommand):
    """Add a row to a repeating group. The server gives the key; ``parent`` is the form or an outer row."""

    parent: ItemPath
    group_oid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeRow(FormCommand):
    """Strike out a row with a reason, or restore it. Nothing is deleted."""

    row: ItemPath
    restore: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEvent(SubjectCommand):
    """Add the next occurrence of a repeating or unscheduled event."""

    event_oid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkEventNotDone(SubjectCommand):
    """Say that an occurrence of an event was not done (with a reason), or take that back."""

    event: ItemPath
    not_done: bool = True
    reason: Reason = field(default_factory=Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveEvent(SubjectCommand):
    """Take a visit with all it holds out of the casebook with a reason, or restore it. Nothing is deleted."""

    event: ItemPath
    restore: bool = False
    reason: Reason = field(default_factory=Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuery(SubjectCommand):
    """Ask a question about a place: an item, a row, a form, an event, the subject.

    :param proposed: a data manager decides first whether the site is asked; until then the site learns nothing of it.
    """

    path: ItemPath
    text: str
    proposed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOnQuery(SubjectCommand):
    """Answer, close, cancel, forward, ask again or reopen.

    :param base_version: the version of the thread the person saw; ``None`` does not look.
    :param recipient: role of the group that it is forwarded to.
    """

    query_id: str
    action: QueryAction
    text: str = ""
    base_version: int | None = None
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A value that a person saw: its place, and its version there."""

    path: ItemPath
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Review(SubjectCommand):
    """Mark values as verified or reviewed: one, or all of a form, a visit or a casebook that the person was shown."""

    group: ReviewGroup
    values: tuple[Seen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackReview(SubjectCommand):
    """Take marks back that were given in error."""

    group: ReviewGroup
    paths: tuple[ItemPath, ...]
    reason: Reason = field(default_factory=Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Protect(SubjectCommand):
    """Change the protection of a place below a subject; the empty path is the whole subject."""

    path: ItemPath
    action: ProtectAction
    reason: Reason = field(default_factory=Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginTransfer(Command):
    """Say that a transfer begins that somebody has approved; ``op`` is ``transfer:<transfer>:start``.

    :param transfer: id of the transfer: the digest of what was approved.
    :param facts: source system, file names and digests; kept verbatim in the ledger (REQ-AUD-13).
    """

    transfer: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndTransfer(Command):
    """Say what came of a transfer; ``op`` is ``transfer:<transfer>:end``."""

    transfer: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferItems(FormCommand):
    """Store items of one form that another system sends (laboratory, randomisation, drug levels).

    :param items: each with its ``source``, kept verbatim in the ledger; a value as it stands there leaves no entry.
    :param reason: why values that are there change.
    :param complete: a form that begins with this transfer is Complete; one that is there keeps its status.
    """

    items: tuple[ItemInput, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote(Command):
    """Keep something about the study as a whole: a saved list, a review of the trail. It is no data of a subject.

    :param topic: what kind of note it is, ``plugin.kind``. :param name: the newest note of a topic, name and author holds.
    :param content: JSON values; empty to give the note up. :param shared: for everybody who views data of the study;
        else for its author and those who view all of its sites.
    :param items: OIDs of items that it tells of: nobody reads it who may not see each of them, whoever wrote it.
    """

    topic: str
    name: str
    content: dict[str, Any]
    shared: bool = False
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSubjectNote(SubjectCommand):
    """Keep something about a subject that is no data: a request about the subject's rights. The trail has it.

    :param topic: what kind of note it is, ``plugin.kind``. :param name: what it says, in a few words. :param content: JSON values.
    """

    topic: str
    name: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlaceNote:
    """What is noted at a place. :param base: position of the note that the person saw there, 0 for none; ``None`` does not look."""

    path: ItemPath
    content: dict[str, Any]
    base: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddFormNotes(FormCommand):
    """Keep what a plugin notes at a form or at items in it, by who enters data there. It changes no value.

    :param topic: what kind of note it is, ``plugin.kind``; the newest of a topic and place holds. :param name: in a few words.
    :param second_person: only by somebody who has set no value in the form and has not seen it. :param cleared: as for ``SaveItems``.
    """

    topic: str
    name: str
    notes: tuple[PlaceNote, ...]
    second_person: bool = False
    cleared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRedaction(SubjectCommand):
    """Ask that the words an entry was written with be taken out, there and in later entries at the same place.

    :param subject_key: ``@study`` for an entry of the study's own chain. :param n: the entry's position in the chain. :param of_reason: the words of its reason, wherever they stand.
    """

    n: int
    reason: Reason
    of_reason: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideRedaction(SubjectCommand):
    """Carry out what was asked for, or refuse it. :param request: position of the entry that asked."""

    request: int
    approve: bool
    reason: Reason
