"""Who may do what: one enum, one table (roles x actions), one function. Default is deny."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

from edc_core.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.evidence import EvidenceKind


class Role(StrEnum):
    """Default roles; a study may rename what people read, not the code."""

    ADM = "ADM"
    BLD = "BLD"
    DM = "DM"
    CRA = "CRA"
    PI = "PI"
    SUB = "SUB"
    CRC = "CRC"
    SRO = "SRO"
    MED = "MED"
    PVG = "PVG"
    COD = "COD"
    STA = "STA"
    SPO = "SPO"
    AUD = "AUD"
    UAD = "UAD"
    SRC = "SRC"


ROLE_WORDS: dict[Role, str] = {
    Role.ADM: "system administrator",
    Role.BLD: "trial builder",
    Role.DM: "data manager",
    Role.CRA: "monitor",
    Role.PI: "investigator",
    Role.SUB: "sub-investigator",
    Role.CRC: "coordinator",
    Role.SRO: "site reader",
    Role.MED: "medical reviewer",
    Role.PVG: "safety officer",
    Role.COD: "coder",
    Role.STA: "statistician",
    Role.SPO: "sponsor",
    Role.AUD: "inspector",
    Role.UAD: "user administrator",
    Role.SRC: "review committee",
}


def role_words(role: Role, *, unblinded: bool) -> str:
    """A role as a person holds it."""
    return f"{ROLE_WORDS[role]}, unblinded" if unblinded else ROLE_WORDS[role]


class Action(StrEnum):
    MANAGE_USERS = "manage users"
    PUBLISH = "publish a definition"
    RELEASE_STUDY = "release a version for live"
    COMPARE_VERSIONS = "compare versions"
    ACTIVATE_VERSION = "put a version in force"
    MIGRATE_FORMS = "move forms to another version"
    LOAD_RANGES = "load reference ranges"
    VIEW_DATA = "view data"
    VIEW_BLINDED = "view blinded items"
    VIEW_IDENTIFYING = "view identifying items"
    ADD_SUBJECT = "add a subject or visit"
    ENTER_DATA = "enter data"
    ENTER_RECORD = "enter forms of the study"
    STRIKE = "strike or restore rows, forms and visits"
    REOPEN_FORM = "reopen a complete form"
    CORRECT_SUBJECT = "correct a subject number"
    MOVE_SUBJECT = "transfer a subject to another site"
    UNBLIND = "put an unblinding on record"
    IMPORT_DATA = "import data"
    MANAGE_SITES = "manage sites"
    RECORD_EVIDENCE = "record training and delegation"
    UPGRADE_PLUGIN = "upgrade a plugin of a study"
    APPROVE_PLUGIN = "approve a plugin upgrade"
    CREATE_QUERY = "create a query"
    ANSWER_QUERY = "answer a query"
    CLOSE_QUERY = "close a query"
    FORWARD_QUERY = "forward a query"
    RUN_CHECKS = "run checks again"
    PAUSE_CHECK = "switch a check off or on"
    APPROVE_PAUSE = "decide whether a check is switched off"
    SIGN = "sign"
    VERIFY_SOURCE = "verify against the source"
    REVIEW_DATA = "review data"
    REVIEW_MEDICAL = "review medically"
    REVIEW_SAFETY = "review for safety"
    REVIEW_STATISTICS = "review for the analysis"
    CODE_TERMS = "code terms"
    APPROVE_CODING = "approve codings"
    FREEZE = "freeze"
    LOCK = "lock or unlock a casebook"
    APPROVE_UNLOCK = "approve an unlock"
    LOCK_STUDY = "lock or unlock the study"
    APPROVE_STUDY_LOCK = "approve a study lock"
    WAIVE_BLOCKER = "waive what stands in the way of a lock"
    SNAPSHOT = "make a snapshot or anchor"
    EXPORT_WORKING = "export unlocked data"
    EXPORT_LOCKED = "export locked data"
    READ_TRAIL = "read the whole audit trail"
    REDACT = "ask for a redaction"
    APPROVE_REDACTION = "decide a redaction"
    VIEW_PLUGINS = "view plugin health"
    MAKE_COPY = "make and hand over copies of sites"
    TAKE_COPY = "take the copy of the own site"
    RECORD_REQUEST = "record requests about rights of subjects"


_R, _A = Role, Action
_VIEWERS = frozenset(_R) - {_R.ADM, _R.BLD, _R.UAD}

#: The default matrix (domain model 4.7), complete and deny by default. A study changes single cells: ``matrix_change``.
#: A new action stands here, and in ADMINISTRATIVE, READING or SITE_ONLY where it belongs there.
MATRIX: dict[Action, frozenset[Role]] = {
    _A.MANAGE_USERS: frozenset({_R.ADM, _R.UAD}),
    _A.PUBLISH: frozenset({_R.BLD}),
    _A.LOAD_RANGES: frozenset({_R.BLD, _R.DM}),
    _A.RELEASE_STUDY: frozenset({_R.DM, _R.MED, _R.PVG, _R.SPO}),
    _A.COMPARE_VERSIONS: frozenset({_R.BLD, _R.DM, _R.MED, _R.PVG, _R.SPO, _R.AUD}),
    _A.ACTIVATE_VERSION: frozenset({_R.DM}),
    _A.MIGRATE_FORMS: frozenset({_R.DM}),
    _A.VIEW_DATA: _VIEWERS,
    _A.VIEW_BLINDED: frozenset(),
    _A.VIEW_IDENTIFYING: frozenset({_R.CRA, _R.PI, _R.SUB, _R.CRC, _R.AUD}),
    _A.ADD_SUBJECT: frozenset({_R.PI, _R.SUB, _R.CRC}),
    _A.ENTER_DATA: frozenset({_R.PI, _R.SUB, _R.CRC}),
    _A.ENTER_RECORD: frozenset({_R.SRC}),
    _A.STRIKE: frozenset({_R.PI, _R.SUB, _R.CRC}),
    _A.REOPEN_FORM: frozenset({_R.DM, _R.PI, _R.SUB}),
    _A.CORRECT_SUBJECT: frozenset({_R.DM, _R.PI, _R.SUB}),
    _A.MOVE_SUBJECT: frozenset({_R.DM, _R.PI, _R.SUB}),
    _A.UNBLIND: frozenset({_R.PI, _R.SUB, _R.MED, _R.PVG}),
    _A.IMPORT_DATA: frozenset({_R.DM}),
    _A.MANAGE_SITES: frozenset({_R.ADM, _R.DM}),
    _A.RECORD_EVIDENCE: frozenset({_R.ADM, _R.DM, _R.PI}),
    _A.UPGRADE_PLUGIN: frozenset({_R.BLD}),
    _A.APPROVE_PLUGIN: frozenset({_R.DM}),
    _A.CREATE_QUERY: frozenset({_R.DM, _R.CRA, _R.MED, _R.PVG, _R.COD}),
    _A.ANSWER_QUERY: frozenset({_R.PI, _R.SUB, _R.CRC}),
    _A.CLOSE_QUERY: frozenset({_R.DM, _R.CRA, _R.MED, _R.PVG, _R.COD}),
    _A.FORWARD_QUERY: frozenset({_R.DM, _R.CRA}),
    _A.RUN_CHECKS: frozenset({_R.DM}),
    _A.PAUSE_CHECK: frozenset({_R.DM}),
    _A.APPROVE_PAUSE: frozenset({_R.DM, _R.MED, _R.SPO}),
    _A.SIGN: frozenset({_R.PI}),
    _A.VERIFY_SOURCE: frozenset({_R.CRA}),
    _A.REVIEW_DATA: frozenset({_R.DM}),
    _A.REVIEW_MEDICAL: frozenset({_R.MED}),
    _A.REVIEW_SAFETY: frozenset({_R.PVG}),
    _A.REVIEW_STATISTICS: frozenset({_R.STA}),
    _A.CODE_TERMS: frozenset({_R.COD}),
    _A.APPROVE_CODING: frozenset({_R.MED, _R.COD}),
    _A.FREEZE: frozenset({_R.DM}),
    _A.LOCK: frozenset({_R.DM}),
    _A.APPROVE_UNLOCK: frozenset({_R.DM, _R.SPO}),
    _A.LOCK_STUDY: frozenset({_R.DM}),
    _A.APPROVE_STUDY_LOCK: frozenset({_R.DM, _R.SPO}),
    _A.WAIVE_BLOCKER: frozenset({_R.DM}),
    _A.SNAPSHOT: frozenset({_R.DM, _R.STA}),
    _A.EXPORT_WORKING: frozenset({_R.DM}),
    _A.EXPORT_LOCKED: frozenset({_R.DM, _R.STA, _R.SPO, _R.AUD}),
    _A.READ_TRAIL: frozenset({_R.DM, _R.CRA, _R.PI, _R.SUB, _R.CRC, _R.MED, _R.PVG, _R.SPO, _R.AUD}),
    _A.REDACT: frozenset({_R.DM}),
    _A.APPROVE_REDACTION: frozenset({_R.DM, _R.SPO}),
    _A.VIEW_PLUGINS: frozenset({_R.ADM, _R.BLD, _R.DM}),
    _A.MAKE_COPY: frozenset({_R.ADM}),
    _A.TAKE_COPY: frozenset({_R.PI}),
    _A.RECORD_REQUEST: frozenset({_R.PI, _R.SUB, _R.CRC}),
}

#: What decides about people, definitions and plugins, and touches no collected value.
ADMINISTRATIVE = frozenset(
    {
        _A.MANAGE_USERS,
        _A.PUBLISH,
        _A.LOAD_RANGES,
        _A.COMPARE_VERSIONS,
        _A.MANAGE_SITES,
        _A.RECORD_EVIDENCE,
        _A.UPGRADE_PLUGIN,
        _A.VIEW_PLUGINS,
        _A.MAKE_COPY,
    }
)
#: What changes nothing.
READING = frozenset(
    {_A.VIEW_DATA, _A.VIEW_BLINDED, _A.VIEW_IDENTIFYING, _A.READ_TRAIL, _A.EXPORT_WORKING, _A.EXPORT_LOCKED}
)
#: What the investigator answers for (ICH E6(R3) 3.16.1(i)): the site's own roles alone.
SITE_ONLY = frozenset(
    {_A.ADD_SUBJECT, _A.ENTER_DATA, _A.STRIKE, _A.ANSWER_QUERY, _A.TAKE_COPY, _A.RECORD_REQUEST}
)
SITE_ROLES = frozenset({_R.PI, _R.SUB, _R.CRC})
#: Roles that run the installation or build studies: in live nobody who holds one works on data (REQ-ACC-04).
ADMINISTRATORS = frozenset({_R.ADM, _R.UAD, _R.BLD})
#: What in the study's own record is entering forms of the study, whoever does it for subjects.
_OF_RECORD = frozenset({_A.ADD_SUBJECT, _A.ENTER_DATA, _A.STRIKE, _A.REOPEN_FORM, _A.ANSWER_QUERY})

#: Actions of the installation that hold without a study.
INSTALLATION = frozenset({_A.MANAGE_USERS, _A.PUBLISH, _A.UPGRADE_PLUGIN, _A.VIEW_PLUGINS})


def never(role: Role, action: Action) -> str:
    """Why no study may give a role this action, or nothing."""
    if role in ADMINISTRATORS and action not in ADMINISTRATIVE:
        return "Administrators and builders have no rights on data (REQ-ACC-04)."
    if action in SITE_ONLY and role not in SITE_ROLES:
        return "This is for investigators and their staff alone (REQ-ACC-05)."
    if action is Action.MAKE_COPY and role is not Role.ADM:
        return "Copies of sites go past the sponsor: whoever runs the installation makes them (REQ-LCK-06)."
    return ""


def always(role: Role, action: Action) -> str:
    """Why no study may take this action from a role, or nothing."""
    if role is Role.PI and action in (Action.VIEW_DATA, Action.READ_TRAIL, Action.TAKE_COPY):
        return (
            "The investigator reads the site's records without a gap, and receives their copy (REQ-LCK-04)."
        )
    return ""


#: Roles that close, cancel and re-query only what their own role has asked.
OWN_QUERIES_ONLY = frozenset({_R.CRA, _R.MED, _R.PVG, _R.COD})


Scope = Literal["all", "countries", "sites"]


@dataclass(frozen=True, slots=True)
class Grant:
    """A user has a role in a study for all its sites, those of some countries, or some sites, for a period.

    :param study_id: empty for a role in the installation (ADM, UAD).
    :param starts: first day, ISO date, UTC; ``ends`` the last one, empty for open.
    :param more: actions that the study gives this role beyond the default matrix; ``less`` those it takes away.
    :param needs: what has to be on record about the person before the role works; see ``evidence``.
    :param live: the study is live, so that the role does not work for a person who also administers or builds.
    :param unblinded: this person sees blinded and restricted items in the role, whatever the role shows to others.
    """

    study_id: str
    role: Role
    scope: Scope = "all"
    countries: frozenset[str] = frozenset()
    site_ids: frozenset[str] = frozenset()
    starts: str = ""
    ends: str = ""
    more: frozenset[Action] = frozenset()
    less: frozenset[Action] = frozenset()
    needs: frozenset[EvidenceKind] = frozenset()
    live: bool = False
    unblinded: bool = False

    def includes(self, action: Action) -> bool:
        """Whether the role has this action in this study: its own matrix, or the default one."""
        if self.unblinded and action is Action.VIEW_BLINDED:
            return True
        return action not in self.less and (self.role in MATRIX[action] or action in self.more)

    def is_live(self, today: str) -> bool:
        return self.starts <= today and (not self.ends or today <= self.ends)

    def is_open(self, today: str) -> bool:
        """Live today or on a day to come."""
        return not self.ends or today <= self.ends

    def covers(self, site_id: str, country: str) -> bool:
        if self.scope == "all":
            return True
        if self.scope == "countries":
            return country in self.countries
        return site_id in self.site_ids


@dataclass(frozen=True, slots=True)
class Place:
    """Where an action would happen. An empty site means the study as a whole.

    :param is_record: in the study's own record, which is no subject of a site.
    """

    study_id: str
    site_id: str = ""
    country: str = ""
    is_record: bool = False

    @classmethod
    def every_site(cls, study_id: str) -> Place:
        """All sites of a study at once: only a grant for all of them reaches there."""
        return cls(study_id, "*")

    @classmethod
    def record(cls, study_id: str) -> Place:
        """The study's own record; it is reached by a grant for all sites."""
        return cls(study_id, "*", is_record=True)


class Standing(NamedTuple):
    """An actor at one place, for whoever asks about several actions there.

    :param grants: those that reach the place, in the order granted.
    :param administers: holds a role in the study, wherever, that no clinical role of a live study goes with.
    """

    place: Place
    grants: tuple[Grant, ...]
    administers: bool
    trusted: bool

    def may(self, action: Action) -> bool:
        return self.trusted or bool(self.allowing(action))

    def allowing(self, action: Action) -> list[Role]:
        """The roles that include an action, in the order granted; none for trusted actors."""
        action = self._meant(action)
        return [
            grant.role
            for grant in self.grants
            if grant.includes(action) and not (self.administers and grant.live and is_clinical(action))
        ]

    def role_for(self, action: Action) -> str:
        """The first of the roles that allow an action; empty for trusted actors.

        :raises NotAllowed: when none does.
        """
        roles = self.allowing(action)
        if not roles and not self.trusted:
            action = self._meant(action)
            raise NotAllowed(f"Your role does not include: {action}.", action=str(action))
        return "" if self.trusted else roles[0]

    def _meant(self, action: Action) -> Action:
        return Action.ENTER_RECORD if self.place.is_record and action in _OF_RECORD else action


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, the system, a plugin or the command line, with the grants that count today.

    :param name: what the ledger records: a login, ``system``, ``plugin:<name>`` or ``cli:<os user>``.
    :param trusted: may act without a grant: the system's own acts, and the command line outside live studies.
    :param language: in which forms are shown, where the study has it.
    """

    name: str
    user_id: str = ""
    full_name: str = ""
    grants: tuple[Grant, ...] = ()
    zone: str = "UTC"
    trusted: bool = False
    language: str = "en"

    def roles(self, place: Place) -> tuple[Role, ...]:
        """Roles held at a place, in the order granted."""
        return tuple(grant.role for grant in self.at(place).grants)

    def at(self, place: Place) -> Standing:
        here = [grant for grant in self.grants if grant.study_id in ("", place.study_id)]
        held = [grant for grant in here if not place.site_id or grant.covers(place.site_id, place.country)]
        administers = not ADMINISTRATORS.isdisjoint([grant.role for grant in here])
        return Standing(place, tuple(held), administers, self.trusted)

    def role_for(self, action: Action, place: Place) -> str:
        """:raises NotAllowed: see ``Standing.role_for``."""
        return self.at(place).role_for(action)

    def may(self, action: Action, place: Place) -> bool:
        return self.at(place).may(action)


def is_clinical(action: Action) -> bool:
    """Whether it enters, changes, verifies or protects collected data; an action nobody has sorted does."""
    return action not in ADMINISTRATIVE and action not in READING


def conflicting(held: Iterable[Grant], new: Grant) -> Role | None:
    """The role already held that cannot go with a new one: administering or building, and work on live data."""
    for grant in held:
        if "" not in (grant.study_id, new.study_id) and grant.study_id != new.study_id:
            continue
        one, other = (grant, new) if grant.role in ADMINISTRATORS else (new, grant)
        if one.role in ADMINISTRATORS and other.live and _works_on_data(other.role):
            return grant.role
    return None


def of_other_sight(held: Iterable[Grant], new: Grant) -> Role | None:
    """The role already held in the study that stays blinded where the new one does not, or the other way round: what a
    person saw in the one they know in the other.
    """
    shows = new.includes(Action.VIEW_BLINDED)
    for grant in held:
        both = {grant.role, new.role}.isdisjoint(ADMINISTRATORS) and grant.study_id == new.study_id
        if both and grant.includes(Action.VIEW_BLINDED) is not shows:
            return grant.role
    return None


def _works_on_data(role: Role) -> bool:
    return any(is_clinical(action) and role in roles for action, roles in MATRIX.items())
