"""The pure decision behind every save: which values change, what they read as, and what forbids it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edc_core.domain.casebook import ItemData
from edc_core.domain.entry_state import EntryAction, EntryStatus, transition
from edc_core.domain.era import in_common_calendar
from edc_core.domain.form_checks import check_oid, limit_message
from edc_core.domain.metadata import DATES
from edc_core.domain.protection import Touch, effective, require
from edc_core.domain.scanner import OnHit, TextKind, is_looked_through
from edc_core.domain.standard_value import with_standard
from edc_core.domain.values import MAX_RAW_LENGTH, parse
from edc_core.errors import BadRequest, EditConflict, ReasonRequired, ValueRefused, WrongState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from edc_core.domain.casebook import FormData, GroupData
    from edc_core.domain.era import Era
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import ItemDef
    from edc_core.domain.protection import Protection
    from edc_core.domain.scanner import Look


@dataclass(frozen=True, slots=True)
class ItemInput:
    """What a person (or a file) says about one item.

    :param base_version: the version the person saw; ``None`` when the writer does not look first (imports).
    :param source: kept verbatim in the ledger beside the value (imported audit records).
    """

    path: ItemPath
    raw: str
    missing: str = ""
    unit: str = ""
    base_version: int | None = None
    source: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormPicture:
    """Everything a decision about one form looks at."""

    index: MetaDataIndex
    path: ItemPath
    form: FormData | None
    items: Mapping[ItemPath, ItemData]
    groups: Mapping[ItemPath, GroupData]
    protections: Mapping[ItemPath, Protection]
    above: tuple[Protection, ...] = ()
    removed_events: frozenset[ItemPath] = frozenset()
    silent: frozenset[str] = frozenset()  #: OIDs of checks that are switched off
    eras: tuple[Era, ...] = ()  #: in which dates may be typed here

    @property
    def status(self) -> EntryStatus:
        return self.form.status if self.form else EntryStatus.NOT_STARTED

    @property
    def was_complete(self) -> bool:
        return self.form is not None and self.form.was_complete

    def require(self, touch: Touch, place: ItemPath | None = None) -> None:
        """:raises Protected: when the form, or a place in it, must not be touched that way."""
        require(effective(place or self.path, dict(self.protections), self.above), touch)

    def needs_reason(self) -> bool:
        """Whether a change of a value that is there needs a reason now (study policy ``reason_from``)."""
        if self.index.version.policy.reason_from == "first_save":
            return True
        return self.was_complete


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One value that will be written: how it is, and how it was."""

    item: ItemDef
    before: ItemData | None
    after: ItemData
    source: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a save does to a form."""

    changes: tuple[ItemChange, ...]
    status: EntryStatus


def decide_change(
    picture: FormPicture,
    inputs: tuple[ItemInput, ...],
    *,
    has_reason: bool,
    today: date | None = None,
    keeps_all: bool = False,
    language: str = "en",
    look: Look | None = None,
) -> Decision:
    """Decide what a save writes. Values equal to what stands there are no change and leave no entry.

    :param keeps_all: an import: hard limits mark instead of refusing, and no reason is asked.
    :param language: of the message of a limit or a scanner that refuses.
    :param look: looks for identifiers of persons; what it finds is refused whatever ``keeps_all`` says.
    :raises Protected: the form, row or item is frozen or locked.
    :raises WrongState: the form is removed or marked not done, or the row is struck.
    :raises EditConflict: a value was saved since the person saw it, and it is not the same one.
    :raises ReasonRequired: the form was Complete (or the policy says so) and a value that is there changes.
    :raises ValueRefused: a hard limit or a scanner; ``details`` hold the path, the check, and whether it only asks.
    :raises NotFound: the version does not define the path. :raises BadRequest: the item is calculated.
    """
    status = transition(picture.status, EntryAction.SAVE)
    changes = []
    seen: dict[ItemPath, ItemData] = {}
    for given in inputs:
        before = seen.get(given.path, picture.items.get(given.path))
        change = _decide_item(picture, given, before, today, language, keeps_all=keeps_all)
        if change is None:
            continue
        if look is not None:
            _refuse_identifier(change, look, language)
        seen[given.path] = change.after
        changes.append(change)
    if not keeps_all and not has_reason and picture.needs_reason():
        for change in changes:
            if picture.was_complete or (change.before is not None and not change.before.is_blank):
                raise ReasonRequired(
                    "This form was complete. Say why the value changes.", path=str(change.after.path)
                )
    return Decision(tuple(changes), status)


def _decide_item(
    picture: FormPicture,
    given: ItemInput,
    before: ItemData | None,
    today: date | None,
    language: str,
    *,
    keeps_all: bool,
) -> ItemChange | None:
    placed = picture.index.place(given.path)
    if given.path.form_path != picture.path:
        raise BadRequest("Every item of one save belongs to the same form.")
    if not keeps_all:
        picture.index.check(given.path)
        if placed.ref.method_oid is not None:
            raise BadRequest("This value is calculated. Correct the values it is calculated from.")
    picture.require(Touch.DATA, given.path)
    for place in given.path.parent.ancestors():
        if (row := picture.groups.get(place)) is not None and row.removed:
            raise WrongState("This row was struck out, so nothing can be entered in it.")
    if len(given.raw) > MAX_RAW_LENGTH:
        raise BadRequest(f"A value has at most {MAX_RAW_LENGTH} characters; this one has {len(given.raw)}.")
    item = placed.item
    if given.missing and given.missing not in item.missing_reasons and not keeps_all:
        raise BadRequest(f"'{given.missing}' is no missing reason of this item.")
    typed = (
        in_common_calendar(given.raw, picture.eras) if picture.eras and item.data_type in DATES else given.raw
    )
    parsed = parse(item, picture.index.code_lists.get(item.code_list_oid or ""), typed, today=today)
    version = (before.version if before else 0) + 1
    value = None if given.missing else parsed.value
    raw = "" if given.missing else given.raw
    reading = "ok" if given.missing else parsed.reading
    after = with_standard(item, ItemData(given.path, raw, value, given.missing, given.unit, reading, version))
    first_blank = keeps_all and before is None  # a file may hold an item without a value: it was there
    if is_same(before, after) and not given.source and not first_blank:
        return None
    if given.base_version is not None and given.base_version != version - 1:
        raise EditConflict(
            "Somebody else saved this value since you opened the form.",
            path=str(given.path),
            version=version - 1,
        )
    if not keeps_all:
        for check in picture.index.limits[item.oid].broken(value, given.unit):
            if check.hard and check_oid(item, check) not in picture.silent:
                said = limit_message(check).in_language(language)
                raise ValueRefused(said, path=str(given.path), check=check_oid(item, check))
    return ItemChange(item, before, after, given.source)


def _refuse_identifier(change: ItemChange, look: Look, language: str) -> None:
    """:raises ValueRefused: what is written looks like an identifier of a person (REQ-PRV-02)."""
    is_text = is_looked_through(change.item, change.after.reading)
    scanner = look(TextKind.VALUE, change.after.raw) if is_text else None
    if scanner is not None:
        raise ValueRefused(
            scanner.message.in_language(language),
            path=str(change.after.path),
            check=f"scanner:{scanner.name}",
            asks=scanner.on_hit is OnHit.ASK,
        )


def is_same(before: ItemData | None, after: ItemData) -> bool:
    """Whether a value is as it was; an import may set it again all the same, to keep what its source says of it."""
    if before is None:
        return after.is_blank
    return (before.value, before.missing, before.unit, before.reading) == (
        after.value,
        after.missing,
        after.unit,
        after.reading,
    ) and (after.reading == "ok" or before.raw == after.raw)
