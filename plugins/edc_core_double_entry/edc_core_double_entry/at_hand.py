"""A form with both of its entries, as the person at the page may see it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from edc_core.api import (
    SECOND_ENTRY,
    Action,
    AddFormNotes,
    ItemPath,
    NotFound,
    PlaceNote,
    Protection,
    SecondEntryState,
)
from edc_core_double_entry.comparing import (
    DECISION,
    VALUE,
    Entry,
    Pair,
    fields_of,
    first_of,
    of_second,
    pairs_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import FormNote, MetaDataIndex, SecondEntry, StudyAccess, SubjectAtHand, ValueSet
    from edc_core_double_entry.comparing import Field


@dataclass(frozen=True)
class FormAtHand:
    """:param entry: how far the second entry is. :param hand: the subject with its casebook.

    :param typed: what was typed the second time, by place; ``decisions`` by the place in the form.
    :param written: who set the values of the form, oldest first.
    """

    study: StudyAccess
    entry: SecondEntry
    hand: SubjectAtHand
    index: MetaDataIndex
    typed: Mapping[ItemPath, FormNote]
    decisions: Mapping[ItemPath, FormNote]
    written: tuple[ValueSet, ...]

    @classmethod
    def of(cls, study: StudyAccess, subject_key: str, form: ItemPath) -> FormAtHand:
        """:raises NotFound: no such subject in scope, or the form is not one that is entered a second time now."""
        entry = next((one for one in study.second_entries(subject_key) if one.path == form), None)
        if entry is None:
            raise NotFound(
                "This form waits for no second entry. It is entered a second time once it is complete."
            )
        hand = study.at_hand(subject_key, covered=True)  # compared, and shown to nobody before that
        return cls(
            study,
            entry,
            hand,
            study.version(hand.book.forms[form].meta_data_version),
            {note.path: note for note in study.form_notes(VALUE, subject_key, form)},
            {note.path: note for note in study.form_notes(DECISION, subject_key, form)},
            study.values_set(subject_key, form),
        )

    @property
    def path(self) -> ItemPath:
        return self.entry.path

    @cached_property
    def compared(self) -> int:
        """Position of the newest comparison; 0 before there is one."""
        notes = self.study.form_notes(SECOND_ENTRY, self.entry.subject_key, self.path)
        return next((note.n for note in notes if note.content.get("compared")), 0)

    @cached_property
    def hides(self) -> bool:
        """Whether the form asks for something that the person may not see."""
        assert self.path.form is not None, "the path of a form"
        placed = self.index.placed_items(self.path.form.oid)
        return any(one.item.oid in self.hand.hidden for one in placed)

    def fields(self, *, more: int = 0) -> list[Field]:
        """Places that the person may see. :param more: empty rows at the end of each log."""
        second = Entry(path for path, note in self.typed.items() if not of_second(note).is_blank)
        every = fields_of(self.index, self.path, first_of(self.hand.book, self.path), second, more=more)
        return [one for one in every if one.placed.item.oid not in self.hand.hidden]

    @cached_property
    def own_fields(self) -> list[Field]:
        """Places of the second entry alone, with an empty row after the last of each log: nothing of the first shows."""
        second = Entry(path for path, note in self.typed.items() if not of_second(note).is_blank)
        every = fields_of(self.index, self.path, Entry(()), second, more=1)
        return [one for one in every if one.placed.item.oid not in self.hand.hidden]

    @cached_property
    def pairs(self) -> list[Pair]:
        set_at = {one.path: one.n for one in self.written}
        return pairs_of(
            self.fields(), self.hand.book, self.typed, self.decisions, set_at=set_at, compared=self.compared
        )

    @cached_property
    def enters(self) -> bool:
        """Whether the person enters at the site, and the form takes data."""
        is_free = self.hand.book.protection(self.path) is Protection.OPEN
        return self.study.may(Action.ENTER_DATA, self.hand.site.site_id) and is_free

    @property
    def wrote_first(self) -> bool:
        """Whether the person set a value of the form."""
        return self.study.login in {one.actor for one in self.written}

    @property
    def why_not_type(self) -> str:
        """Why the person does not type the second entry; empty where they may."""
        if not self.enters:
            return "It is typed by somebody who enters data at the site, while the form is neither frozen nor locked."
        if self.wrote_first:
            return "You entered values of this form. Another person of the site types it a second time."
        if self.is_being_typed and not self.study.covers(self.entry.subject_key, self.path):
            return "What stands in this form is shown to you. Somebody from whom it is kept types it a second time."
        return (
            "You do not see all of this form. Somebody who sees all of it types it a second time."
            if self.hides
            else ""
        )

    @property
    def why_not_decide(self) -> str:
        """Why the person decides nothing here; empty where they may.

        Neither of the two who typed decides whether their own entry is right: coordinators type, the investigator or
        another one of the site looks at the paper. The sponsor does not decide, for it changes no data of the site
        (REQ-ACC-05).
        """
        if not self.enters:
            return "It is decided by somebody who enters data at the site, while the form is neither frozen nor locked."
        if self.study.login in {*self.entry.said.get("first", ()), *self.entry.said.get("second", ())}:
            return (
                "You typed one of the two entries. A third person of the site looks at the paper and decides."
            )
        return "You do not see all of this form. Somebody who sees all of it decides." if self.hides else ""

    def note(self, op: str, content: dict[str, Any], *, second_person: bool = False) -> AddFormNotes:
        """Keep at the form how far the second entry is."""
        return AddFormNotes(
            study_id=self.study.study_id, op=op, subject_key=self.entry.subject_key, form=self.path,
            topic=SECOND_ENTRY, name="second entry", notes=(PlaceNote(self.path, content),),
            second_person=second_person,
        )  # fmt: skip

    def outcome(self, *, agreed: bool) -> dict[str, Any]:
        """What is kept at the form after a comparison. Counts leave out what not everybody sees; the first one's stay."""
        said = self.entry.said
        open_ones = [one for one in self.pairs if not one.field.placed.item.sensitivity]
        counts = {
            "fields": sum(not (one.first.is_blank and one.second.is_blank) for one in open_ones),
            "differences": sum(one.differs for one in open_ones),
            "first": sorted({one.actor for one in self.written}),
            "second": sorted({self.study.login, *(note.actor for note in self.typed.values())}),
        }
        kept = {name: said[name] for name in counts if name in said} if said.get("compared") else {}
        return {"compared": True, "agreed": agreed} | counts | kept

    @property
    def is_being_typed(self) -> bool:
        return self.entry.state in (SecondEntryState.WAITING, SecondEntryState.BEGUN)
