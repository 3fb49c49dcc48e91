"""What of the schedule each subject is expected to have, by the version in force at its site: for pages and for writes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from edc_core.domain.casebook import FormData, ItemData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.finding import Found, Severity
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.protection import Protection
from edc_core.domain.reconcile import reconcile
from edc_core.domain.said import said
from edc_core.domain.visit_window import VisitTiming
from edc_core.errors import WrongState
from edc_core.expressions.answers import Answers
from edc_core.expressions.following import item_fingerprint
from edc_core.expressions.frame import SubjectData
from edc_core.expressions.rules import rules_of
from edc_core.expressions.schedule import Schedule, is_conditional
from edc_core.services import cascade
from edc_core.services.rule_data import answers_of
from edc_core.store import rule_answers, schedule_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from edc_core.domain.casebook import Casebook, EventData, GroupData, Subject
    from edc_core.domain.index import MetaDataIndex
    from edc_core.ledger.append import Effect
    from edc_core.services.form_change import FormChange
    from edc_core.services.operation import SubjectOperation
    from edc_core.services.reading import StudyPicture
    from edc_core.store.listing import SubjectRow
    from edc_core.store.readers import SiteRow
    from edc_core.store.unit_of_work import Source

NOT_APPLICABLE = "EDC.FORM_NOT_APPLICABLE"  #: a form that is not expected holds data
_BEGUN = (EntryStatus.IN_PROGRESS, EntryStatus.COMPLETE)


@dataclass(frozen=True)
class Outlook:
    """What one subject is expected to have.

    :param schedule: ``None`` where the schedule has no conditions: everything is expected.
    :param forms: forms begun; empty where counts tell enough.
    :param kept: forms that are not expected but hold data.
    :param hidden: OIDs of items that the person may not see. :param now: by the clock of the subject's site.
    :param optional: OIDs of events that the protocol does not make mandatory, so that they are never awaited.
    """

    schedule: Schedule | None = None
    forms: Mapping[ItemPath, FormData] = field(default_factory=dict)
    kept: frozenset[ItemPath] = frozenset()
    hidden: frozenset[str] = frozenset()
    now: datetime | None = None
    optional: frozenset[str] = frozenset()

    def expects(self, place: ItemPath) -> bool:
        """Whether an event occurrence, or a form in one, is expected."""
        return self.schedule is None or self.schedule.expects(place)

    def timing(self, event: Step, *, awaits: bool) -> VisitTiming:
        """When an occurrence of an event took place or is due, as far as the person may know.

        :param awaits: nothing in it was begun and it was not marked as not done.
        """
        if self.schedule is None:
            return VisitTiming()
        awaits = awaits and event.oid not in self.optional and self.expects(ItemPath(event))
        return self.schedule.timing(event, self.hidden, self.now, awaits=awaits)


def outlooks(
    picture: StudyPicture,
    subjects: Sequence[Subject | SubjectRow],
    added: Mapping[str, Mapping[ItemPath, EventData]],
    now: datetime | None = None,
) -> dict[str, Outlook]:
    """The outlook of each subject by its id: at most four statements, none where no schedule has conditions or dates.

    :param added: occurrences of events that were added or marked, by subject id.
    :param now: the moment at which it is shown; without it nothing is said to be due.
    """
    found = {one.subject_id: Outlook() for one in subjects}
    versions = {site_id: site.meta_data_version for site_id, site in picture.sites.items()}
    conditional = [
        one
        for one in subjects
        if versions[one.site_id] and _looks_ahead(picture.version(versions[one.site_id]))
    ]
    if not conditional:
        return found
    connection, study_id = picture.source.connection, picture.study.study_id
    ids = [one.subject_id for one in conditional]
    items = {
        item
        for version in {versions[one.site_id] for one in conditional}
        for _, item in rules_of(picture.version(version)).outlook_reads.nodes
    }
    facts = schedule_facts.schedule_facts(connection, study_id, ids, items)
    calls = any(rules_of(picture.version(version)).calls for version in versions.values() if version)
    said = rule_answers.answers(connection, study_id, ids) if calls else {}
    schedules = {}
    for one in conditional:
        index, own = picture.version(versions[one.site_id]), facts[one.subject_id]
        gone = _removed(added.get(one.subject_id, {}))
        rules = rules_of(index)
        schedules[one.subject_id] = Schedule(
            rules,
            _data(
                index,
                own.forms,
                own.items,
                own.groups,
                gone,
                picture.sites[one.site_id],
                Answers.of(said.get(one.subject_id, ())),
            ),
            rules.outlook_reads,
        )
    left = {
        (subject_id, path)
        for subject_id, schedule in schedules.items()
        for path, form in facts[subject_id].forms.items()
        if form.status in _BEGUN and not schedule.expects(path)
    }
    if left:
        left &= schedule_facts.forms_with_data(connection, study_id, ids, {path for _, path in left})
    hidden = {site_id: picture.hidden_at([site_id]) for site_id in {one.site_id for one in conditional}}
    for one in conditional:
        subject_id = one.subject_id
        mine = frozenset(path for who, path in left if who == subject_id)
        found[subject_id] = Outlook(
            schedules[subject_id],
            facts[subject_id].forms,
            mine,
            hidden[one.site_id],
            _at_site(picture.sites[one.site_id], now),
            _optional(picture.version(versions[one.site_id])),
        )
    return found


@lru_cache(maxsize=256)
def _optional(index: MetaDataIndex) -> frozenset[str]:
    return frozenset(ref.study_event_oid for ref in index.version.event_refs if not ref.mandatory)


@lru_cache(maxsize=256)
def _looks_ahead(index: MetaDataIndex) -> bool:
    """Whether it takes more than counts to say how a visit stands: conditions, dates, forms that need not be there."""
    rules = rules_of(index)
    mixed = (len({use.mandatory for use in event.form_refs}) > 1 for event in index.version.events)
    return bool(rules.scheduled or rules.timings) or any(mixed)


def _at_site(site: SiteRow, now: datetime | None) -> datetime | None:
    """What the site's clock and calendar show."""
    return None if now is None else now.astimezone(ZoneInfo(site.zone or "UTC"))


def _removed(events: Mapping[ItemPath, EventData]) -> frozenset[ItemPath]:
    return frozenset(path for path, event in events.items() if event.removed)


def _data(
    index: MetaDataIndex,
    forms: Mapping[ItemPath, FormData],
    items: Mapping[ItemPath, ItemData],
    groups: Mapping[ItemPath, GroupData],
    removed: frozenset[ItemPath],
    site: SiteRow,
    answers: Answers,
) -> SubjectData:
    return SubjectData(
        index, forms, items, groups, removed, site=site.number, country=site.country, zone=site.zone,
        answers=answers,
    )  # fmt: skip


def forms_left_out(
    source: Source, book: Casebook, index: MetaDataIndex, event: ItemPath, site: SiteRow
) -> frozenset[ItemPath]:
    """Forms of an event occurrence that are not expected.

    :param book: everything collected of the subject. :param index: the version in force at its site.
    """
    assert event.event is not None
    rules = rules_of(index)
    if not rules.scheduled:
        return frozenset()
    definition = index.events.get(event.event.oid)
    forms = [ItemPath(event.event, Step(ref.form_oid)) for ref in definition.form_refs] if definition else []
    if not any(is_conditional(rules, form) for form in forms):
        return frozenset()
    known = answers_of(source, book.subject, [rules])
    data = _data(index, book.forms, book.items, book.groups, _removed(book.events), site, known)
    schedule = Schedule(rules, data, rules.schedule_reads)
    return frozenset(form for form in forms if not schedule.expects(form))


def require_level(index: MetaDataIndex, place: ItemPath, subject: Subject) -> None:
    """:raises WrongState: an event of the study as a whole is asked of a subject, or the other way round."""
    event = index.events.get(place.event.oid) if place.event else None
    if event is not None and event.study_level is not subject.is_record:
        where = (
            "the study as a whole, not to a subject"
            if event.study_level
            else "subjects, not to the study as a whole"
        )
        raise WrongState(f"This form belongs to {where}.")


def require_expected(operation: SubjectOperation, form: ItemPath, removed: frozenset[ItemPath]) -> None:
    """Refuse to begin a form that is not expected: three statements where a condition stands over it, else none.

    :raises WrongState: it is not required for this subject, or belongs to the study and not to a subject.
    """
    uow, site, subject = operation.uow, operation.site, operation.subject
    index = uow.versions.get(uow.connection, subject.study_id, site.meta_data_version)
    require_level(index, form, subject)
    rules = rules_of(index)
    if not is_conditional(rules, form):
        return
    items = {item for _, item in rules.schedule_reads.nodes}
    ids = [subject.subject_id]
    facts = schedule_facts.schedule_facts(uow.connection, subject.study_id, ids, items)[subject.subject_id]
    known = answers_of(uow, subject, [rules])
    data = _data(index, facts.forms, facts.items, facts.groups, removed, site, known)
    if not Schedule(rules, data, rules.schedule_reads).expects(form):
        raise WrongState(
            "This form is not required for this subject, so it cannot be begun. "
            "If it should be, look at the answers that decide it."
        )


def queries_of_kept(change: FormChange, effects: Iterable[Effect]) -> list[Effect]:
    """Queries about forms that are not expected and hold data, as a change of one form leaves them (REQ-DAT-13).

    Nothing is read unless the change may touch what is expected, or the form itself stands under a condition and was
    begun before: when it is begun, it is expected.

    :param effects: what follows from the change so far.
    """
    form, here = change.form, change.path
    uow, site, subject = form.operation.uow, form.operation.site, form.operation.subject
    if not site.meta_data_version:
        return []
    index = uow.versions.get(uow.connection, subject.study_id, site.meta_data_version)
    rules = rules_of(index)
    if not rules.scheduled or not (
        (is_conditional(rules, here) and not form.begins)
        or rules.touches_schedule(change.form_oid, change.changed, rows=change.has_other_rows)
    ):
        return []
    return kept_forms(uow, change.casebook, index, site, effects, form.language)


def kept_forms(
    source: Source,
    book: Casebook,
    index: MetaDataIndex,
    site: SiteRow,
    effects: Iterable[Effect],
    language: str,
) -> list[Effect]:
    """Queries about forms that are not expected and hold data; parameters as of ``queries_of_kept``.

    :param index: the version in force at the site.
    """
    rules, everything = rules_of(index), {**book.items, **_calculated(effects)}
    known = answers_of(source, book.subject, [rules])
    data = _data(index, book.forms, everything, book.groups, _removed(book.events), site, known)
    schedule = Schedule(rules, data, rules.schedule_reads)
    holding: dict[ItemPath, list[ItemData]] = {}
    for path, item in everything.items():
        if not item.is_blank:
            holding.setdefault(path.form_path, []).append(item)
    findings = [
        Found(NOT_APPLICABLE, path, said("form kept"), Severity.QUERY, _fingerprint(holding[path]))
        for path in sorted(holding, key=str)
        if book.forms[path].status in _BEGUN and not book.is_removed(path) and not schedule.expects(path)
    ]
    steps = reconcile(
        [query for query in book.queries.values() if book.protection(query.path) is not Protection.LOCKED],
        [found for found in findings if book.protection(found.path) is not Protection.LOCKED],
        covers=lambda query: query.check_oid == NOT_APPLICABLE,
        may_open=True,
    )
    return [cascade.query_effect(step, language, index.version.policy) for step in steps]


def _fingerprint(items: Iterable[ItemData]) -> str:
    return hashlib.sha256("".join(sorted(map(item_fingerprint, items))).encode()).hexdigest()


def _calculated(effects: Iterable[Effect]) -> dict[ItemPath, ItemData]:
    """Values that the same operation calculates."""
    found = {}
    for effect in effects:
        if effect.kind is EntryKind.DERIVED_SET:
            path, said = ItemPath.parse(effect.path), effect.payload
            found[path] = ItemData(path, said["raw"], said["value"], version=said["version"])
    return found
