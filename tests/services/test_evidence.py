"""REQ-ACC-10: a role works while training and delegation are on record, where a study asks for them."""

from dataclasses import replace

import pytest

from edc_core.domain.evidence import Evidence, EvidenceKind, backed
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.permission import Action, Actor, Grant, Place, Role
from edc_core.domain.study_commands import RecordEvidence
from edc_core.errors import BadRequest, NotAllowed, NotFound, ReasonRequired
from edc_core.ids import new_id
from edc_core.services import users, verifying
from edc_core.services.evidence import record_evidence
from edc_core.services.permissions import RequireEvidence, require_evidence
from edc_core.testing import SOME_REASON

TRAINING, DELEGATION = EvidenceKind.TRAINING, EvidenceKind.DELEGATION
DAY = "2026-03-04"
SITE = Grant("s", Role.CRC, "sites", site_ids=frozenset({"a", "b"}), needs=frozenset({TRAINING, DELEGATION}))


def on_record(kind, site="", starts="2026-01-01", ends="", study="s"):
    return Evidence(study, kind, site, starts, ends)


TRAINED = on_record(TRAINING)


@pytest.mark.parametrize(
    ("records", "sites"),
    [
        ([], None),
        ([TRAINED], None),
        ([on_record(DELEGATION, "a")], None),
        ([TRAINED, on_record(DELEGATION, "a")], {"a"}),
        ([TRAINED, on_record(DELEGATION, "a"), on_record(DELEGATION, "b")], {"a", "b"}),
        ([TRAINED, on_record(DELEGATION, "c")], None),
        ([TRAINED, on_record(DELEGATION, "a", study="another")], None),
        ([TRAINED, on_record(DELEGATION, "a", ends=DAY)], {"a"}),
        ([TRAINED, on_record(DELEGATION, "a", ends="2026-03-03")], None),
        ([TRAINED, on_record(DELEGATION, "a", starts="2026-03-05")], None),
        ([on_record(TRAINING, ends="2026-03-03"), on_record(DELEGATION, "a")], None),
    ],
)
def test_a_role_reaches_what_is_on_record_today(records, sites):
    found = backed(SITE, records, DAY, {})
    assert (set(found[0].site_ids) if found else None) == sites


INVESTIGATOR = replace(SITE, role=Role.PI)
KEPT = {Action.VIEW_DATA, Action.VIEW_IDENTIFYING, Action.READ_TRAIL, Action.TAKE_COPY}
OVER = "2026-03-03"


@pytest.mark.parametrize(
    ("records", "reads", "works"),
    [
        ([], "", ""),
        ([TRAINED], "", ""),
        ([TRAINED, on_record(DELEGATION, "a")], "a", "a"),
        ([TRAINED, on_record(DELEGATION, "a", ends=OVER)], "a", ""),
        ([on_record(TRAINING, ends=OVER), on_record(DELEGATION, "a")], "a", ""),
        ([on_record(TRAINING, ends=OVER), on_record(DELEGATION, "a", ends=OVER)], "a", ""),
        ([TRAINED, on_record(DELEGATION, "a", ends=OVER), on_record(DELEGATION, "b")], "ab", "b"),
        ([on_record(TRAINING, starts="2026-03-05"), on_record(DELEGATION, "a")], "a", ""),
        ([TRAINED, on_record(DELEGATION, "c", ends=OVER)], "", ""),
    ],
)
def test_an_investigator_reads_on_when_a_record_ends_and_does_nothing_else(records, reads, works):
    """REQ-LCK-04."""
    person = Actor("kim", grants=backed(INVESTIGATOR, records, DAY, {}))
    for site in "ab":
        may = {action for action in Action if person.may(action, Place("s", site, "KR"))}
        if site in works:
            assert {Action.ENTER_DATA, Action.SIGN, *KEPT} <= may
        else:
            assert may == (KEPT if site in reads else set())


def test_a_role_that_needs_nothing_stays_as_it_is():
    grant = Grant("s", Role.DM)
    assert backed(grant, [], DAY, {}) == (grant,)


def test_a_role_for_all_sites_works_where_it_was_delegated():
    everywhere = Grant("s", Role.CRC, needs=frozenset({DELEGATION}))
    (found,) = backed(everywhere, [on_record(DELEGATION, "a")], DAY, {})
    assert (found.scope, found.site_ids) == ("sites", {"a"})


def test_a_role_for_countries_works_where_it_was_delegated_in_them():
    in_korea = Grant("s", Role.CRC, "countries", countries=frozenset({"KR"}), needs=frozenset({DELEGATION}))
    records = [on_record(DELEGATION, "a"), on_record(DELEGATION, "b")]
    (found,) = backed(in_korea, records, DAY, {"a": "KR", "b": "US"})
    assert (found.scope, found.site_ids) == ("sites", {"a"})
    assert backed(in_korea, records, DAY, {"a": "US", "b": "US"}) == ()


def one_task(task, site="a", **days):
    return replace(on_record(DELEGATION, site, **days), task=task)


@pytest.mark.parametrize(
    ("records", "may"),
    [
        ([one_task("enter")], {"a": {Action.ENTER_DATA, Action.ADD_SUBJECT}}),
        ([one_task("answer")], {"a": {Action.ANSWER_QUERY}}),
        ([one_task("answer"), one_task("enter")],
         {"a": {Action.ANSWER_QUERY, Action.ENTER_DATA, Action.ADD_SUBJECT}}),
        ([one_task("answer"), one_task("enter", ends="2026-03-03")], {"a": {Action.ANSWER_QUERY}}),
        ([one_task("answer"), one_task("enter", "b")],
         {"a": {Action.ANSWER_QUERY}, "b": {Action.ENTER_DATA, Action.ADD_SUBJECT}}),
        ([one_task("answer"), on_record(DELEGATION, "a")],
         {"a": {Action.ANSWER_QUERY, Action.ENTER_DATA, Action.ADD_SUBJECT}}),
    ],
)  # fmt: skip
def test_single_tasks_are_done_while_each_is_on_record_and_the_rest_is_read(records, may):
    found = backed(SITE, [TRAINED, *records], DAY, {})
    person = Actor("kim", grants=found)
    for site in "ab":
        place = Place("s", site, "KR")
        done = {
            action
            for action in (Action.ADD_SUBJECT, Action.ENTER_DATA, Action.ANSWER_QUERY, Action.SIGN)
            if person.may(action, place)
        }
        assert done == may.get(site, set())
        assert person.may(Action.VIEW_DATA, place) is (site in may)


# On real data


@pytest.fixture
def trial(trial):
    """The trial with a coordinator's account at its first site."""
    first = next(iter(trial.sites.values()))
    named = {"study_id": SYSTEM_STUDY, "login": "kim"}
    trial.act(trial.cli, users.add_user, users.AddUser, full_name="Kim", **named)
    grant = {
        "role": Role.CRC,
        "granted_study_id": trial.study_id,
        "scope": "sites",
        "site_ids": frozenset({first}),
    }
    trial.act(trial.cli, users.add_grant, users.AddGrant, **named, **grant)
    return trial


def need(trial, kind, *, required=True, reason=SOME_REASON, by=None):
    fields = {"role": Role.CRC, "kind": kind, "required": required, "reason": reason}
    command = RequireEvidence(study_id=trial.study_id, op=new_id(), **fields)
    return trial.do(by or trial.cli, require_evidence, command)


def record(trial, kind, *, by=None, **more):
    fields = {"login": "kim", "kind": kind, "document": "Log, page 1"} | more
    command = RecordEvidence(study_id=trial.study_id, op=new_id(), **fields)
    return trial.do(by or trial.cli, record_evidence, command)


def may_enter(trial):
    with trial.core.read() as source:
        kim = users.actor_of(source, "kim", users.today(trial.core.clock))
    return kim.may(Action.ENTER_DATA, Place(trial.study_id, next(iter(trial.sites.values())), "KR"))


def test_access_begins_with_the_record_and_ends_with_its_last_day(trial, clock):
    assert may_enter(trial)
    need(trial, TRAINING)
    need(trial, DELEGATION)
    assert not may_enter(trial)
    record(trial, TRAINING)
    assert not may_enter(trial)
    record(trial, DELEGATION, site="KR-01", ends=users.today(clock), tasks="Data entry")
    assert may_enter(trial)
    clock.advance(days=1)
    assert not may_enter(trial)
    record(trial, DELEGATION, site="KR-01")
    assert may_enter(trial)
    need(trial, DELEGATION, required=False)
    need(trial, TRAINING, required=False)
    assert may_enter(trial)


def test_the_investigator_delegates_at_the_own_site_and_the_coordinator_nowhere(trial):
    record(trial, DELEGATION, site="KR-01", by=trial.pi)
    for by, site in ((trial.pi, "US-01"), (trial.pi, ""), (trial.crc, "KR-01"), (trial.bld, "KR-01")):
        with pytest.raises(NotAllowed):
            record(trial, TRAINING, site=site, by=by)


@pytest.mark.parametrize(
    ("fields", "error", "words"),
    [
        ({"kind": DELEGATION}, BadRequest, "is for a site"),
        ({"kind": EvidenceKind.SECOND_FACTOR}, BadRequest, "set up by its owner"),
        ({"kind": TRAINING, "site": "XX-9"}, NotFound, "no site 'XX-9'"),
        ({"kind": TRAINING, "document": "  "}, BadRequest, "Name the document"),
        ({"kind": TRAINING, "starts": "soon"}, BadRequest, "YYYY-MM-DD"),
        ({"kind": TRAINING, "starts": "2026-03-04", "ends": "2026-03-03"}, BadRequest, "before the first"),
        ({"kind": TRAINING, "login": "nobody"}, NotFound, "no user 'nobody'"),
        ({"kind": TRAINING, "task": "enter"}, BadRequest, "is one of: enter, answer, sign, unblind"),
        ({"kind": DELEGATION, "site": "KR-01", "task": "cook"}, BadRequest, "is one of"),
    ],
)
def test_a_record_that_says_too_little_is_refused(trial, fields, error, words):
    with pytest.raises(error, match=words):
        record(trial, **fields)
    assert [e for e in trial.entries() if e["kind"] == "grant.evidence"] == []


def test_only_who_manages_users_says_what_is_needed_and_why(trial):
    with pytest.raises(NotAllowed):
        need(trial, TRAINING, by=trial.dm)
    with pytest.raises(ReasonRequired):
        need(trial, TRAINING, reason=type(SOME_REASON)())


def test_records_and_needs_can_be_rebuilt_from_the_ledger(trial):
    need(trial, TRAINING)
    record(trial, TRAINING, ends="2031-12-31")
    record(trial, TRAINING)
    record(trial, DELEGATION, site="KR-01", by=trial.pi)
    record(trial, DELEGATION, site="KR-01", task="answer", ends="2031-12-31", by=trial.pi)
    record(trial, DELEGATION, site="KR-01", task="answer", by=trial.pi)
    report = verifying.verify(trial.core, rebuild=True)
    assert report.ok, report.problems


def test_each_task_ends_with_its_own_day(trial, clock):
    need(trial, DELEGATION)
    record(trial, DELEGATION, site="KR-01", task="enter", ends=users.today(clock))
    record(trial, DELEGATION, site="KR-01", task="answer")
    assert may_enter(trial)
    clock.advance(days=1)
    assert not may_enter(trial)
    with trial.core.read() as source:
        kim = users.actor_of(source, "kim", users.today(clock))
    place = Place(trial.study_id, next(iter(trial.sites.values())), "KR")
    assert (kim.may(Action.ANSWER_QUERY, place), kim.may(Action.VIEW_DATA, place)) == (True, True)
