"""A form in a state, brought there through the services as people would bring it there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from edc_core.api import (
    AddEvent,
    AddSubject,
    Asking,
    Command,
    CompleteForm,
    ItemInput,
    ItemPath,
    MarkNotDone,
    OpenQuery,
    Playground,
    Protect,
    ProtectAction,
    Reason,
    SaveItems,
    Step,
    StudyAtHand,
    StudySite,
    new_id,
)
from edc_core_preview import values

#: State to its words, in the order in which they come up in the life of a form.
STATES = {
    "empty": "Empty",
    "in-progress": "In progress",
    "complete": "Complete",
    "queried": "Complete, with a query",
    "conflict": "Changed by somebody else meanwhile",
    "not-done": "Not done",
    "frozen": "Frozen",
    "locked": "Locked",
}
REASON = Reason(text="Shown in the preview.")
QUESTION = "Please confirm this value with the source."


class States:
    """Forms in states, of one version; each is made when it is asked for first and then stays as people leave it.

    :param version: number of the version, for the keys of its subjects.
    """

    def __init__(self, playground: Playground, study: StudyAtHand, version: int) -> None:
        self._playground, self._study = playground, study
        self._keys = (f"PREVIEW-{version}-{number:03d}" for number in count(1))
        self._made: dict[tuple[str, str, ItemPath], str] = {}

    def subject(self, state: str, form: ItemPath, site: StudySite) -> str:
        """The key of the subject of a site whose form is in a state.

        :raises EdcError: the form cannot be in it, in the words of the service that refused.
        """
        key = self._made.get((site.site_id, state, form))
        if key is None:
            key = next(self._keys)
            self._enrol(key, form, site)
            session = self._playground.session()
            for command in self._steps(state, key, form, site):
                session.submit(self._study, command)
                # what functions of plugins answer stands there before the next step
                session.check_due(self._study)
            self._made[site.site_id, state, form] = key
        return key

    def change_behind(self, form: ItemPath, site: StudySite) -> str:
        """Have somebody else change the first value of a form that lies open; returns the name of the item."""
        key = self.subject("conflict", form, site)
        path = self.first_item(form, site)
        item = self._study.index.place(path).item
        other = values.another(item, self._study.index.code_lists.get(item.code_list_oid or ""))
        given = ItemInput(path, other, "", values.unit(item), base_version=None)
        self._playground.session().submit(
            self._study,
            SaveItems(study_id=self._study.study_id, op=_op(), subject_key=key, form=form, items=(given,)),
        )
        return item.question.in_language("en") or item.name

    def first_item(self, form: ItemPath, site: StudySite) -> ItemPath:
        return next(iter(self._filled(form, site)))

    def _enrol(self, key: str, form: ItemPath, site: StudySite) -> None:
        assert form.event is not None
        common = {"study_id": self._study.study_id, "subject_key": key}
        session = self._playground.session()
        session.submit(self._study, AddSubject(**common, op=_op(), site_id=site.site_id))
        if self._study.index.events[form.event.oid].is_added:
            session.submit(self._study, AddEvent(**common, op=_op(), event_oid=form.event.oid))

    def _steps(self, state: str, key: str, form: ItemPath, site: StudySite) -> Iterator[Command]:
        study_id = self._study.study_id
        if state == "empty":
            return
        if state == "not-done":
            yield MarkNotDone(study_id=study_id, op=_op(), subject_key=key, form=form, reason=REASON)
            return
        items = tuple(self._filled(form, site).values())
        if state in ("in-progress", "conflict"):
            items = items[: max(1, len(items) * 2 // 3)]
        yield SaveItems(study_id=study_id, op=_op(), subject_key=key, form=form, items=items)
        if state in ("in-progress", "conflict"):
            return
        yield CompleteForm(study_id=study_id, op=_op(), subject_key=key, form=form)
        if state == "queried":
            yield OpenQuery(
                study_id=study_id, op=_op(), subject_key=key, path=self.first_item(form, site), text=QUESTION
            )
        if state in ("frozen", "locked"):
            yield Protect(
                study_id=study_id,
                op=_op(),
                subject_key=key,
                path=form,
                action=ProtectAction.FREEZE,
                reason=REASON,
            )
        if state == "locked":
            yield Protect(
                study_id=study_id,
                op=_op(),
                subject_key=key,
                path=form,
                action=ProtectAction.LOCK,
                reason=REASON,
            )

    def _filled(self, form: ItemPath, site: StudySite) -> dict[ItemPath, ItemInput]:
        """A plain value for every item that is asked at a site; one row of each group that repeats."""
        assert form.form is not None
        index = self._study.index
        given = {}
        for placed in index.placed_items(form.form.oid):
            groups = tuple(Step(oid, "1") for oid in placed.group_oids)
            path = ItemPath(form.event, form.form, groups, placed.item.oid)
            if (made := self._value(path)).raw:
                given[path] = made
        functions = self._playground.session().functions(self._study, index)
        asking = Asking(index, site, functions)
        return asking.take(form, given, lambda one: (one.raw, one.missing, one.unit))

    def _value(self, path: ItemPath) -> ItemInput:
        item = self._study.index.place(path).item
        raw = values.plain(item, self._study.index.code_lists.get(item.code_list_oid or ""))
        return ItemInput(path, raw, "", values.unit(item) if raw else "", base_version=0)


def _op() -> str:
    return f"preview:{new_id()}"
