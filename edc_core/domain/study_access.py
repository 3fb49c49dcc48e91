"""A study as one person may see it, and the one way to write in it: what pages and jobs of plugins are given."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Protocol

from edc_core.domain.export_access import ExportAccess

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from edc_core.domain.check_pause import CheckPause
    from edc_core.domain.coding import Verbatim
    from edc_core.domain.commands import Command, Reason
    from edc_core.domain.country import CountryStandard
    from edc_core.domain.file_value import FilesSince, FileValue
    from edc_core.domain.foresight import Foresight
    from edc_core.domain.gate import RecordedIdentifier
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.job import Job
    from edc_core.domain.lab_range import LabRange
    from edc_core.domain.lock_blocker import LockList, Waived
    from edc_core.domain.lock_scopes import LockScopes
    from edc_core.domain.matrix_change import MatrixChange
    from edc_core.domain.metadata import SiteDef
    from edc_core.domain.migration import MigrationOrder
    from edc_core.domain.permission import Action
    from edc_core.domain.plugin_access import PluginSession, StudyAtHand, SubjectAtHand
    from edc_core.domain.query_fact import QueryFact
    from edc_core.domain.range_load import RangedTests, RangesLoaded
    from edc_core.domain.redaction import WaitingRedaction
    from edc_core.domain.review_plan import ReviewGroup
    from edc_core.domain.review_work import Desk, StudyCoverage
    from edc_core.domain.second_entry import FormNote, SecondEntry, ValueSet
    from edc_core.domain.signature import SignedManifest
    from edc_core.domain.study_lists import (
        FoundListing,
        ListedForm,
        ListedSubject,
        ListingPart,
        ListingWanted,
        MovedSubject,
        StudyNote,
        VisitNotDone,
    )
    from edc_core.domain.study_versions import StudyVersions
    from edc_core.domain.trail import Access, FoundTrail, TrailWanted
    from edc_core.domain.unblinding import Unblinding, UnblindingDraft
    from edc_core.errors import EdcError


class Staged(Protocol):
    """Files on their way in, of one person for one plugin; removed after a week."""

    def keep(self, name: str, content: bytes, kind: str) -> FileValue:
        """Stage what the plugin made itself. :param kind: ``table`` or ``yaml``."""

    def open(self, file: FileValue) -> IO[bytes]:
        """:raises NotFound: it was given up, or is too old."""

    def holds(self, file: FileValue) -> bool:
        """Whether it is still there."""

    def drop(self, *files: FileValue) -> None:
        """Remove files; those that are gone already are."""


class StudyAccess(ExportAccess, Protocol):
    """A study in the hands of one person. Nothing that the person may not see comes out of it."""

    @property
    def study_id(self) -> str:
        """What commands name."""

    @property
    def name(self) -> str:
        """``OID@environment``."""

    @property
    def environment(self) -> str:
        """``dev``, ``uat`` or ``live``."""

    @property
    def now(self) -> str:
        """UTC ISO 8601, by the clock of the installation."""

    @property
    def login(self) -> str:
        """Under which the ledger has what the person does."""

    @property
    def settings(self) -> Mapping[str, str]:
        """The variables ``EDC_PLUGIN_...`` of the plugin at work by the rest of their names, and ``BASE_URL``."""

    @property
    def pauses(self) -> tuple[CheckPause, ...]:
        """Checks that are switched off, will be, or are asked for to be."""

    def may(self, action: Action, site_id: str = "") -> bool:
        """Whether the person may do it at a site; without one, anywhere in the study."""

    def submit(self, *given: Command) -> list[dict[str, Any]]:
        """Carry out commands through the services as the person, in one transaction: all of them, or none.

        :returns: an answer for each command. :raises EdcError: nothing was stored, and why.
        """

    def rehearse(self, *given: Command) -> list[dict[str, Any] | EdcError]:
        """Carry out commands and take all of it back: what each would be answered with, or why it would be refused."""

    def lock_list(self, *, site_id: str = "", subject_key: str = "") -> LockList:
        """What is in the way of a study lock, as far as the person sees it; of a site or a subject alone.

        :raises NotFound: the site is not in the person's part of the study.
        """

    def lock_scopes(self) -> LockScopes:
        """How the study, its sites and its subjects are protected, and what is open in each."""

    def waive(
        self, things: Mapping[str, tuple[Waived, ...]], reason: Reason, *, login: str, password: str, op: str,
        withdraw: bool = False,
    ) -> int:  # fmt: skip
        """Let things stay open at the study lock: all of them, or none. The person is proved anew by both components.

        :param things: by subject key. :param withdraw: no longer let them. :returns: how many entries were written.
        :raises ReasonRequired: no reason, or the person is not proved. :raises EditConflict: one is not open any more,
            or stands otherwise. :raises Protected: its site or the study is locked.
        """

    def unblind(self, draft: UnblindingDraft, reason: Reason, *, login: str, password: str, op: str) -> None:
        """Put on record that a subject was unblinded; those who answer get a mail. The person is proved anew by both
        components.

        :raises ReasonRequired: no reason, or the person is not proved. :raises BadRequest: a field cannot be taken.
        :raises NotFound: no such subject in scope. :raises NotAllowed: the person does not unblind there.
        """

    def unblindings(self, subject_key: str = "") -> tuple[Unblinding, ...]:
        """What is on record where the person may unblind or reads the trail, newest first.

        :param subject_key: of this one, for who may unblind it.
        """

    def queries(self) -> tuple[QueryFact, ...]:
        """Every query that the person may know of, finished ones too, oldest first."""

    def ranged_tests(self) -> RangedTests:
        """Which results the newest version judges by reference ranges."""

    def load_ranges(
        self, ranges: Sequence[LabRange], *, progress: Callable[[int, int], None] = ...
    ) -> RangesLoaded:
        """Put reference ranges in force instead of those before, and judge every result anew.

        :raises NotAllowed: the person loads no ranges.
        """

    def versions(self) -> StudyVersions:
        """What was published, what is in force where and why.

        :raises NotAllowed: the person's role does not compare versions.
        """

    def version(self, oid: str) -> MetaDataIndex:
        """A published version.

        :raises NotFound: the study has none of this OID.
        """

    def foresee(
        self,
        version: MetaDataIndex,
        *,
        site_ids: Collection[str] = (),
        progress: Callable[[int, int], None] = ...,
    ) -> Foresight:
        """What a version, published or not, would mean for the data in the person's scope; nothing is changed.

        :param site_ids: only these sites. :raises NotAllowed: the person compares no versions or sees no data.
        :raises AlreadyExists: the study has published another content under the OID.
        """

    def rehearse_migration(
        self,
        order: MigrationOrder,
        *,
        version: MetaDataIndex | None = None,
        progress: Callable[[int, int], None] = ...,
    ) -> dict[str, Any]:
        """Carry a migration out on a copy of the study, which is only read.

        :param version: that of the order, published or not yet; without it the published one of its OID.
        :returns: as ``migrate``, and ``{"values_untouched", "verify": {"ok", "problems"}}`` of the copy.
        :raises NotAllowed: the person may not move forms. :raises NarrowsData: values would be lost.
        """

    def migrate(self, order: MigrationOrder, *, progress: Callable[[int, int], None] = ...) -> dict[str, Any]:
        """Move the forms of some sites as the person, one operation for each subject; again moves what is left.

        :returns: ``{"subjects", "forms_moved", "values_calculated", "queries": {deed: n}, "kept": [{"subject", "form",
            "why"}]}``. :raises ReasonRequired: no reason. :raises WrongState: the version is not in force at a site.
        """

    def trail(self, wanted: TrailWanted) -> FoundTrail:
        """A page of the audit trail: of the study, and of every subject at sites where the person reads it.

        :raises NotAllowed: the person reads none. :raises NotFound: the site is not in the person's part of the study.
        """

    def accesses(
        self, *, since: str = "", until: str = "", login: str = "", action: str = "", limit: int
    ) -> tuple[Access, ...]:
        """The access log of the study and of the sign-ins of its people, newest first.

        :param login: of this person alone. :param action: of this kind alone, as it stands in the log.
        :raises NotAllowed: the person does not read the trail of every site.
        """

    def roles(self, day: str) -> tuple[Mapping[str, str], ...]:
        """Who had which role in the study on a day (ISO 8601, UTC), from the ledger: ``login``, ``name``, ``role``,
        ``where``, ``from``, ``to``, ``given by`` and more.

        :raises NotAllowed: the person does not read the trail of every site. :raises BadRequest: it is no day.
        """

    def evidence(self) -> tuple[Mapping[str, str], ...]:
        """Training and delegation on record, by login, as far as the person records it or reads the trail of every site:
        ``login``, ``full_name``, ``kind``, ``site`` (number or empty), ``document``, ``tasks``, ``starts``, ``ends``,
        ``actor``, ``at``.

        :raises NotAllowed: the person does neither.
        """

    def rights(self) -> MatrixChange:
        """In what the study differs from the default matrix, and what its roles need on record.

        :raises NotAllowed: as for ``evidence``.
        """

    def sites(self) -> tuple[SiteDef, ...]:
        """Sites where the person has a role, by number."""

    def country_standards(self) -> tuple[tuple[CountryStandard, str], ...]:
        """What authorities ask of the newest version, by name, each with the name and version of its plugin."""

    def identifiers(self) -> tuple[RecordedIdentifier, ...]:
        """Numbers and dates of authorities on record: ``name``, ``place`` (number of a site, country, or empty for the study),
        ``value``, ``document``, ``actor``, ``at``; ``RecordIdentifier`` puts them there.

        :raises NotAllowed: the person views no data of the study.
        """

    def closed_sites(self) -> Mapping[str, str]:
        """By number, when a site was closed (UTC ISO 8601): nothing is entered there any more."""

    def site_risks(self) -> Mapping[str, str]:
        """By number, the tier of risk of each site; empty where nobody has judged it."""

    def prove(self, login: str, password: str) -> str:
        """Have the person proved anew by both components, for what they sign with a command of this request.

        :returns: what proved them besides the login: ``password``, or an authenticator that did just before.
        :raises ReasonRequired: why they are not. :raises NotAllowed: nobody is at a page.
        """

    @property
    def staged(self) -> Staged:
        """What the person sent to pages of this plugin in this study."""

    def files_since(self, at: str) -> FilesSince:
        """Files that were given, and what scanners said (``FILE_SCAN``), from an instant on, for a standing job.

        :param at: UTC ISO 8601; empty for all. An entry is seen when its transaction ends, so go back a little.
        :raises NotAllowed: somebody else asks.
        """

    def without_picture(self) -> Iterator[SignedManifest]:
        """What was signed, of each signature of which no picture is kept, for a standing job.

        :raises NotAllowed: somebody else asks, as for ``keep_picture``.
        """

    def keep_picture(self, signed: SignedManifest, pdf: bytes, by: str) -> None:
        """Keep the PDF that was drawn of what was signed, and bind it to the signature by an entry of its digest.

        :param by: what drew it, with its version. :raises EditConflict: words were taken out of it meanwhile.
        """

    def session(self) -> tuple[PluginSession, StudyAtHand]:
        """The study at hand for work through its casebooks, as the person; what a command of the plugin would get.

        :raises NotAllowed: later, by what asks for data of the whole study, where the person sees less.
        """

    def review_groups(self, subject_key: str = "") -> tuple[ReviewGroup, ...]:
        """The groups of reviewers that the person belongs to, in the study or for a subject.

        :raises NotFound: no such subject in scope.
        """

    def review_coverage(self, group: ReviewGroup) -> StudyCoverage:
        """What is planned and done at the sites where the person gives the group's marks.

        :raises NotAllowed: the person belongs to the group nowhere.
        """

    def review_desk(self, subject_key: str, group: ReviewGroup) -> Desk:
        """What the group may look at in a casebook, without what is hidden from the person.

        :raises NotFound: no such subject in scope. :raises NotAllowed: the person does not belong to the group there.
        """

    def verbatims(self, items: Collection[str], *, waiting: bool = False) -> tuple[Verbatim, ...]:
        """Values of items, by OID, at sites where the person views data, each with its coding; by subject and place.

        Without values that are hidden from the person, blank ones, and those in struck rows, removed forms and visits
        that did not take place.

        :param waiting: only those that are to be coded or approved. :raises NotAllowed: the person views none.
        """

    def subjects(self) -> tuple[ListedSubject, ...]:
        """Subjects at sites where the person views data, in the order in which they were added.

        :raises NotAllowed: the person views none, as for the lists below.
        """

    def moved(self) -> tuple[MovedSubject, ...]:
        """Transfers of subjects from and to these sites, oldest first."""

    def visits_not_done(self) -> tuple[VisitNotDone, ...]:
        """Visits of these subjects that were said not to have taken place, by subject and event."""

    def at_hand(self, subject_key: str, *, covered: bool = False) -> SubjectAtHand:
        """A subject with its casebook, without what is hidden from the person.

        :param covered: with what stands in forms that the person may type a second time: for who compares the two
            entries, never for a page.
        :raises NotFound: no such subject in scope.
        """

    def forms(self) -> tuple[ListedForm, ...]:
        """Forms begun, and those that are expected and were not begun, of all these subjects."""

    def listing_parts(self) -> tuple[ListingPart, ...]:
        """Forms and repeating groups that ``listing`` can show."""

    def listing(self, wanted: ListingWanted) -> FoundListing:
        """A page of values in rows, by key.

        :raises NotFound: the person may see no such form, column or site.
        """

    def notes(self, topic: str) -> tuple[StudyNote, ...]:
        """What ``AddNote`` has kept, newest first, as far as it is for the person."""

    def form_notes(
        self, topic: str, subject_key: str = "", form: ItemPath | None = None
    ) -> tuple[FormNote, ...]:
        """The newest note of a topic at each form and item (``AddFormNotes``), without items hidden from the person.

        :param form: only there, and at its items. :raises NotFound: no such subject in scope, as below.
        """

    def values_set(self, subject_key: str, form: ItemPath) -> tuple[ValueSet, ...]:
        """Who set the values of a form, oldest first, without items hidden from the person."""

    def second_entries(self, subject_key: str = "") -> tuple[SecondEntry, ...]:
        """Complete forms in scope that a second person enters (``Policy.double_entry``), and how far that is."""

    def covers(self, subject_key: str, form: ItemPath) -> bool:
        """Whether what stands in a form is kept from the person, who may type it a second time."""

    def redactions(self) -> tuple[WaitingRedaction, ...]:
        """What was asked to be redacted and nobody has decided, oldest first.

        :raises NotAllowed: the person may neither ask nor decide.
        """

    def ask(self, kind: str, request: Mapping[str, Any]) -> str:
        """Queue a job of this plugin as the person.

        :returns: the job id. :raises NotAllowed: the person may not all that the kind needs.
        """

    def jobs(self, kind: str) -> tuple[Job, ...]:
        """The person's own jobs of a kind of this plugin, newest first; nobody else's, whose rights may reach further."""

    def job(self, kind: str, job_id: str) -> Job:
        """A finished job of the person.

        :raises NotFound: there is none.
        """
