"""Gates of country standards: what has to be on record before a subject is added, and putting it there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from edc_core.domain.dataset import Stays
from edc_core.domain.gate import GateEvent, standing
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.domain.plugin_study import PluginStudy
from edc_core.errors import BadRequest, EntryClosed, NotFound, WrongState
from edc_core.ledger.append import Effect
from edc_core.services import residency, scanning
from edc_core.services.operation import once, open_study, open_study_unread
from edc_core.store import gates, readers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from edc_core.core import Core
    from edc_core.domain.country import CountryStandard
    from edc_core.domain.dataset import ExportSubject
    from edc_core.domain.gate import Gate, RecordedIdentifier
    from edc_core.domain.metadata import MetaDataVersion, SiteDef
    from edc_core.domain.study_commands import RecordIdentifier
    from edc_core.services.operation import Operation
    from edc_core.services.reading import StudyPicture
    from edc_core.store.locks import HeldSite
    from edc_core.store.readers import SiteRow
    from edc_core.store.unit_of_work import UnitOfWork


def require_subject(uow: UnitOfWork, version: MetaDataVersion, site: HeldSite) -> None:
    """In live, refuse a subject at a site where an authority's number or date is missing, or whose data may not lie where
    they are kept.

    :raises EntryClosed: the message names the rule, its authority and everything that is missing.
    """
    if said := _missing(uow, version, site, GateEvent.SUBJECT):
        raise EntryClosed(f"Site {site.number} takes no subject yet. {said}")
    if site.environment == "live":
        residency.require_place(uow, version, site)


def require_sample(uow: UnitOfWork, version: MetaDataVersion, site: SiteRow, form: str) -> None:
    """In live, refuse what is written of samples before an authority has allowed to take them.

    :param form: its name. :raises EntryClosed: as above.
    """
    of_samples = tuple(gate for gate in version.gates if form in gate.forms)
    if of_samples and (said := _missing(uow, replace(version, gates=of_samples), site, GateEvent.SAMPLE)):
        raise EntryClosed(f"Site {site.number} takes no samples yet. {said}")


def require_lock(uow: UnitOfWork, study_id: str, scope: str) -> None:
    """In live, refuse the lock of a site, or of the study with all of them, where such a date is missing.

    :param scope: id of the site, empty for the study. :raises WrongState: as above.
    """
    for site in readers.sites(uow.connection, study_id).values():
        if site.meta_data_version and scope in ("", site.site_id):
            version = uow.versions.get(uow.connection, study_id, site.meta_data_version).version
            if said := _missing(uow, version, site, GateEvent.LOCK):
                raise WrongState(f"Site {site.number} cannot be locked yet. {said}")


def _missing(uow: UnitOfWork, version: MetaDataVersion, site: SiteRow, event: GateEvent) -> str:
    here = list(standing(version.gates, event, site.country))
    if not here or readers.study_by_id(uow.connection, site.study_id).environment != "live":
        return ""
    known = {key: one.value for key, one in gates.recorded(uow.connection, site.study_id).items()}
    said = [
        f"{gate.standard} ({gate.rule}): {', '.join(one.title.in_language('en') for one in missing)}."
        for gate in here
        if (missing := gate.missing(known, site.site_id, site.country))
    ]
    if not said:
        return ""
    return (
        f"Still missing on record are, by {' '.join(said)} A data manager, or an investigator of the site, records them "
        "under Country rules."
    )


@once(open_study)
def record_identifier(operation: Operation, command: RecordIdentifier) -> dict[str, Any]:
    """Put a number or a date on record in the study's chain.

    :returns: ``{"name", "place"}``. :raises NotFound: no such site. :raises NotAllowed: an investigator records for the
        own site. :raises BadRequest: no gate needs it, it is none, nothing shows it, or it holds an identifier of a person.
    """
    uow, study_id = operation.uow, command.study_id
    everywhere = Place.every_site(study_id)
    sites = {site.number: site for site in readers.sites(uow.connection, study_id).values()}
    site = sites.get(command.site)
    operation.require(
        Action.RECORD_EVIDENCE, Place(study_id, site.site_id, site.country) if site else everywhere
    )
    study = readers.study_by_id(uow.connection, study_id)
    version = uow.versions.get(uow.connection, study_id, study.meta_data_version).version
    wanted = next((one for gate in version.gates for one in gate.needs if one.name == command.name), None)
    if wanted is None:
        raise BadRequest(f"No gate of this study needs '{command.name}'.")
    if site is None and (command.site or wanted.per != "study"):
        raise NotFound(f"There is no site '{command.site}'. Name one for which it holds.")
    if wanted.per != "site":
        operation.require(Action.RECORD_EVIDENCE, everywhere)
    value, document = command.value.strip(), command.document.strip()
    if not wanted.fits(value):
        title = wanted.title.in_language("en")
        raise BadRequest(
            f"'{value}' is no {title}." + (f" {wanted.example} would be one." if wanted.example else "")
        )
    if not document:
        raise BadRequest("Name the document that shows it, for example 'Letter of 3 March 2026'.")
    scanning.refuse_words(
        uow, command, lambda fresh: open_study_unread(fresh, command), texts=[document], error=BadRequest
    )
    where = wanted.place(site.site_id if site else "", site.country if site else "")
    content = {"identifier": wanted.name, "place": where, "value": value, "document": document}
    said = {"note": gates.NOTE, "shared": True, "topic": "country.identifier", "name": wanted.name}
    operation.record([Effect(EntryKind.NOTE_ADD, "", said | {"content": content})])
    return {"name": wanted.name, "place": where}


def recorded(picture: StudyPicture) -> tuple[RecordedIdentifier, ...]:
    """What is on record, for who views data of the study; places of sites are their numbers."""
    picture.actor.role_for(Action.VIEW_DATA, picture.place())
    numbers = {site.site_id: site.number for site in picture.all_sites.values()}
    found = gates.recorded(picture.source.connection, picture.study.study_id).values()
    return tuple(one._replace(place=numbers.get(one.place, one.place)) for one in found)


def standards(picture: StudyPicture, core: Core) -> tuple[tuple[CountryStandard, str], ...]:
    """Country standards of the newest version of the study, each with the name and version of its plugin."""
    if not picture.study.meta_data_version:
        return ()
    index = picture.version(picture.study.meta_data_version)
    active = core.plugins.activate(index.version.plugins)
    offered = core.plugins.country_standards(PluginStudy.of(index, picture.study.environment), active)
    return tuple((one, f"{identity.distribution} {identity.version}") for one, identity in offered.standards)


def stay_home(
    wanted: Iterable[Gate],
    sites: Mapping[str, SiteDef],
    destination: str,
    on: str,
    known: Callable[[], Collection[tuple[str, str]]],
    based: Collection[str] = (),
) -> Callable[[ExportSubject], str]:
    """What tells why the data of a subject stay in the country; empty where they may leave it.

    :param destination: country into which the export goes, empty where that is unknown. :param on: ISO date of the day it does.
    :param known: names and places of the identifiers that are on record; asked where a gate needs one.
    :param based: countries with a legal basis on record.
    """
    closed = [
        gate for gate in wanted if gate.event is GateEvent.EXPORT and not gate.lets_lie(destination, on)
    ]
    recorded = known() if any(gate.needs for gate in closed) else ()

    def why(subject: ExportSubject) -> str:
        site = sites.get(subject.site_number)
        for gate in closed:
            if site is None or site.country not in gate.countries:
                continue
            if not gate.is_open(recorded, site.country, based) or (
                gate.item and not _is_answered(subject, gate.item)
            ):
                return Stays(site.country, gate.rule)
        return ""

    return why


def _is_answered(subject: ExportSubject, oid: str) -> bool:
    items = (item for form in subject.forms for item in form.items)
    return any(item.oid == oid and item.value is not None and not item.removed for item in items)
