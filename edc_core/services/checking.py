"""Plugin checks: run on a picture after the commit, their findings brought into the ledger in a second transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from edc_core.check_host import CheckRequest
from edc_core.clock import iso
from edc_core.domain.check_report import CheckReport
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.finding import NOT_CALCULATED
from edc_core.domain.form_checks import check_oid
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Actor
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.protection import Protection
from edc_core.domain.quarantine import Quarantine, after_failure
from edc_core.domain.reconcile import reconcile
from edc_core.expressions.rules import rules_of
from edc_core.ids import new_id
from edc_core.ledger.append import Effect
from edc_core.services import across, answering, following
from edc_core.services.cascade import SYSTEM, query_effect
from edc_core.services.checks_by_version import as_at_site, merged, usable
from edc_core.services.entry_gate import standing
from edc_core.services.operation import SubjectCommand, SubjectOperation, open_subject
from edc_core.services.rule_data import surroundings_of
from edc_core.store import checks, readers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.core import Core
    from edc_core.domain.casebook import Casebook, Subject
    from edc_core.domain.casebook_wire import Surroundings
    from edc_core.domain.check_report import CheckFailure
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.metadata import PluginUse
    from edc_core.domain.query import Query
    from edc_core.plugin_manager import EdcPlugins
    from edc_core.store.unit_of_work import Reading, Source, UnitOfWork

SYSTEM_ACTOR = Actor(SYSTEM, full_name="The system", trusted=True)
ATTEMPTS = 3
MAX_CHAIN = 50  #: answers that rest on each other, one after another


@dataclass(frozen=True, slots=True)
class Checked:
    """What a run of plugin checks did to a subject: ids of queries touched, and what failed."""

    queries: tuple[str, ...] = ()
    failures: tuple[CheckFailure, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class CheckPicture:
    """A casebook as plugin checks look at it.

    :param index: the version in force at the site. :param older: versions of forms that began before it.
    :param around: what declared checks that call functions of plugins know of the subject besides.
    """

    subject: Subject
    casebook: Casebook
    index: MetaDataIndex
    environment: str
    uses: tuple[PluginUse, ...]
    older: tuple[MetaDataIndex, ...]
    n: int
    seen: int
    resting: dict[str, Quarantine]
    around: Surroundings
    site: str = ""  #: its number
    silent: frozenset[str] = frozenset()  #: OIDs of checks that are switched off there


def check_subject(
    core: Core, study_id: str, subject_id: str, *, overall_s: float | None = None, looked_across: bool = False
) -> Checked:
    """Run the study's plugin checks on one subject and reconcile queries with what they found.

    When the subject was written to meanwhile, the findings are of an old picture: they are dropped, it looks again, and
    where that happens at every attempt the subject stays due. What it shares with other subjects is looked at first, so
    that a crash in between leaves the subject due.

    :param looked_across: the checks across subjects have been run for it.
    """
    for attempt in range(1, ATTEMPTS + 1):
        picture = _look(core, study_id, subject_id)
        if picture is None or picture.seen >= picture.n:
            return Checked()
        if picture.environment == "live" and not core.plugins.activate(picture.uses).is_as_published:
            return Checked(is_whole=False)  # it stays due until the plugin's version is approved
        if picture.seen == checks.UNSEEN and attempt == 1:
            with core.write(SYSTEM_ACTOR) as uow:
                answering.bring_in(uow, picture.subject, (), again=True)
            continue
        if not looked_across:
            looked_across = True
            if _check_across(core, picture, [subject_id]):
                continue
        picture, report = _ask(core, picture, overall_s)
        with core.write(SYSTEM_ACTOR) as uow:
            operation = _open(uow, picture.subject)
            if operation.head.n == picture.n:
                return _bring_in(operation, picture, report)
    return Checked(is_whole=False)


def _ask(core: Core, picture: CheckPicture, overall_s: float | None) -> tuple[CheckPicture, CheckReport]:
    """Run the checks; while functions give answers that rules waited for, bring these in and look again."""
    report = CheckReport()
    for _ in range(MAX_CHAIN):
        report = merged(
            core.check_host.run(request, overall_s=overall_s)
            for request in requests_for(picture, core.plugins, core.clock.now())
        )
        if not report.answers:
            return picture, report
        with core.write(SYSTEM_ACTOR) as uow:
            if not answering.bring_in(uow, picture.subject, report.answers):
                return picture, report
        again = _look(core, picture.subject.study_id, picture.subject.subject_id)
        if again is None:
            return picture, report
        picture = again
    return picture, replace(report, unfinished=("",))  # it stays due


def check_due(core: Core, study_id: str, *, before: str = "", limit: int = 1000) -> int:
    """Run the checks of every subject that waits for them (after a crash, an import, a simulation).

    :param before: only subjects whose last entry is older than this instant (UTC ISO 8601).
    :returns: how many subjects are done with; those with a check that did not come to its end are not.
    """
    with core.read() as source:
        if _is_closed(core, source, study_id):
            return 0
        waiting = checks.due(source.connection, study_id, before=before, limit=limit)
    if waiting and (picture := _look(core, study_id, waiting[0])) is not None:
        _check_across(core, picture, waiting)
    return sum(
        check_subject(core, study_id, subject_id, looked_across=True).is_whole for subject_id in waiting
    )


def _check_across(core: Core, picture: CheckPicture, due: list[str]) -> bool:
    """Run the checks across subjects, when one that is due was changed in what they read, and bring in what differs.

    :param picture: of one of them: the checks are those of the version in force at its site.
    :returns: whether anything was brought in.
    """
    request, study_id = next(requests_for(picture, core.plugins, core.clock.now())), picture.subject.study_id
    report = across.look(core, study_id, request, due)
    if report is None:
        return False
    changed = across.by_subject(core, study_id, report, due)
    for subject_id, found in changed.items():
        own = replace(report, found=found, failures=report.failures if subject_id == due[0] else ())
        with core.write(SYSTEM_ACTOR) as uow:
            operation = _open(uow, readers.subject_by_id(uow.connection, study_id, subject_id))
            if at_hand := _picture(uow, study_id, subject_id):
                _bring_in(operation, at_hand, own, is_across=True)
    return bool(changed)


def _is_closed(core: Core, source: Reading, study_id: str) -> bool:
    """Whether no site's plugins are those in force in a live study: its checks wait, so nobody need look at subjects."""
    study = readers.study_by_id(source.connection, study_id)
    versions = {site.meta_data_version for site in readers.sites(source.connection, study_id).values()} - {""}
    return (
        study.environment == "live"
        and bool(versions)
        and not any(
            standing(source, core.plugins.activate, study, meta_data_version=version).is_as_published
            for version in versions
        )
    )


def _look(core: Core, study_id: str, subject_id: str) -> CheckPicture | None:
    with core.read(consistent=True) as source:
        return _picture(source, study_id, subject_id)


def _picture(source: Source, study_id: str, subject_id: str) -> CheckPicture | None:
    n, seen = checks.position(source.connection, study_id, subject_id)
    subject = readers.subject_by_id(source.connection, study_id, subject_id)
    site = readers.sites(source.connection, study_id)[subject.site_id]
    if not site.meta_data_version:
        return None
    index = source.versions.get(source.connection, study_id, site.meta_data_version)
    study = readers.study_by_id(source.connection, study_id)
    uses = source.versions.plugins(
        source.connection, study_id, site.meta_data_version, upgraded_n=study.upgraded_n
    )
    book = readers.casebook(source, subject)
    kept = {form.meta_data_version for form in book.forms.values()} - {site.meta_data_version}
    older = tuple(source.versions.get(source.connection, study_id, oid) for oid in sorted(kept))
    resting = {
        row["check_oid"]: Quarantine(
            row["check_oid"], row["plugin"], row["failures"], datetime.fromisoformat(row["until"])
        )
        for row in checks.health(source.connection, study_id)
        if row["until"]
    }
    around = surroundings_of(source, book, site, (index, *older))
    return CheckPicture(
        subject, book, index, study.environment, uses, older, n, seen, resting, around, site.number,
        site.silent,
    )  # fmt: skip


def requests_for(picture: CheckPicture, plugins: EdcPlugins, now: datetime) -> Iterator[CheckRequest]:
    """One for each version the casebook holds: a form is judged by the checks of the version it keeps."""
    live = picture.environment == "live"
    versions = (picture.index, *picture.older)
    for index in versions:
        uses = picture.uses if index is picture.index else as_at_site(index.version.plugins, picture.uses)
        active = usable(plugins, uses) if live else plugins.activate(uses)
        stamps = {identity.stamp for identity in active.plugins}
        skip = frozenset(
            rest.check_oid
            for rest in picture.resting.values()
            if stamps.issuperset(rest.plugin.split(", ")) and rest.skips(rest.plugin, now)
        )
        yield CheckRequest(
            PluginStudy.of(index, picture.environment),
            active.sources,
            picture.casebook,
            skip,
            tuple(other for other in versions if other is not index),
            picture.around,
        )


def _open(uow: UnitOfWork, subject: Subject) -> SubjectOperation:
    op = f"checks:{new_id()}"
    return open_subject(
        uow, SubjectCommand(study_id=subject.study_id, op=op, subject_key=subject.subject_key)
    )


def _bring_in(
    operation: SubjectOperation, picture: CheckPicture, report: CheckReport, *, is_across: bool = False
) -> Checked:
    """The second transaction. :param picture: of the subject as it is now, with its chain held.

    :param is_across: the report is of checks across subjects; those of the casebook have not been run.
    """
    subject, connection = picture.subject, operation.uow.connection
    _keep_health(operation, picture, report)
    effects = [
        replace(effect, meta_data_version=_version_at(picture, effect.path))
        for effect in query_effects(picture, report) + _failure_effects(operation, report)
    ]
    operation.record(effects, meta_data_version=picture.index.version.oid)
    found, settled = report.found, report.settled
    if not is_across:
        versions = (picture.index, *picture.older)
        found += tuple(following.waiting(operation.uow, picture.casebook, operation.site, versions))
        settled |= {NOT_CALCULATED}
    checks.replace_findings(connection, subject, found, settled=settled, n=operation.head.n)
    # what checks across subjects wrote is nothing that those of the casebook read
    is_seen = picture.seen == picture.n if is_across else not report.unfinished
    seen = operation.head.n if is_seen else picture.seen
    checks.mark_seen(connection, subject.study_id, subject.subject_id, seen, was=picture.seen)
    touched = tuple(e.payload["query_id"] for e in effects if e.kind.value.startswith("query."))
    return Checked(touched, report.failures, is_whole=not report.unfinished)


def _version_at(picture: CheckPicture, place: str) -> str:
    """The version by which a place is judged: its form's."""
    path = ItemPath.parse(place)
    form = picture.casebook.forms.get(path.form_path) if path.form is not None else None
    return form.meta_data_version if form is not None else picture.index.version.oid


def query_effects(picture: CheckPicture, report: CheckReport) -> list[Effect]:
    """What findings do to the queries of a casebook."""
    book = picture.casebook
    language = picture.index.version.language_at(picture.site)

    def is_locked(path: ItemPath) -> bool:
        return book.protection(path) is Protection.LOCKED

    def is_complete(path: ItemPath) -> bool:
        form = book.forms.get(path.form_path) if path.form is not None else None
        return form is not None and form.status is EntryStatus.COMPLETE

    def covers(query: Query) -> bool:
        settled = query.check_oid in report.settled - picture.silent and not is_locked(query.path)
        return settled and not _asked_in_writes(picture, query) and not _still_found(query, report)

    steps = reconcile(
        book.queries.values(),
        [
            found
            for found in report.found
            if is_complete(found.path) and not is_locked(found.path) and found.check_oid not in picture.silent
        ],
        covers=covers,
        may_open=True,
    )
    return [query_effect(step, language, picture.index.version.policy) for step in steps]


def _asked_in_writes(picture: CheckPicture, query: Query) -> bool:
    """Whether the version of the query's form declares the check without a call of a plugin: writes answer for it."""
    form = picture.casebook.forms.get(query.path.form_path)
    if form is None or form.path.form is None:
        return False
    index = next((one for one in picture.older if one.version.oid == form.meta_data_version), picture.index)
    declared = rules_of(index).checks_of.get(form.path.form.oid, ())
    return any(check_oid(one.placed.item, one.range_check) == query.check_oid for one in declared)


def _still_found(query: Query, report: CheckReport) -> bool:
    identity = (query.check_oid, query.finding_key, str(query.path))
    return any(found.identity == identity for found in report.found)


def _failure_effects(operation: SubjectOperation, report: CheckReport) -> list[Effect]:
    """Failures that this chain does not know yet: a check that fails at every save leaves one entry, not hundreds."""
    known = readers.failed_checks(operation.uow.connection, operation.command.study_id, operation.head.chain)
    return [
        Effect(
            EntryKind.CHECK_FAILED,
            failure.path,
            {
                "check_oid": failure.check_oid,
                "plugin": failure.plugin,
                "failure": failure.kind.value,
                "text": failure.text,
            },
        )
        for failure in report.failures
        if (failure.check_oid, failure.plugin, failure.kind.value) not in known
    ]


def _keep_health(operation: SubjectOperation, picture: CheckPicture, report: CheckReport) -> None:
    connection, study_id = operation.uow.connection, operation.command.study_id
    now = operation.uow.clock.now()
    answered = report.settled & {
        check_oid for check_oid, _ in report.ran
    }  # without the form, it was not asked
    if answered:
        checks.forget_health(connection, study_id, answered)
    for failure in report.failures:
        before = picture.resting.get(failure.check_oid)
        rest = after_failure(before, failure.check_oid, failure.plugin, failure.kind, now)
        checks.put_health(
            connection,
            {
                "study_id": study_id,
                "plugin": failure.plugin,
                "check_oid": failure.check_oid,
                "failures": rest.failures if rest else 1,
                "strikes": rest.failures if rest else 0,
                "state": "resting" if rest else "failing",
                "kind": failure.kind.value,
                "error": failure.text,
                "since": iso(now),
                "until": rest.until.isoformat() if rest else "",
            },
        )
