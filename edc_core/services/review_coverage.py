"""How far a group of reviewers is: planned and done, of a study and of the forms of some subjects."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from edc_core.domain.review import ReviewState
from edc_core.domain.review_work import Coverage, ReviewSite, StudyCoverage, SubjectCoverage
from edc_core.services.told_again import told_again
from edc_core.store import listing, review_readers
from edc_core.store.row_places import path_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.review_plan import ReviewGroup, ReviewRule
    from edc_core.services.reading import StudyPicture
    from edc_core.store.listing import Scope
    from edc_core.store.readers import SiteRow

FEW = 500  #: subjects that are counted by themselves; of more, all are


def study_coverage(picture: StudyPicture, group: ReviewGroup, sites: Iterable[str]) -> StudyCoverage:
    """Planned and done, in two statements however many subjects there are; one where no subject has changed.

    :param sites: ids of the sites looked at, in scope.
    """
    chosen = [picture.sites[site_id] for site_id in picture.sites if site_id in frozenset(sites)]
    has_plan = any(plan_at(picture, site, group) for site in chosen)
    scope = _scope(picture, chosen)
    rows = listing.heads_in(picture.source.connection, scope) if has_plan else []

    def count(ids: list[str]) -> dict[str, Coverage | None]:
        found: dict[str, Coverage] = defaultdict(Coverage)
        few = frozenset(ids) if len(ids) <= FEW else None
        for row in _asked_for(picture, group, chosen, few, scope):
            found[row.subject_id] += counted(row.state, row.values)
        return {one: found.get(one) for one in ids}

    told = told_again(
        {row.subject_id: ("coverage", group, scope.hidden) for row in rows},
        {row.subject_id: (row.hash, picture.sites[row.site_id]) for row in rows},
        count,
    )
    subjects = tuple(
        SubjectCoverage(row.subject_key, row.site_id, coverage)
        for row in rows
        if (coverage := told[row.subject_id]) is not None
    )
    return StudyCoverage(
        has_plan,
        tuple(
            (review_site(site), sum((s.coverage for s in subjects if s.site_id == site.site_id), Coverage()))
            for site in chosen
        ),
        subjects,
    )


def form_coverage(
    picture: StudyPicture, group: ReviewGroup, subjects: Iterable[str]
) -> dict[tuple[str, ItemPath], Coverage]:
    """Planned and done of each form of some subjects in scope, by subject id; one statement where there is a plan."""
    found: dict[tuple[str, ItemPath], Coverage] = defaultdict(Coverage)
    for row in _asked_for(picture, group, picture.sites.values(), frozenset(subjects)):
        found[row.subject_id, path_of(row.form)] += counted(row.state, row.values)
    return found


def _asked_for(
    picture: StudyPicture,
    group: ReviewGroup,
    sites: Collection[SiteRow],
    ids: frozenset[str] | None = None,
    scope: Scope | None = None,
) -> Iterator[review_readers.Counted]:
    """What is there to be reviewed and what the plan in force at its site asks for."""
    plans = {site.site_id: plan_at(picture, site, group) for site in sites}
    rules = list(dict.fromkeys(rule for plan in plans.values() for rule in plan))
    if not rules:
        return
    scope = scope or _scope(picture, sites)
    for row in review_readers.counts(picture.source.connection, scope, group, rules, ids):
        named = (rule for rule, is_named in zip(rules, row.named, strict=True) if is_named)
        plan, site = plans[row.site_id], picture.sites[row.site_id]
        if any(rule in plan and rule.takes(row.subject_id, site.number, site.risk) for rule in named):
            yield row


def _scope(picture: StudyPicture, sites: Collection[SiteRow]) -> Scope:
    all_of_them = len(sites) == len(picture.sites)
    return picture.scope if all_of_them else picture.scope_at(site.site_id for site in sites)


def plan_at(picture: StudyPicture, site: SiteRow, group: ReviewGroup) -> tuple[ReviewRule, ...]:
    """The rules of a group in the version in force at a site."""
    if not site.meta_data_version:
        return ()
    plan = picture.version(site.meta_data_version).version.review_plan
    return tuple(rule for rule in plan if rule.group is group)


def review_site(site: SiteRow) -> ReviewSite:
    return ReviewSite(site.site_id, site.number, site.name)


def counted(state: str, values: int) -> Coverage:
    return Coverage(
        values,
        values if state == ReviewState.VERIFIED else 0,
        values if state == ReviewState.DROPPED else 0,
    )
