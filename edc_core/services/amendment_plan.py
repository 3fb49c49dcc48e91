"""What moving a subject's forms to another version would do, decided without writing anything.

The impact list shows these plans, the migration carries them out: they cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from edc_core.domain.migration import BEGUN, FormMove, moved, plan_moves
from edc_core.services import following, review_drops
from edc_core.services.check_list import checks_of
from edc_core.services.checking import MAX_CHAIN, CheckPicture, query_effects, requests_for
from edc_core.services.checks_by_version import merged
from edc_core.services.rule_data import surroundings_of
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edc_core.core import Core
    from edc_core.domain.casebook import Casebook, Subject
    from edc_core.domain.check_report import CheckFailure, CheckReport
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.rule_answer import RuleAnswer
    from edc_core.ledger.append import Effect
    from edc_core.plugin_manager import EdcPlugins
    from edc_core.store.readers import SiteRow, StudyRow
    from edc_core.store.unit_of_work import Source


@dataclass(frozen=True)
class Target:
    """The version that forms would move to. It need not be published.

    :param source: to find the published versions in.
    """

    source: Source
    plugins: EdcPlugins
    study: StudyRow
    index: MetaDataIndex
    _checks: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def oid(self) -> str:
        return self.index.version.oid

    def index_of(self, oid: str) -> MetaDataIndex:
        if oid == self.oid:
            return self.index
        return self.source.versions.get(self.source.connection, self.study.study_id, oid)

    def checks(self, versions: Iterable[str]) -> frozenset[str]:
        """OIDs of the checks of some versions, declared and of plugins."""
        found: frozenset[str] = frozenset()
        for oid in versions:
            if oid not in self._checks:
                rows = checks_of(self.plugins, self.index_of(oid), self.study.environment)
                self._checks[oid] = frozenset(row.oid for row in rows)
            found |= self._checks[oid]
        return found


@dataclass(frozen=True)
class SubjectPlan:
    """:param book: the casebook as it is. :param after: as it would be, with the values calculated anew.

    :param effects: what would be written besides ``form.migrate``: calculated values, queries of declared checks,
        marks of verification and review that fall.
    """

    subject: Subject
    site: SiteRow
    book: Casebook
    after: Casebook
    moves: tuple[FormMove, ...]
    effects: tuple[Effect, ...]

    @cached_property
    def going(self) -> tuple[FormMove, ...]:
        return tuple(move for move in self.moves if move.moves)


def plan_subject(
    source: Source, target: Target, subject: Subject, site: SiteRow, ahead: Sequence[RuleAnswer] = ()
) -> SubjectPlan:
    """Plan for one subject: which forms move, and what follows.

    :param source: a transaction that reads, or the one that will carry the plan out.
    :param ahead: what functions of plugins answer to the new version's rules; see ``foretell``.
    """
    book = readers.casebook(source, subject)
    moves = plan_moves(book, target.index, target.index_of)
    after = moved(book, moves, target.oid)
    going = [move for move in moves if move.moves]
    if not going:
        return SubjectPlan(subject, site, book, after, moves, ())
    left = {form.meta_data_version for form in after.forms.values()}
    retired = target.checks({move.from_version for move in going}) - target.checks(left)
    begun = [move.path for move in going if move.status in BEGUN]
    followed = following.follow_versions(
        source, after, site, begun, target.index_of, retired=retired, ahead=ahead
    )
    after = replace(after, items=dict(followed.items))
    dropped = review_drops.of_versions(book, (move.path for move in going), target.index, followed.effects)
    return SubjectPlan(subject, site, book, after, moves, (*followed.effects, *dropped))


@dataclass(frozen=True, slots=True)
class Foretold:
    """A plan with what plugins say of it.

    :param effects: what the plugin checks would do to the subject's queries after the move.
    :param answers: of functions to rules that read the moved forms, which were not known.
    """

    plan: SubjectPlan
    effects: tuple[Effect, ...] = ()
    failures: tuple[CheckFailure, ...] = ()
    answers: tuple[RuleAnswer, ...] = ()


def foretell(core: Core, target: Target, subject: Subject, site: SiteRow) -> Foretold:
    """Plan for one subject, with functions of plugins asked; what rests on an answer is asked in the next turn."""
    told = Foretold(plan_subject(target.source, target, subject, site))
    for _ in range(MAX_CHAIN):
        picture, report = _report(core, target, told)
        answers = told.answers + report.answers
        if not report.answers:
            return Foretold(told.plan, tuple(query_effects(picture, report)), report.failures, answers)
        told = Foretold(plan_subject(target.source, target, subject, site, answers), answers=answers)
    return told


def _report(core: Core, target: Target, told: Foretold) -> tuple[CheckPicture, CheckReport]:
    """What the check host says of the casebook after the move; it looks at a picture, as always."""
    plan = told.plan
    kept = {form.meta_data_version for form in plan.after.forms.values()} - {target.oid}
    older = tuple(target.index_of(oid) for oid in sorted(kept))
    picture = CheckPicture(
        plan.subject, plan.after, target.index, target.study.environment, target.index.version.plugins,
        older, n=0, seen=0, resting={},
        around=surroundings_of(target.source, plan.after, plan.site, (target.index, *older), told.answers),
    )  # fmt: skip
    idle = not plan.going or not target.index.version.plugins
    requests = () if idle else requests_for(picture, core.plugins, core.clock.now())
    return picture, merged(core.check_host.run(request) for request in requests)
