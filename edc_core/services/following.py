"""What follows a change of a form: calculated values, hidden items, the queries of declared checks; here and elsewhere.

Within the form at hand nothing more is read. Only where a rule reads other forms, or is read by them, is the subject's
whole casebook taken, so that a save costs what its rules need.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from edc_core.domain.casebook import FormData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.finding import NOT_CALCULATED, Found, Severity
from edc_core.domain.form_checks import check_oid, form_findings, limit_message
from edc_core.domain.lab_range import LabRanges
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.metadata import TranslatedText
from edc_core.domain.migration import BEGUN
from edc_core.domain.said import SAID, said
from edc_core.domain.standard_value import standard_value
from edc_core.errors import ValueRefused
from edc_core.expressions import following
from edc_core.expressions.frame import SubjectData
from edc_core.expressions.lab import RangeSaid, ranges_said
from edc_core.expressions.rules import rules_of
from edc_core.ids import new_id
from edc_core.ledger.append import Effect
from edc_core.services import cascade, review_drops, scheduling
from edc_core.services.form_change import FormChange
from edc_core.services.rule_data import Around, Times, answers_of, around_casebook, times_for
from edc_core.store import lab_ranges as stored_ranges

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from edc_core.domain.casebook import Casebook, GroupData, ItemData
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import ItemDef
    from edc_core.domain.query import Query
    from edc_core.domain.rule_answer import RuleAnswer
    from edc_core.expressions.rule_book import Dependants, RuleBook
    from edc_core.services.cascade import ValueChange
    from edc_core.services.open_form import OpenForm
    from edc_core.store.readers import SiteRow
    from edc_core.store.unit_of_work import Source

NO_INPUT = "EDC.NO_INPUT"  #: a value is not calculated, and what it is calculated from has none


@dataclass(frozen=True, slots=True)
class Look:
    """A form as its rules leave it.

    :param hidden: places of items and of groups that are not asked now.
    :param findings: what checks by expression say, and of answers that are no longer asked.
    :param ranges: the reference range of each result that has one.
    """

    hidden: frozenset[ItemPath] = frozenset()
    findings: tuple[Found, ...] = ()
    ranges: Mapping[ItemPath, RangeSaid] = field(default_factory=dict)


def look(book: Casebook, index: MetaDataIndex, form: ItemPath, site: SiteRow, source: Source) -> Look:
    """A form as a page shows it: what is hidden, and what its declared checks say.

    :param book: with everything that the form's rules read; see ``reads_beyond``.
    :param source: for the times that the form's rules ask for, where they ask for any.
    """
    rules = rules_of(index)
    if rules.is_empty:
        return Look()
    removed = frozenset(path for path, event in book.events.items() if event.removed)
    around = Around(book.forms, book.items, book.groups, {}, (), removed, {}, site)
    assert form.form is not None
    around.times = times_for(source, book.subject, rules, site, {form.form.oid}, book.forms)
    around.answers = answers_of(source, book.subject, [rules])
    data = around.data(index)
    stored = book.forms.get(form)
    version = stored.meta_data_version if stored else index.version.oid
    forms = [form, *_that_hide(rules, book.forms, version, [form])]
    following.settle(rules, data, forms, frozen=frozenset(forms))
    return Look(
        frozenset(path for path in data.hidden if path.form_path == form),
        (*following.findings(rules, data, form), *_kept(data, form), *_waiting(rules, data, form)),
        ranges_said(rules, data, form) if form.form.oid in rules.ranged_forms else {},
    )


def reads_beyond(index: MetaDataIndex, form: ItemPath) -> bool:
    """Whether a form's rules read other forms, or other occurrences of it."""
    return form.form is not None and form.form.oid in rules_of(index).sees


def dependants(index: MetaDataIndex, path: ItemPath) -> Dependants:
    """What a change of an item may hide, show, calculate or speak of in its form."""
    assert path.form is not None
    assert path.item is not None
    return rules_of(index).dependants(path.form.oid, path.item)


def answered(index: MetaDataIndex, form: ItemPath) -> Dependants:
    """What the answers of plugins' functions may change in a form."""
    assert form.form is not None
    return rules_of(index).answered(form.form.oid)


def follow(
    form: OpenForm,
    items: Mapping[ItemPath, ItemData],
    groups: Mapping[ItemPath, GroupData],
    status: EntryStatus,
    changes: Sequence[ValueChange] = (),
    brought: Sequence[Query] = (),
) -> list[Effect]:
    """Everything that follows a change of one form, as effects to be recorded with it; parameters as of ``FormChange``."""
    change = FormChange(form, items, groups, status, changes, brought)
    effects = _of_its_rules(change)
    effects += scheduling.queries_of_kept(change, effects)
    return effects + review_drops.of_values(form, changes, effects)


def _of_its_rules(change: FormChange) -> list[Effect]:
    form, rules = change.form, rules_of(change.index)
    touched = rules.touched(change.form_oid, change.changed, rows=change.has_other_rows)
    if not touched and rules.is_silent(change.form_oid) and change.asks_nothing:
        return []
    judged = {change.form_oid, *touched}
    by_version = {form.index.version.oid: [change.path]}
    around = _alone(change)
    if touched or change.form_oid in rules.sees:
        whole = change.casebook
        around = replace(around, forms=whole.forms, items=whole.items, groups=whole.groups,
                         protections=whole.protections, queries=whole.queries)  # fmt: skip
        for path, other in whole.forms.items():
            if path != change.path and path.form and path.form.oid in touched and not whole.is_removed(path):
                by_version.setdefault(other.meta_data_version, []).append(path)
    uow, study_id = form.operation.uow, form.operation.command.study_id
    around.times = _times_after(change, around, judged)
    if rules.ranged_forms & judged:
        around.ranges = stored_ranges.lab_ranges(uow.connection, study_id)
    indexes = {
        version: form.index
        if version == form.index.version.oid
        else uow.versions.get(uow.connection, study_id, version)
        for version in by_version
    }
    around.answers = answers_of(uow, form.operation.subject, map(rules_of, indexes.values()))
    effects: list[Effect] = []
    for version, forms in by_version.items():
        index = indexes[version]
        effects += _judge(around, index, forms, change=change)[1]
    return effects


def _alone(change: FormChange) -> Around:
    """The form at hand and nothing else of the subject."""
    picture = change.form.picture
    return Around({change.path: change.data}, change.items, change.groups, picture.protections, picture.above,
                  picture.removed_events, change.form.queries, change.form.operation.site)  # fmt: skip


def _times_after(change: FormChange, around: Around, judged: Collection[str]) -> Times:
    """The times that the rules of some forms ask about; what is being changed is entered now.

    :param judged: OIDs of the forms whose rules are looked at.
    """
    operation, begun = change.form.operation, change.form.picture.form is not None
    stored = [path for path in around.forms if begun or path != change.path]
    rules, uow = rules_of(change.index), operation.uow
    before = times_for(uow, operation.subject, rules, operation.site, judged, stored)
    now = uow.clock.now()
    return replace(before, entered_at={**before.entered_at, **{c.after.path: now for c in change.changes}})


def _that_hide(
    rules: RuleBook, forms: Mapping[ItemPath, FormData], version: str, judged: Collection[ItemPath]
) -> list[ItemPath]:
    """Further forms of a version in which something may be hidden that the rules of these read."""
    hiding = rules.hiding_from({path.form.oid for path in judged if path.form is not None})
    return [
        path
        for path, form in forms.items()
        if path.form is not None
        and path.form.oid in hiding
        and form.meta_data_version == version
        and path not in judged
    ]


def _findings(rules: RuleBook, data: SubjectData, form: ItemPath) -> list[Found]:
    """Everything declared checks say of a form; of hidden items only that an answer is there (REQ-DAT-13)."""
    own = [
        found
        for found in form_findings(data.index, form, data.items, data.groups)
        if (form.with_group(found.key, "1") if found.key else found.path) not in data.hidden
    ]
    return [*own, *following.findings(rules, data, form), *_kept(data, form)]


def _kept(data: SubjectData, form: ItemPath) -> list[Found]:
    return [
        Found(
            cascade.NOT_APPLICABLE,
            path,
            said("kept"),
            Severity.QUERY,
            following.item_fingerprint(data.items.get(path)),
        )
        for path in following.not_applicable(data, form)
    ]


def _waiting(rules: RuleBook, data: SubjectData, form: ItemPath) -> list[Found]:
    found = []
    for path, blank in following.not_calculated(rules, data, form):
        named = [item for oid in blank if not (item := data.index.items[oid]).sensitivity]
        if not blank:
            found.append(Found(NOT_CALCULATED, path, said("waits"), Severity.WARNING, ""))
        elif named:
            found.append(Found(NO_INPUT, path, said("blank", items=_listed(named)), Severity.WARNING, ""))
    return found


def _listed(items: Sequence[ItemDef]) -> TranslatedText:
    """The questions of items, in each language that we speak."""
    return TranslatedText(
        tuple(
            (tag, ", ".join(item.question.in_language(tag) or item.name for item in items))
            for tag in SAID["blank"]
        )
    )


def waiting(source: Source, book: Casebook, site: SiteRow, indexes: Iterable[MetaDataIndex]) -> list[Found]:
    """Everything in a casebook that waits for the answer of a plugin's function.

    :param indexes: the versions of its forms.
    """
    calling = [index for index in indexes if rules_of(index).calls]
    return [
        one
        for rules, data, form in _settled(source, book, site, calling)
        for one in _waiting(rules, data, form)
        if one.check_oid == NOT_CALCULATED
    ]


def declared(
    source: Source, book: Casebook, site: SiteRow, indexes: Iterable[MetaDataIndex]
) -> Iterator[Found]:
    """The findings of a ``look`` at every form of a casebook that is not removed; parameters as of ``waiting``."""
    for rules, data, form in _settled(
        source, book, site, [one for one in indexes if not rules_of(one).is_empty]
    ):
        yield from (*following.findings(rules, data, form), *_kept(data, form), *_waiting(rules, data, form))


def _settled(
    source: Source, book: Casebook, site: SiteRow, indexes: Sequence[MetaDataIndex]
) -> Iterator[tuple[RuleBook, SubjectData, ItemPath]]:
    """Each form of some versions that is not removed, with the casebook as their rules leave it."""
    around = around_casebook(source, book, site, map(rules_of, indexes)) if indexes else None
    for index in indexes:
        assert around is not None
        rules, data = rules_of(index), around.data(index)
        forms = [
            path
            for path, form in book.forms.items()
            if form.meta_data_version == index.version.oid and not book.is_removed(path)
        ]
        following.settle(rules, data, forms, frozen=frozenset(forms))
        yield from ((rules, data, form) for form in forms)


@dataclass(frozen=True, slots=True)
class Followed:
    """:param items: every value of the casebook, those calculated anew among them."""

    effects: list[Effect]
    items: Mapping[ItemPath, ItemData]


def follow_versions(
    source: Source,
    book: Casebook,
    site: SiteRow,
    moved: Collection[ItemPath],
    index_of: Callable[[str], MetaDataIndex],
    *,
    retired: frozenset[str] = frozenset(),
    ahead: Iterable[RuleAnswer] = (),
) -> Followed:
    """Everything that follows when forms have another version and not one value changed (``form.migrate``).

    :param book: the whole casebook, the moved forms with their new version already.
    :param retired: OIDs of checks that no form of the casebook has any more.
    :param ahead: answers of plugins' functions to what the new version asks, which are not stored yet.
    """
    versions = {one.meta_data_version for one in book.forms.values()}
    around = around_casebook(source, book, site, [rules_of(index_of(one)) for one in versions], ahead)
    effects: list[Effect] = []
    waiting: list[ItemPath] = list(moved)
    done: set[ItemPath] = set()
    while waiting:  # first the moved forms; then those whose rules read a value that is calculated anew
        done.update(waiting)
        read: set[ItemPath] = set()
        for version in sorted({book.forms[path].meta_data_version for path in waiting}):
            index = index_of(version)
            forms = [path for path in waiting if book.forms[path].meta_data_version == version]
            derived, found = _judge(around, index, forms, retired=retired)
            effects += found
            for change in derived:
                path = change.after.path
                assert path.form is not None
                touched = rules_of(index).touched(path.form.oid, frozenset({path.item or ""}), rows=False)
                read |= {
                    other
                    for other, form in book.forms.items()
                    if other.form is not None
                    and other.form.oid in touched
                    and form.status in BEGUN
                    and not book.is_removed(other)
                }
        waiting = sorted(read - done, key=str)
    return Followed(effects, around.items)


def _judge(
    around: Around,
    index: MetaDataIndex,
    forms: Sequence[ItemPath],
    *,
    change: FormChange | None = None,
    retired: frozenset[str] = frozenset(),
) -> tuple[list[following.Derived], list[Effect]]:
    """Calculated values and queries of forms of one version, as everything around them is now.

    :param change: of one of them; the others' own values did not change.
    """
    rules, data = rules_of(index), around.data(index)
    rest = _that_hide(rules, around.forms, index.version.oid, forms)
    gone = [
        path
        for path in forms
        if around.forms[path].status is EntryStatus.REMOVED or path.parent in around.removed_events
    ]
    derived = following.settle(rules, data, [*forms, *rest], frozen=around.closed().union(rest, gone))
    around.items = data.items
    language = index.version.language_at(around.site.number)
    effects = [derived_effect(one, index, around.ranges) for one in derived]
    for path in forms:
        if around.is_locked(path):
            continue
        own = change if change is not None and change.path == path else None
        changes = [
            *(own.changes if own else ()),
            *(one for one in derived if one.after.path.form_path == path),
        ]
        queries = [query for query in around.queries.values() if path.contains(query.path)]
        modified = cascade.mark_modified(changes, queries)
        effects += modified + cascade.follow_declared(
            index, path, partial(_findings, rules, data, path), around.groups,
            [*_flagged(queries, modified), *(own.brought if own else ())],
            status=EntryStatus.REMOVED if path in gone else around.forms[path].status,
            language=language, retired=retired, silent=around.site.silent,
        )  # fmt: skip
    return derived, effects


def _flagged(queries: Sequence[Query], modified: Sequence[Effect]) -> Iterator[Query]:
    """Queries as the marks leave them that say a value changed after they were closed."""
    marked = {effect.payload["query_id"] for effect in modified}
    for query in queries:
        is_marked = query.query_id in marked
        yield replace(query, modified_after_close=True, version=query.version + 1) if is_marked else query


def refuse_hard(
    form: OpenForm,
    items: Mapping[ItemPath, ItemData],
    groups: Mapping[ItemPath, GroupData],
    changes: Sequence[ValueChange],
) -> None:
    """Refuse what a hard check by expression forbids; such a check speaks of its own form only.

    :raises ValueRefused: a hard check fires that reads a changed value; nothing is stored.
    """
    here, rules, silent = form.picture.path, rules_of(form.index), form.picture.silent
    every = rules.hard_of.get(here.form.oid, ()) if here.form is not None else ()
    hard = [one for one in every if check_oid(one.placed.item, one.range_check) not in silent]
    if not hard or not changes:
        return
    change = FormChange(form, items, groups, form.picture.status, changes)
    changed = {one.after.path for one in changes}
    around = _alone(change)
    around.times = _times_after(change, around, {change.form_oid})
    around.answers = answers_of(form.operation.uow, form.operation.subject, [rules_of(form.index)])
    data = around.data(form.index)
    following.settle(rules, data, [here], frozen=frozenset({here}))
    data.hidden -= changed  # what is given to an item that is not asked is judged all the same
    for check in hard:
        for place in data.places(here, check.placed.group_oids):
            read = {path for path, _ in data.read(check.expression, place)}
            if read & changed and data.evaluate(check.expression, place) is False:
                raise ValueRefused(
                    limit_message(check.range_check).in_language(form.reads),
                    path=str(next(change.after.path for change in changes if change.after.path in read)),
                    check=check_oid(check.placed.item, check.range_check),
                )


def value_payload(item: ItemDef, after: ItemData, before: ItemData | None) -> dict[str, Any]:
    """What the entry of a value says, typed or calculated: the value and the one before it."""
    standard = standard_value(item, after.value, after.unit)
    return {
        "raw": after.raw,
        "value": after.value,
        "missing": after.missing,
        "unit": after.unit,
        "parsed": after.reading,
        "standard": standard.payload() if standard else None,
        "old": None
        if before is None
        else {"value": before.value, "missing": before.missing, "raw": before.raw, "unit": before.unit},
        "version": after.version,
        "salt": new_id(),
    }


def derived_effect(
    change: following.Derived, index: MetaDataIndex, ranges: LabRanges = LabRanges()
) -> Effect:
    """The ``derived.set`` entry of a calculated value: method, version and inputs make it repeatable (REQ-AUD-10).

    :param ranges: the study's reference ranges; where they were asked, the entry names the one that holds them.
    """
    after = change.after
    payload = value_payload(change.derivation.placed.item, after, change.before) | {
        "source": {
            "method": change.derivation.method_oid,
            "meta_data_version": index.version.oid,
            "inputs": dict(change.inputs),
        }
    }
    if change.derivation.expression.calls:
        payload["source"]["functions"] = sorted(change.derivation.expression.calls)
    if change.derivation.expression.ranges:
        payload["source"]["ranges"] = ranges.n
    return Effect(
        EntryKind.DERIVED_SET, str(after.path), payload, actor=cascade.SYSTEM, role="", origin="derived"
    )
