"""A form of which nothing is shown: why, and how to see it all the same and leave its second entry to somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import FIRST_OPENED, AddFormNotes, NotFound, PlaceNote, SeeOther
from edc_core_double_entry.typing_again import form_of

if TYPE_CHECKING:
    from edc_core.api import ItemPath, PageRequest


@dataclass(frozen=True, slots=True)
class FirstPage:
    """:param covered: what stands in the form is kept from the person. :param waits: it can be typed a second time now."""

    study: str
    subject: str
    path: ItemPath
    language: str
    visit: str
    title: str
    covered: bool
    waits: bool
    op: str


def look(asked: PageRequest) -> FirstPage:
    """Why the form is covered, and what can be done.

    :raises NotFound: no such subject in scope, or the form was not begun or is not entered twice.
    """
    subject_key, path = asked.text("subject", required=True), form_of(asked)
    hand = asked.study.at_hand(subject_key)
    assert path.event is not None, "the path of a form"
    assert path.form is not None, "the path of a form"
    policy = hand.index.version.policy
    if path not in hand.book.forms or not policy.enters_twice(path.form.oid, hand.book.subject.subject_id):
        raise NotFound("There is no such form that is entered twice.")
    index = asked.study.version(hand.book.forms[path].meta_data_version)
    event, form = index.events[path.event.oid], index.forms[path.form.oid]
    visit = event.title.in_language(hand.language) or event.name
    return FirstPage(
        asked.study.name, subject_key, path, hand.language, f"{visit} {path.event.key}" if event.repeating else visit,
        form.title.in_language(hand.language) or form.name, asked.study.covers(subject_key, path),
        any(one.path == path for one in asked.study.second_entries(subject_key)), asked.op,
    )  # fmt: skip


def open_it(asked: PageRequest) -> SeeOther:
    """Leave a note that the person looks at the first entry: from then on it is shown, and somebody else types it again."""
    at = look(asked)
    if at.covered:
        note = AddFormNotes(
            study_id=asked.study.study_id, op=asked.text("op", required=True), subject_key=at.subject, form=at.path,
            topic=FIRST_OPENED, name="the first entry was opened", notes=(PlaceNote(at.path, {}),),
        )  # fmt: skip
        asked.study.submit(note)
    return SeeOther("first", {"subject": at.subject, "form": str(at.path)})
