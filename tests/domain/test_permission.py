import pytest

from edc_core.domain.matrix_change import MatrixChange
from edc_core.domain.permission import (
    ADMINISTRATIVE,
    MATRIX,
    READING,
    SITE_ONLY,
    Action,
    Actor,
    Grant,
    Place,
    Role,
    is_clinical,
    never,
)
from edc_core.errors import NotAllowed

A = Action
VIEWERS = "DM CRA PI SUB CRC SRO MED PVG COD STA SPO AUD SRC"

#: The default matrix of the domain model, 4.7. SUB acts as PI but delegates nothing, PVG as MED; ADM's "trail (system)" for pages of the installation's own chain.
TABLE = {
    A.MANAGE_USERS: "ADM UAD",
    A.PUBLISH: "BLD",
    A.RELEASE_STUDY: "DM MED PVG SPO",
    A.LOAD_RANGES: "BLD DM",
    A.COMPARE_VERSIONS: "BLD DM MED PVG SPO AUD",
    A.ACTIVATE_VERSION: "DM",
    A.MIGRATE_FORMS: "DM",
    A.VIEW_DATA: VIEWERS,
    A.VIEW_BLINDED: "",
    A.VIEW_IDENTIFYING: "CRA PI SUB CRC AUD",
    A.ADD_SUBJECT: "PI SUB CRC",
    A.ENTER_DATA: "PI SUB CRC",
    A.ENTER_RECORD: "SRC",
    A.STRIKE: "PI SUB CRC",
    A.REOPEN_FORM: "DM PI SUB",
    A.CORRECT_SUBJECT: "DM PI SUB",
    A.MOVE_SUBJECT: "DM PI SUB",
    A.UNBLIND: "PI SUB MED PVG",
    A.IMPORT_DATA: "DM",
    A.MANAGE_SITES: "ADM DM",
    A.RECORD_EVIDENCE: "ADM DM PI",
    A.UPGRADE_PLUGIN: "BLD",
    A.APPROVE_PLUGIN: "DM",
    A.CREATE_QUERY: "DM CRA MED PVG COD",
    A.ANSWER_QUERY: "PI SUB CRC",
    A.CLOSE_QUERY: "DM CRA MED PVG COD",
    A.FORWARD_QUERY: "DM CRA",
    A.RUN_CHECKS: "DM",
    A.PAUSE_CHECK: "DM",
    A.APPROVE_PAUSE: "DM MED SPO",
    A.SIGN: "PI",
    A.VERIFY_SOURCE: "CRA",
    A.REVIEW_DATA: "DM",
    A.REVIEW_MEDICAL: "MED",
    A.REVIEW_SAFETY: "PVG",
    A.REVIEW_STATISTICS: "STA",
    A.CODE_TERMS: "COD",
    A.APPROVE_CODING: "MED COD",
    A.FREEZE: "DM",
    A.LOCK: "DM",
    A.APPROVE_UNLOCK: "DM SPO",
    A.LOCK_STUDY: "DM",
    A.APPROVE_STUDY_LOCK: "DM SPO",
    A.WAIVE_BLOCKER: "DM",
    A.SNAPSHOT: "DM STA",
    A.EXPORT_WORKING: "DM",
    A.EXPORT_LOCKED: "DM STA SPO AUD",
    A.READ_TRAIL: "DM CRA PI SUB CRC MED PVG SPO AUD",
    A.REDACT: "DM",
    A.APPROVE_REDACTION: "DM SPO",
    A.VIEW_PLUGINS: "ADM BLD DM",
    A.MAKE_COPY: "ADM",
    A.TAKE_COPY: "PI",
    A.RECORD_REQUEST: "PI SUB CRC",
}
HERE = Place("study", "site-1", "KR")


def actor(role, **more):
    return Actor("somebody", grants=(Grant("study", role, **more),))


def test_every_action_has_its_row_here_and_in_the_matrix():
    assert set(TABLE) == set(Action) == set(MATRIX)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_every_role_with_every_action(role, action):
    allowed = role.value in TABLE[action].split()
    assert actor(role).may(action, HERE) is allowed
    if allowed:
        assert actor(role).role_for(action, HERE) == role
    else:
        with pytest.raises(NotAllowed):
            actor(role).role_for(action, HERE)


def test_the_administrator_has_no_clinical_rights():
    clinical = set(Action) - {A.MANAGE_USERS, A.MANAGE_SITES, A.RECORD_EVIDENCE, A.VIEW_PLUGINS, A.MAKE_COPY}
    assert not [action for action in clinical if actor(Role.ADM).may(action, HERE)]


@pytest.mark.parametrize(
    ("scope", "here", "there", "abroad"),
    [
        ({}, True, True, True),
        ({"scope": "sites", "site_ids": frozenset({"site-1"})}, True, False, False),
        ({"scope": "countries", "countries": frozenset({"KR"})}, True, True, False),
        ({"scope": "sites"}, False, False, False),
        ({"scope": "countries"}, False, False, False),
    ],
)
def test_a_grant_reaches_as_far_as_it_says(scope, here, there, abroad):
    somebody = actor(Role.CRA, **scope)
    places = [HERE, Place("study", "site-2", "KR"), Place("study", "site-3", "US")]
    assert [somebody.may(A.VIEW_DATA, place) for place in places] == [here, there, abroad]


def test_a_grant_counts_in_its_study_only():
    assert not actor(Role.DM).may(A.VIEW_DATA, Place("another study", "site-1", "KR"))


def test_a_grant_for_some_sites_is_none_for_all_of_them():
    some = actor(Role.DM, scope="sites", site_ids=frozenset({"site-1"}))
    assert not some.may(A.LOCK_STUDY, Place.every_site("study"))
    assert actor(Role.DM).may(A.LOCK_STUDY, Place.every_site("study"))


@pytest.mark.parametrize(
    ("starts", "ends", "live"),
    [
        ("", "", True),
        ("2026-03-04", "2026-03-04", True),
        ("2026-03-05", "", False),
        ("", "2026-03-03", False),
        ("2026-01-01", "2026-12-31", True),
    ],
)
def test_a_grant_counts_from_its_first_day_to_its_last(starts, ends, live):
    assert Grant("study", Role.CRC, starts=starts, ends=ends).is_live("2026-03-04") is live


def test_the_first_role_that_allows_it_is_the_one_it_was_done_in():
    both = Actor("somebody", grants=(Grant("study", Role.CRA), Grant("study", Role.DM)))
    assert both.role_for(A.CREATE_QUERY, HERE) == Role.CRA
    assert both.role_for(A.FREEZE, HERE) == Role.DM


def test_nobody_without_a_grant_may_anything_and_the_system_may():
    assert not [action for action in Action if Actor("nobody").may(action, HERE)]
    assert all(Actor("system", trusted=True).may(action, HERE) for action in Action)


# The form of the table


def test_the_matrix_gives_nobody_what_no_study_may_give():
    given = [(role, action) for action, roles in MATRIX.items() for role in roles if never(role, action)]
    assert given == []


RECORD = {A.ADD_SUBJECT, A.ENTER_DATA, A.STRIKE, A.REOPEN_FORM, A.ANSWER_QUERY}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_administration_and_data_never_meet_in_live(role, action):
    """Whatever role is held beside it, a builder or administrator does nothing to data of a live study."""
    both = Actor("both", grants=(Grant("", Role.BLD), Grant("study", role, live=True)))
    builder = Role.BLD in MATRIX[action]
    assert both.may(action, HERE) is (builder or (role in MATRIX[action] and not is_clinical(action)))


def test_every_action_is_sorted_once():
    assert not ADMINISTRATIVE & READING
    assert is_clinical(A.ENTER_DATA)
    assert not SITE_ONLY & (ADMINISTRATIVE | READING)


@pytest.mark.parametrize("allowed", [True, False])
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_one_cell_changes_and_no_other(role, action, allowed):
    change = MatrixChange().put(role, action, allowed=allowed)
    assert MatrixChange.of(change.data) == change
    assert change.allows(role, action) is (
        allowed and not (never(role, action) and role not in MATRIX[action])
    )
    others = [(r, a) for r in Role for a in Action if (r, a) != (role, action)]
    assert all(change.allows(r, a) is (r in MATRIX[a]) for r, a in others)
    assert change.put(role, action, allowed=role in MATRIX[action]) == MatrixChange()


def test_cells_of_another_release_are_left_out():
    assert MatrixChange.of({"more": ["XYZ:VIEW_DATA", "SRO:FLY", "nothing"]}) == MatrixChange()


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_entering_in_the_record_of_the_study_is_an_action_of_its_own(role, action):
    allowed = role.value in TABLE[A.ENTER_RECORD if action in RECORD else action].split()
    assert actor(role).may(action, Place.record("study")) is allowed
    assert not actor(role, scope="sites", site_ids=frozenset({"site-1"})).may(action, Place.record("study"))
