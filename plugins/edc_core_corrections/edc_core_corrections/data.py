"""Forms that were filled in for the wrong subject: looked at, entered for the right one and removed, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    Action,
    AddEvent,
    CompleteForm,
    EdcError,
    EditConflict,
    ItemPath,
    NotAllowed,
    NotFound,
    Reason,
    ReasonRequired,
    Refused,
    RemoveForm,
    SaveItems,
    SeeOther,
    TrailWanted,
    ValueRefused,
    WrongState,
)
from edc_core_corrections.plan import Plan, begun_forms, make_plan, title_of
from edc_core_corrections.subject import REFUSED

if TYPE_CHECKING:
    from edc_core.api import Command, MetaDataIndex, PageRequest, SubjectAtHand

SAME = "These are the data of this very subject. Give the number of the other one."
LONGEST_REASON = 1500  #: what the page adds to it has room beside it


@dataclass(frozen=True, slots=True)
class Choice:
    """A form that can be chosen."""

    path: ItemPath
    event: str
    title: str
    on: bool


@dataclass(frozen=True, slots=True)
class DataPage:
    """:param other: number of the right subject, as typed. :param plan: what would be done; ``None`` until both are chosen.

    :param done: places at the other subject that were entered just now. :param asks: a scanner asks about a value.
    """

    study: str
    subject_key: str
    choices: tuple[Choice, ...]
    other: str
    plan: Plan | None
    reason: str
    message: str
    asks: bool
    done: tuple[tuple[ItemPath, str, str], ...]
    op: str


def look(asked: PageRequest) -> DataPage:
    return _page(asked)


def put_right(asked: PageRequest) -> SeeOther | Refused:
    """Enter the forms for the right subject and remove them where they stand."""
    asked.only("op", "subject", "form", "to", "seen", "reason", "cleared")
    op, reason = asked.text("op", required=True), asked.text("reason", longest=LONGEST_REASON)
    one, other = _both(asked)
    after = SeeOther(
        "data", {"subject": one.book.subject.subject_key, "to": other.book.subject.subject_key, "done": op}
    )
    if _was_done(asked, one, op):
        return after
    try:
        asked.study.submit(*_commands(asked, one, other, _agreed(asked, one, other, reason), op, reason))
    except (*REFUSED, EditConflict) as refused:
        asks = isinstance(refused, ValueRefused) and bool(refused.details.get("asks"))
        return Refused(_page(asked, message=refused.message, asks=asks))
    return after


def _agreed(asked: PageRequest, one: SubjectAtHand, other: SubjectAtHand, reason: str) -> Plan:
    """The plan that the person has seen.

    :raises WrongState: both subjects are one. :raises ReasonRequired: no reason.
    :raises EditConflict: it is another one now, or not possible.
    """
    if one.book.subject == other.book.subject:
        raise WrongState(SAME)
    if not reason:
        raise ReasonRequired("Say why the data stood at the wrong subject, and name the source.")
    plan = _plan(asked, one, other)
    if plan.digest != asked.text("seen", required=True) or not plan.is_possible:
        raise EditConflict("The data changed since you looked. Look through them again.")
    return plan


def _both(asked: PageRequest) -> tuple[SubjectAtHand, SubjectAtHand]:
    """The subject where the data stand and the one they belong to.

    :raises NotFound: one is not in the person's part of the study. :raises NotAllowed: the person may not do it at both.
    """
    one = asked.study.at_hand(asked.text("subject", required=True))
    other = asked.study.at_hand(asked.text("to", required=True))
    if not asked.study.may(Action.STRIKE, one.site.site_id):
        raise NotAllowed("Your role does not include: remove forms of this subject.")
    needs = (Action.ENTER_DATA, Action.ADD_SUBJECT)
    if not all(asked.study.may(action, other.site.site_id) for action in needs):
        raise NotAllowed(
            f"Your role does not include: enter data of subject {other.book.subject.subject_key}."
        )
    return one, other


def _chosen(asked: PageRequest) -> list[ItemPath]:
    """Forms that were chosen: of those given, each once."""
    return [ItemPath.parse(text).form_path for text in dict.fromkeys(asked.texts("form"))]


def _plan(asked: PageRequest, one: SubjectAtHand, other: SubjectAtHand) -> Plan:
    known = {path: _index(asked, one, path) for path in _chosen(asked) if path in one.book.forms}
    return make_plan(one, other, known, known)


def _index(asked: PageRequest, one: SubjectAtHand, form: ItemPath) -> MetaDataIndex:
    return asked.study.version(one.book.forms[form].meta_data_version)


def _commands(
    asked: PageRequest, one: SubjectAtHand, other: SubjectAtHand, plan: Plan, op: str, reason: str
) -> list[Command]:
    """One operation for each step, numbered, so that a retry is the same."""
    here, there = one.book.subject.subject_key, other.book.subject.subject_key
    found: list[Command] = []

    def common(subject_key: str) -> dict[str, str]:
        return {"study_id": asked.study.study_id, "op": f"{op}:{len(found)}", "subject_key": subject_key}

    for event in plan.added.values():
        found += [AddEvent(**common(there), event_oid=event.oid)]
    for form in plan.forms:
        where = f"{form.event}, {form.title}"
        entered = Reason(text=f"Was entered for subject {here}, {where}: {reason}")
        found.append(
            SaveItems(
                **common(there), form=form.target, items=form.items, reason=entered,
                cleared=asked.text("cleared") == "true",
            )
        )  # fmt: skip
        if form.complete:
            found.append(CompleteForm(**common(there), form=form.target))
        removed = Reason(text=f"Data of subject {there}: {reason}")
        found.append(RemoveForm(**common(here), form=form.source, reason=removed))
    return found


def _was_done(asked: PageRequest, one: SubjectAtHand, op: str) -> bool:
    """Whether this very request was carried out before, and its answer was lost on the way."""
    wanted = TrailWanted(subject_key=one.book.subject.subject_key, kinds=("form.remove",))
    try:
        entries = asked.study.trail(wanted).entries
    except NotAllowed:
        return False
    return any(str(entry.columns.get("op", "")).startswith(f"{op}:") for entry in entries)


def _done(asked: PageRequest, key: str) -> tuple[tuple[ItemPath, str, str], ...]:
    """Forms that the operation in the address has entered for the other subject, for the links to them."""
    op = asked.text("done")
    if not (op and key):
        return ()
    try:
        other = asked.study.at_hand(key)
        entries = asked.study.trail(TrailWanted(subject_key=key, kinds=("form.status",))).entries
    except EdcError:
        return ()
    paths = [
        ItemPath.parse(str(entry.columns["path"]))
        for entry in reversed(entries)
        if str(entry.columns.get("op", "")).startswith(f"{op}:")
    ]
    return tuple((path, *title_of(other, other.index, path)) for path in paths)


def _page(asked: PageRequest, *, message: str = "", asks: bool = False) -> DataPage:
    key, to = asked.text("subject", required=True), asked.text("to")
    one, chosen, plan = asked.study.at_hand(key), _chosen(asked), None
    if not asked.study.may(Action.STRIKE, one.site.site_id):
        raise NotAllowed("Your role does not include: remove forms of this subject.")
    if to and not asked.text("done"):
        if to == key:
            message = message or SAME
        elif not chosen:
            message = message or "Choose the forms that belong to the other subject."
        else:
            try:
                plan = _plan(asked, *_both(asked))
            except (NotFound, NotAllowed, *REFUSED) as refused:
                message = message or refused.message
    return DataPage(
        study=asked.study.name,
        subject_key=key,
        choices=tuple(
            Choice(path, *title_of(one, _index(asked, one, path), path), path in chosen)
            for path in begun_forms(one)
        ),
        other=to,
        plan=plan,
        reason=asked.text("reason", longest=LONGEST_REASON),
        message=message,
        asks=asks,
        done=_done(asked, to),
        op=asked.op,
    )
