"""The release of a version for live, and the approvals before it: no subject is added before it (REQ-BLD-01, -03).

Persons other than those who published it approve the version, medically and for the sponsor, and one releases it; each
is proved by a second component: the password entered again, or another authenticator, on the page; the token on the
command line. The entry
names what electronic signatures ask for: who (login and full name), what was signed (version and digest), its meaning,
and when; and the report of acceptance testing that it rests on.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from edc_core.domain.commands import Reason
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.domain.version_release import STEPS, ReleaseStep, acceptance_refusal, missing, refusal
from edc_core.errors import EntryClosed, NotFound, WrongState
from edc_core.ledger.append import Effect
from edc_core.services import clock_health, rights_now
from edc_core.services.operation import Command, once, open_study
from edc_core.store import going_live, readers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.permission import Actor
    from edc_core.errors import EdcError
    from edc_core.services.operation import Operation
    from edc_core.store.going_live import Publication, ReleaseRow
    from edc_core.store.locks import HeldSite
    from edc_core.store.readers import StudyRow
    from edc_core.store.unit_of_work import Source, UnitOfWork

WHO = "A data manager, a medical reviewer or the sponsor, who did not publish it, releases it"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseStudy(Command):
    """Approve or release a version.

    :param step: which of the signatures. :param sha256: digest of the definition the person has seen.
    :param component: what proved the person besides the login, just before: ``password``, ``token`` or an authenticator.
    :param report_sha256: of the report of acceptance testing that the person has read, or nothing.
    :param reason: why it is released with scripts that failed or were not tried, or without a report.
    """

    meta_data_version: str
    sha256: str
    component: str
    step: ReleaseStep = ReleaseStep.RELEASE
    report_sha256: str = ""
    reason: Reason = field(default_factory=Reason)


@once(open_study)
def release_study(operation: Operation, command: ReleaseStudy) -> dict[str, Any]:
    """Sign an approval or the release of a version of a live study; the caller has proved who acts.

    :returns: ``{"meta_data_version", "sha256", "meaning", "acceptance"}``.
    :raises ReasonRequired: acceptance testing leaves something open.
    :raises SecondPersonRequired: the person published it, or gave the other approval.
    :raises WrongState: not live, released, approved already or not yet, or seen otherwise.
    """
    uow = operation.uow
    everywhere, words = Place.every_site(command.study_id), STEPS[command.step]
    rights_now.look_again(uow)
    operation.require(Action.RELEASE_STUDY, everywhere)
    study = readers.study_by_id(uow.connection, command.study_id)
    if study.environment != "live":
        raise WrongState(f"{study} needs no release: only live studies do.")
    published = going_live.publications(uow.connection, command.study_id)
    version = published.get(command.meta_data_version)
    if version is None:
        raise NotFound(f"The study has no MetaDataVersion '{command.meta_data_version}'.")
    if version.sha256 != command.sha256:
        raise WrongState("This is not the definition you have seen. Load the page anew and read it again.")
    state = _signed(uow, study, version)
    if state.release is not None:
        raise WrongState(f"Version {version.oid} is released already.")
    if refused := state.refusal(uow.actor, command.step):
        raise refused
    report, is_release = (
        going_live.newest_report(uow.connection, study.oid),
        command.step is ReleaseStep.RELEASE,
    )
    seen, reason = command.report_sha256, command.reason.text
    if is_release and (
        refused := acceptance_refusal(report, version.oid, version.sha256, seen=seen, reason=reason)
    ):
        raise refused
    held = uow.actor.at(everywhere).allowing(Action.RELEASE_STUDY)
    operation.role = next(role for role in held if role in words.roles)
    clock = clock_health.require_right(uow)
    payload = {
        "meta_data_version": version.oid,
        "sha256": version.sha256,
        "full_name": uow.actor.full_name,
        "meaning": words.meaning,
        "statement": words.statement,
        "component": command.component,
        "clock": clock.standing.value,
        "acceptance": asdict(report) if report and report.definition_sha256 == version.sha256 else None,
    }
    kind = EntryKind.STUDY_RELEASE
    if not is_release:
        kind, payload["approval"] = EntryKind.STUDY_APPROVE, str(command.step)
    operation.record([Effect(kind, "", payload, reason=command.reason)], meta_data_version=version.oid)
    return {name: payload[name] for name in ("meta_data_version", "sha256", "meaning", "acceptance")}


def require_released(uow: UnitOfWork, site: HeldSite) -> None:
    """Refuse a new subject in live while the version in force at the site is not released.

    :raises EntryClosed: the message says what is missing and who can do it.
    """
    if site.environment != "live":
        return
    if going_live.release(uow.connection, site.study_id, site.meta_data_version) is None:
        raise EntryClosed(not_released(site.meta_data_version))


def not_released(version: str) -> str:
    """Why a live study takes no subject yet, and who can change that."""
    return f"No subject can be added yet: version {version} of this live study is not released. {WHO}."


def unreleased(source: Source, study: StudyRow, versions: Iterable[str]) -> frozenset[str]:
    """Those of the versions that would have to be released before their first subject."""
    if study.environment != "live":
        return frozenset()
    named = frozenset(versions) - {""}
    return named - going_live.released(source.connection, study.study_id)


@dataclass(frozen=True, slots=True)
class ReleaseState:
    """The newest version of a study, its approvals, and its release once there is one."""

    version: Publication
    release: ReleaseRow | None
    approvals: dict[ReleaseStep, ReleaseRow]
    publishers: frozenset[str]
    study_id: str

    @property
    def missing(self) -> tuple[str, ...]:
        """What the release still lacks, in sentences."""
        return missing(self._by, self.publishers)

    @property
    def _by(self) -> dict[ReleaseStep, str]:
        return {step: row.actor for step, row in self.approvals.items()}

    def refusal(self, actor: Actor, step: ReleaseStep) -> EdcError | None:
        """Why this person does not sign a step now, if so."""
        roles = frozenset(actor.at(Place.every_site(self.study_id)).allowing(Action.RELEASE_STUDY))
        return refusal(step, actor.name, roles, self._by, self.publishers)

    def steps(self, actor: Actor) -> tuple[ReleaseStep, ...]:
        """What this person can sign now."""
        return () if self.release else tuple(s for s in ReleaseStep if self.refusal(actor, s) is None)


def release_state(source: Source, study: StudyRow) -> ReleaseState | None:
    """How the newest version of a live study stands; ``None`` where no release is needed, or nothing is published."""
    if study.environment != "live" or not study.meta_data_version:
        return None
    version = going_live.publications(source.connection, study.study_id)[study.meta_data_version]
    return _signed(source, study, version)


def _signed(source: Source, study: StudyRow, version: Publication) -> ReleaseState:
    return ReleaseState(
        version,
        going_live.release(source.connection, study.study_id, version.oid),
        going_live.approvals(source.connection, study.study_id, version.oid),
        going_live.publishers(source.connection, study.oid, version.sha256),
        study.study_id,
    )
