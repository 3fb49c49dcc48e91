"""Which countries keep the data of their sites in a study: those of the setting, without those with a legal basis on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edc_core.clock import iso
from edc_core.domain.gate import GateEvent
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.domain.residency import LegalBasis, Residency
from edc_core.errors import BadRequest, EntryClosed, NotFound
from edc_core.ledger import site_chains
from edc_core.ledger.append import Effect
from edc_core.services.operation import once, open_study
from edc_core.store import gates, readers
from edc_core.store.gates import lacks_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edc_core.domain.export_commands import RecordLegalBasis
    from edc_core.domain.gate import Gate
    from edc_core.domain.metadata import MetaDataVersion
    from edc_core.domain.residency import Hosting
    from edc_core.services.operation import Operation
    from edc_core.services.reading import StudyPicture
    from edc_core.store.locks import HeldSite
    from edc_core.store.unit_of_work import Source, UnitOfWork

LONGEST = 2_000


@once(open_study)
def record(operation: Operation, command: RecordLegalBasis) -> dict[str, Any]:
    """Put a legal basis on record, or end it with an empty one.

    :raises NotFound: the study has no site in the country. :raises BadRequest: too long, or there is none to end.
    """
    operation.require(Action.MANAGE_SITES, Place.every_site(command.study_id))
    uow, basis = operation.uow, command.basis.strip()
    if command.country not in {
        site.country for site in readers.sites(uow.connection, command.study_id).values()
    }:
        raise NotFound(f"This study has no site in '{command.country}'.")
    if len(basis) > LONGEST:
        raise BadRequest(f"A legal basis has at most {LONGEST:,} letters.")
    if not basis and command.country not in bases(uow, command.study_id):
        raise BadRequest("Write the legal basis: the article, the consent or the contract that allows it.")
    facts = {"country": command.country, "basis": basis}
    operation.record([Effect(EntryKind.STUDY_RESIDENCY, "", facts)])
    return facts


def bases(source: Source, study_id: str) -> dict[str, LegalBasis]:
    """What is on record, by country."""
    found: dict[str, LegalBasis] = {}
    for row, said in site_chains.said(source.connection, study_id, (EntryKind.STUDY_RESIDENCY,)):
        found.pop(said["country"], None)
        if said["basis"]:
            found[said["country"]] = LegalBasis(said["country"], said["basis"], row.actor, row.at)
    return found


def kept(source: Source, study_id: str, countries: frozenset[str]) -> frozenset[str]:
    """Countries of the study's sites whose data stay there. :param countries: ``Settings.kept_countries``."""
    if not countries:
        return countries
    here = {site.country for site in readers.sites(source.connection, study_id).values()}
    return countries & here - bases(source, study_id).keys()


def require_place(uow: UnitOfWork, version: MetaDataVersion, site: HeldSite) -> None:
    """Refuse a subject whose data may not lie where this installation keeps them (REQ-PRV-08). What was entered before stays.

    :raises EntryClosed: naming the place, the rule, and what lets them lie there.
    """
    found = list(uow.hosting.abroad(version.gates, site.country, iso(uow.clock.now())[:10]))
    if found and site.country not in bases(uow, site.study_id):
        said = "; ".join(f"{one.place} ({one.rule})" for one in found)
        raise EntryClosed(
            f"Site {site.number} takes no subject yet: data of sites in {site.country} may not lie in {said}, where this "
            "installation keeps them (EDC_DATA_COUNTRIES). Whoever manages the sites records a legal basis on the page Data "
            "that stay."
        )


def staying(picture: StudyPicture, hosting: Hosting, on: str, destination: str) -> tuple[str, ...]:
    """Countries whose data a file that is taken from a page holds and that may not go where it goes.

    Nothing is asked of who acts at some sites alone: it is there that such a person works.

    :param on: ISO date. :param destination: ISO 3166-1 alpha-2, or empty.
    """
    connection, study = picture.source.connection, picture.study
    if not (picture.actor.trusted or picture.actor.roles(Place.every_site(study.study_id))):
        return ()
    every = picture.version(study.meta_data_version).version.gates if study.meta_data_version else ()
    closed = [one for one in every if one.event is GateEvent.EXPORT and not one.lets_lie(destination, on)]
    recorded = gates.recorded(connection, study.study_id) if any(one.needs for one in closed) else {}
    based = bases(picture.source, study.study_id)
    sites: dict[str, set[str]] = {}
    for site in picture.all_sites.values():
        sites.setdefault(site.country, set()).add(site.site_id)

    def stays(country: str) -> bool:
        if country in hosting.kept - {destination} - based.keys():
            return True
        here = [gate for gate in closed if country in gate.countries]
        return any(not gate.is_open(recorded, country, based) for gate in here) or any(
            lacks_value(connection, study.study_id, sites[country], gate.item) for gate in here if gate.item
        )

    return tuple(country for country in sorted(sites) if stays(country))


def standing(picture: StudyPicture, hosting: Hosting, on: str) -> Residency:
    """See ``StudyAccess.residency``. :param on: ISO date."""
    everywhere = Place.every_site(picture.study.study_id)
    if not any(picture.actor.may(one, everywhere) for one in (Action.MANAGE_SITES, Action.EXPORT_WORKING)):
        picture.actor.role_for(Action.EXPORT_LOCKED, everywhere)
    newest = picture.study.meta_data_version
    every = picture.version(newest).version.gates if newest else ()
    leaving = [gate for gate in every if gate.event is GateEvent.EXPORT]
    gated: dict[str, str] = {}
    for gate in (one for one in leaving if one.needs or one.item):
        for country in gate.countries:
            said = f"{gate.rule}: {gate.reason.in_language('en')}"
            gated[country] = f"{gated[country]} {said}" if country in gated else said
    countries = {site.country for site in picture.all_sites.values()}
    found = bases(picture.source, picture.study.study_id)
    return Residency(
        hosting.kept, gated, tuple(basis for _, basis in sorted(found.items())), hosting.stands,
        regions={
            country: _regions([gate for gate in leaving if country in gate.countries])
            for country in countries & {one for gate in leaving for one in gate.countries}
        },
        abroad={country: tuple(hosting.abroad(every, country, on)) for country in countries},
    )  # fmt: skip


def _regions(all_of: Sequence[Gate]) -> tuple[tuple[str, str], ...]:
    """Countries in which every gate lets data lie, each with the last day of the first decision that ends."""
    found = [dict((*((country, "") for country in gate.countries), *gate.regions)) for gate in all_of]
    everywhere = set(found[0]).intersection(*found[1:])
    return tuple(
        (country, min(filter(None, (one[country] for one in found)), default=""))
        for country in sorted(everywhere)
    )
