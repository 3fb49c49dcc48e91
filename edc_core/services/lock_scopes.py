"""How the study, its sites and its subjects are protected, and what is open in each: what a page of locks adds up."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING

from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.lock_scopes import AtLock, LockScopes, SiteScope, SubjectScope
from edc_core.domain.protection import ProtectionRow
from edc_core.domain.query import QueryState
from edc_core.services.protection_steps import steps_for
from edc_core.store import listing, listing_queries

if TYPE_CHECKING:
    from edc_core.services.reading import StudyPicture


def lock_scopes(picture: StudyPicture) -> LockScopes:
    """Five statements, however many subjects there are."""
    connection, scope = picture.source.connection, picture.scope
    queries: dict[str, Counter[QueryState]] = defaultdict(Counter)
    for subject_id, _, state, number in listing.open_queries(connection, scope):
        queries[subject_id][state] += number
    begun = listing.forms_in_progress(connection, scope)
    placed = listing.protections(connection, picture.study.study_id)
    rows = {(one.chain, one.site_id): one.row for one in placed if one.path == ItemPath()}
    people = {name for row in rows.values() for name in (row.actor, row.requested_by) if name}
    names = listing_queries.full_names(connection, people)

    @cache  # most subjects of a site stand alike
    def at(own: ProtectionRow, site_id: str) -> AtLock:
        steps, confirm = steps_for(picture, own, site_id=site_id, is_study=not site_id)
        by, asked_by = (names.get(name, name) for name in (own.actor, own.requested_by))
        return AtLock(own, by, asked_by, steps, confirm)

    nothing = ProtectionRow()
    return LockScopes(
        at(rows.get((STUDY_CHAIN, ""), nothing), ""),
        tuple(
            SiteScope(site_id, site.number, site.name, at(rows.get((STUDY_CHAIN, site_id), nothing), site_id))
            for site_id, site in picture.sites.items()
        ),
        tuple(
            SubjectScope(
                row.subject_key,
                row.site_id,
                at(rows.get((row.subject_id, ""), nothing), row.site_id),
                begun.get(row.subject_id, 0),
                queries[row.subject_id][QueryState.OPEN],
                queries[row.subject_id][QueryState.ANSWERED],
            )
            for row in listing.subjects(connection, scope, listing.SubjectFilter(), limit=1_000_000)
        ),
    )
