"""A published study on a real database, and the people who work in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from edc_core.core import Core
from edc_core.domain import metadata_json
from edc_core.domain.change import ItemInput
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.permission import Actor, Grant, Role
from edc_core.domain.version_release import ReleaseStep
from edc_core.ids import new_id
from edc_core.ledger.append import Reason
from edc_core.ledger.replay import entries
from edc_core.services import capture, checking, releasing, studies, subjects
from edc_core.services.open_form import SaveResult
from edc_core.store import readers
from edc_core.testing.subject_builder import find_form, find_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from edc_core.domain.casebook import Casebook
    from edc_core.domain.check_report import CheckFailure
    from edc_core.domain.metadata import MetaDataVersion
    from edc_core.store.unit_of_work import UnitOfWork

C = TypeVar("C")
R = TypeVar("R")

NO_REASON = Reason()
SOME_REASON = Reason("transcription", "Read wrongly from the source.")


class Trial:
    """Publishes a definition and speaks for its people.

    :param core: on an upgraded database.
    :param environment: ``dev``, ``uat`` or ``live``.
    :param released: a live study has the signed release of every version published; without it, it takes no subject.
    """

    def __init__(
        self, core: Core, version: MetaDataVersion, *, environment: str = "live", released: bool = True
    ) -> None:
        self.core = core
        self.environment = environment
        self.cli = Actor("cli:test", trusted=True)
        self.study_id = ""
        self.publish(version, released=False)
        number = version.sites[0].number
        self.crc = self.person(Role.CRC, "crc.kim", site=number)
        self.pi = self.person(Role.PI, "pi.lee", site=number)
        self.cra = self.person(Role.CRA, "cra.park", site=number)
        self.dm = self.person(Role.DM, "dm.choi")
        self.dm2 = self.person(Role.DM, "dm.jung")
        self.spo = self.person(Role.SPO, "spo.han")
        self.med = self.person(Role.MED, "med.yoon")
        self.bld = self.person(Role.BLD, "bld.shin")
        if released:
            self.release()

    def publish(self, version: MetaDataVersion, *, released: bool = True) -> None:
        """Publish another version, put it in force at every site and, where the study is live, have it released."""
        command = studies.Publish(
            study_id=self.study_id, op=new_id(), environment=self.environment, version=version
        )
        self.study_id = self.do(self.cli, studies.publish, command)["study_id"]
        self.index = MetaDataIndex(version)
        with self.core.read() as source:
            rows = readers.sites(source.connection, self.study_id).values()
        self.sites = {row.number: row.site_id for row in rows}
        if released:
            self.release()

    def release(self, *, by: Actor | None = None) -> None:
        """Have the newest version approved, and sign its release, as the sponsor unless somebody is named; only live
        studies need it.
        """
        if self.environment != "live":
            return
        self.sign(self.med, ReleaseStep.MEDICAL)
        self.sign(self.spo, ReleaseStep.SPONSOR)
        self.sign(by or self.spo, ReleaseStep.RELEASE)

    def sign(self, person: Actor, step: ReleaseStep) -> None:
        """Sign an approval or the release of the newest version of a live study."""
        self.act(
            person,
            releasing.release_study,
            releasing.ReleaseStudy,
            meta_data_version=self.index.version.oid,
            sha256=metadata_json.sha256(self.index.version),
            component="password",
            step=step,
            reason=SOME_REASON,
        )

    def person(self, role: Role, login: str, *, site: str = "", countries: tuple[str, ...] = ()) -> Actor:
        """Somebody with one role: at all sites, at one, or in some countries."""
        if site:
            grant = Grant(self.study_id, role, "sites", site_ids=frozenset({self.sites[site]}))
        elif countries:
            grant = Grant(self.study_id, role, "countries", countries=frozenset(countries))
        else:
            grant = Grant(self.study_id, role)
        return Actor(login, login, login, (grant,), "Asia/Seoul")

    def do(self, actor: Actor, service: Callable[[UnitOfWork, C], R], command: C) -> R:
        """Carry out a command in a transaction of its own."""
        with self.core.write(actor) as uow:
            return service(uow, command)

    def act(
        self, actor: Actor, service: Callable[[UnitOfWork, C], R], kind: Callable[..., C], **fields: Any
    ) -> R:
        """Build a command with the study and a new operation id, and carry it out."""
        return self.do(actor, service, kind(**({"study_id": self.study_id, "op": new_id()} | fields)))

    def add_subject(self, key: str = "S-001", *, site: str = "", by: Actor | None = None) -> str:
        """Enrol a subject; by default at the first site, by its coordinator."""
        site_id = self.sites[site] if site else next(iter(self.sites.values()))
        actor = by or (self.cli if site else self.crc)
        self.act(actor, subjects.add_subject, subjects.AddSubject, subject_key=key, site_id=site_id)
        return key

    def path(self, item: str, **place: Any) -> ItemPath:
        """Path of an item by OID; ``event``, ``event_key``, ``form_key``, ``rows`` say where it is not plain."""
        return find_path(self.index, item, **place)

    def form(self, form: str, **place: Any) -> ItemPath:
        return find_form(self.index, form, **place)

    def save(
        self,
        subject: str,
        values: dict[str | ItemPath, str],
        *,
        by: Actor | None = None,
        **fields: Any,
    ) -> SaveResult:
        """Save items of one form by OID or path; the versions seen are those in force unless ``items`` is given."""
        paths = {key if isinstance(key, ItemPath) else self.path(key): raw for key, raw in values.items()}
        now = self.casebook(subject).items
        inputs = tuple(
            ItemInput(path, raw, base_version=now[path].version if path in now else 0)
            for path, raw in paths.items()
        )
        named = {"items": inputs} | fields
        form = named["items"][0].path.form_path
        return self.act(
            by or self.crc,
            capture.save_items,
            capture.SaveItems,
            **({"subject_key": subject, "form": form} | named),
        )

    def complete(self, subject: str, form: str, *, by: Actor | None = None, **place: Any) -> SaveResult:
        return self.act(
            by or self.crc,
            capture.complete_form,
            capture.CompleteForm,
            subject_key=subject,
            form=self.form(form, **place),
        )

    def casebook(self, subject: str) -> Casebook:
        with self.core.read() as source:
            found = readers.subject_by_key(source.connection, self.study_id, subject)
            return readers.casebook(source, found)

    def run_checks(self, subject: str) -> tuple[CheckFailure, ...]:
        """Run the plugin checks of a subject, as the worker does after a save; returns what failed."""
        return checking.check_subject(
            self.core, self.study_id, self.casebook(subject).subject.subject_id
        ).failures

    def open_queries(self, subject: str) -> list[tuple[str, str]]:
        """(check OID, place) of the subject's unfinished queries, sorted; a manual query has no check."""
        queries = self.casebook(subject).queries.values()
        return sorted((query.check_oid, str(query.path)) for query in queries if query.is_unfinished)

    def entries(self, subject: str = "") -> list[dict[str, Any]]:
        """Ledger entries of a subject (of the study without one) in order, payloads as JSON values."""
        with self.core.read() as source:
            chain = STUDY_CHAIN
            if subject:
                chain = readers.subject_by_key(source.connection, self.study_id, subject).subject_id
            rows = entries(source.connection, self.study_id, chain)
            return [dict(row) | {"payload": orjson.loads(row["payload"])} for row in rows]
