"""Whether the people of a site may lose access: not before the investigator has the site's records (REQ-LCK-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.errors import WrongState
from edc_core.ledger import cut, site_chains
from edc_core.services import users
from edc_core.store import readers
from edc_core.store.investigators import investigators

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.store.readers import StudyRow
    from edc_core.store.unit_of_work import Source

NONE_YET = "nobody has confirmed the receipt of the copy of its records"
CHANGED = "its records have changed since the copy whose receipt was confirmed"


def why_access_stays(source: Source, study: StudyRow) -> dict[str, str]:
    """Why sites of a live study cannot lose access, by site id, in words that go on after a number; a site that can is not
    in it: it holds no records, or a receipt is in the ledger for a copy that has all of them, as they are now.
    """
    if study.environment != "live":
        return {}
    connection, study_id = source.connection, study.study_id
    now = site_chains.by_site(connection, study_id, site_chains.heads(connection, study_id))
    said = site_chains.said(connection, study_id, (EntryKind.EXPORT_RECEIPT,))
    received = {one["site_id"]: one["cut"] for _, one in said}
    held = {
        root: {chain: n for chain, n, _ in cut.find(connection, study_id, root).vector}
        for root in set(received.values())
    }
    found = {}
    for site_id, chains in now.items():
        copy = held.get(received.get(site_id, ""))
        if copy is None:
            found[site_id] = NONE_YET
        elif any(copy.get(chain, 0) < n for chain, n in chains.items()):
            found[site_id] = CHANGED
    return found


def refuse_gap(source: Source, ending: Iterable[str], today: str) -> None:
    """Refuse that roles end where a site would have no investigator left who reads its records, and may not yet.

    :param ending: ids of the grants. :raises WrongState: naming the first such site and what to do.
    """
    ids = set(ending)
    held = investigators(source.connection, today)
    for study_id in sorted({one.study_id for one in held if one.grant_id in ids}):
        study = readers.study_by_id(source.connection, study_id)
        stays = why_access_stays(source, study)
        for site in readers.sites(source.connection, study_id).values():
            here = [
                one
                for one in held
                if one.study_id == study_id and one.grant.covers(site.site_id, site.country)
            ]
            place = Place(study_id, site.site_id, site.country)
            goes_on = any(
                users.actor_of(source, one.login, today).may(Action.TAKE_COPY, place)
                for one in here
                if one.grant_id not in ids
            )
            ends = any(one.grant_id in ids for one in here)
            if ends and not goes_on and (why := stays.get(site.site_id)):
                raise WrongState(
                    f"This is the only investigator of site {site.number} in {study}, and {why}. Make the copy and hand "
                    "it over (page Copies of sites), or give another investigator the role first."
                )
