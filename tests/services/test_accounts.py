"""Accounts from invitation to end: links, passwords, waits, sessions, and who had which role when."""

import dataclasses
import email
import re
from datetime import timedelta
from email import policy

import pytest
from argon2 import extract_parameters
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select

from edc_core.clock import iso
from edc_core.domain import job as job_states
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.permission import Actor, Role
from edc_core.errors import AlreadyExists, BadRequest, NotAllowed, NotFound, NotSignedIn, WrongState
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.services import (
    access_review,
    account_links,
    command_tokens,
    mailing,
    people,
    sessions,
    users,
    verifying,
)
from edc_core.services.people_desk import everybody
from edc_core.store import accounts
from edc_core.store.job_tables import job
from edc_core.store.ledger_tables import access_log
from tests.sharing import IN_AN_INSTALLATION, OF_NOBODY
from tests.smtp_sink import smtp_sink

CLI = Actor("cli:test", trusted=True)
GOOD, BETTER = "wind mill over Busan", "ochre tulip in a drawer"
LOGIN = "kim@site.example"


@pytest.fixture
def core(core, tmp_path):
    core.settings = dataclasses.replace(
        core.settings, mail_dir=tmp_path / "mail", base_url="https://edc.example"
    )
    return core


def add(core, login=LOGIN, *, email="kim@mail.example", role=None, password=""):
    with core.write(CLI) as uow:
        users.add_user(
            uow, users.AddUser(study_id=SYSTEM_STUDY, op=new_id(), login=login, full_name="Kim", email=email)
        )
        if role:
            users.add_grant(uow, users.AddGrant(study_id=SYSTEM_STUDY, op=new_id(), login=login, role=role))
        if password:
            users.set_password(uow, login, password)
    return login


def actor(core, login):
    with core.read() as source:
        return users.actor_of(source, login, users.today(core.clock))


def write(core, service, *arguments, by=CLI, **more):
    with core.write(by) as uow:
        return service(uow, *arguments, **more)


def sign_in(core, password, login=LOGIN):
    return write(core, sessions.log_in, login, password, by=Actor("anonymous"))


def who(core, token):
    with core.read() as source:
        return sessions.who_is(source, core.clock, token, idle_minutes=30)


def mails(core):
    """Sends what is due; the messages that lie in the folder since, oldest first."""
    Worker(core).run(once=True)
    files = sorted(core.settings.mail_dir.glob("*.eml")) if core.settings.mail_dir.exists() else []
    return [email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def token_in(message):
    return re.search(r"https://edc\.example/password/(\S+)", message.get_content())[1]


def logged(core):
    """What people did; the worker that sends the mail notes how the clock is."""
    with core.read() as source:
        rows = source.connection.execute(select(access_log).order_by(access_log.c.id))
        return [(row.login, row.action) for row in rows if not row.action.startswith("clock")]


# Invitation and reset


def test_a_password_costs_who_guesses_it_what_is_recommended():
    hasher = IN_AN_INSTALLATION
    assert hasher.type.name == "ID"
    assert hasher.memory_cost >= 19 * 1024, "KiB: the least that OWASP names for Argon2id"
    assert hasher.time_cost >= 2


def test_the_password_of_nobody_is_verified_at_the_cost_of_any_other():
    assert extract_parameters(OF_NOBODY) == extract_parameters(IN_AN_INSTALLATION.hash(GOOD))
    with pytest.raises(VerifyMismatchError):  # reckoned and different: what cannot be read is another error
        IN_AN_INSTALLATION.verify(OF_NOBODY, GOOD)


def test_an_invited_person_chooses_the_password_and_nobody_else_ever_knew_one(core, grep_database):
    add(core)
    write(core, account_links.invite, LOGIN)
    (message,) = mails(core)
    assert message["To"] == "kim@mail.example"
    token = token_in(message)
    assert grep_database(token) == []
    assert not sign_in(core, GOOD).token
    assert account_links.use_link(core, token, GOOD) == LOGIN
    signed_in = sign_in(core, GOOD)
    assert (bool(signed_in.token), signed_in.stage) == (True, "")


def test_a_link_works_once(core):
    add(core)
    write(core, account_links.invite, LOGIN)
    token = token_in(mails(core)[0])
    with pytest.raises(BadRequest, match="12 characters"):
        account_links.use_link(core, token, "short")
    account_links.use_link(core, token, GOOD)
    with pytest.raises(NotFound, match="used already or is too old"):
        account_links.use_link(core, token, BETTER)
    assert sign_in(core, GOOD).token


@pytest.mark.parametrize(("purpose", "lasts"), [("invite", timedelta(days=7)), ("reset", timedelta(hours=1))])
def test_a_link_ends_with_its_time(core, clock, purpose, lasts):
    add(core, password=BETTER)
    write(core, account_links.invite if purpose == "invite" else account_links.ask_reset, LOGIN)
    token = token_in(mails(core)[0])
    clock.advance(seconds=lasts.total_seconds() + 1)
    with pytest.raises(NotFound):
        account_links.use_link(core, token, GOOD)


def test_a_new_password_spends_every_other_link_and_ends_every_session(core):
    add(core, password=BETTER)
    session = sign_in(core, BETTER).token
    for _ in range(2):
        write(core, account_links.ask_reset, LOGIN)
    first, second = (token_in(message) for message in mails(core))
    account_links.use_link(core, second, GOOD)
    with pytest.raises(NotFound):
        account_links.use_link(core, first, BETTER)
    with pytest.raises(NotSignedIn):
        who(core, session)


def test_nobody_learns_whether_there_is_an_account(core):
    add(core, email="")
    write(core, account_links.ask_reset, LOGIN)
    write(core, account_links.ask_reset, "nobody@site.example")
    assert mails(core) == []
    assert [action for _, action in logged(core)] == ["reset asked for"] * 2


def test_a_closed_account_gets_no_link_and_one_under_way_opens_nothing(core):
    add(core)
    add(core, "uma", role=Role.UAD)
    write(core, account_links.invite, LOGIN)
    token = token_in(mails(core)[0])
    write(core, people.set_active, LOGIN, active=False)
    with pytest.raises(NotFound):
        account_links.use_link(core, token, GOOD)
    write(core, account_links.ask_reset, LOGIN)
    assert len(mails(core)) == 1


def test_only_who_manages_users_invites(core):
    add(core)
    add(core, "bea", role=Role.BLD)
    with pytest.raises(NotAllowed):
        write(core, account_links.invite, LOGIN, by=actor(core, "bea"))
    with pytest.raises(BadRequest, match="no mail address"):
        write(core, account_links.invite, add(core, "nomail", email=""))


# Mail


def test_mail_goes_to_the_server_and_waits_for_one_that_is_away(core, clock):
    add(core)
    with smtp_sink() as (address, kept):
        core.settings = dataclasses.replace(core.settings, smtp_url=address)
        write(core, account_links.invite, LOGIN)
        Worker(core).run(once=True)
        assert len(kept) == 1
        assert b"Your account for electronic data capture" in kept[0]
    write(core, account_links.invite, LOGIN)
    Worker(core).run(once=True)
    with core.read() as source:
        rows = source.connection.execute(
            select(job.c.state, job.c.due_at)
            .where(job.c.kind == mailing.KIND)
            .order_by(job.c.created_at, job.c.due_at)
        ).all()
    assert [row.state for row in rows] == ["done", "done", "queued"]
    assert rows[-1].due_at == iso(clock.now() + timedelta(minutes=1))
    with smtp_sink() as (address, kept):
        core.settings = dataclasses.replace(core.settings, smtp_url=address)
        Worker(core).run(once=True)
        assert kept == []
        clock.advance(minutes=2)
        Worker(core).run(once=True)
        assert len(kept) == 1


def test_mail_that_nobody_takes_is_given_up_and_says_so(core, clock):
    add(core)
    core.settings = dataclasses.replace(core.settings, smtp_url="smtp://127.0.0.1:9")
    write(core, account_links.invite, LOGIN)
    for _ in range(9):
        Worker(core).run(once=True)
        clock.advance(minutes=180)
    with core.read() as source:
        rows = source.connection.execute(
            select(job.c.state, job.c.result)
            .where(job.c.kind == mailing.KIND)
            .order_by(job.c.created_at, job.c.due_at)
        ).all()
    assert [row.state for row in rows] == [job_states.DONE] * 7 + [job_states.FAILED]
    assert "8 times" in rows[-1].result


# Passwords


def test_a_first_password_that_somebody_chose_is_changed_before_anything_else(core):
    add(core)
    write(core, users.set_password, LOGIN, BETTER, must_change=True)
    signed_in = sign_in(core, BETTER)
    assert signed_in.stage == "password"
    assert who(core, signed_in.token).stage == "password"
    with pytest.raises(BadRequest, match="password you have"):
        write(core, users.set_password, LOGIN, BETTER, by=actor(core, LOGIN))
    write(core, users.set_password, LOGIN, GOOD, by=actor(core, LOGIN))
    assert sign_in(core, GOOD).stage == ""


def test_nobody_but_a_user_administrator_sets_anothers_password(core):
    add(core, password=BETTER)
    add(core, "bea", role=Role.BLD)
    with pytest.raises(NotAllowed):
        write(core, users.set_password, LOGIN, GOOD, by=actor(core, "bea"))
    assert sign_in(core, BETTER).token


def test_the_wait_doubles_and_an_administrator_or_the_right_password_ends_it(core, clock):
    add(core, password=BETTER)

    def fail():
        return [sign_in(core, "wrong password").locked_until for _ in range(5)][-1]

    assert fail() == iso(clock.now() + timedelta(minutes=15))
    assert not sign_in(core, BETTER).token
    clock.advance(minutes=16)
    assert fail() == iso(clock.now() + timedelta(minutes=30))
    write(core, people.unlock, LOGIN)
    assert sign_in(core, BETTER).token
    assert fail() == iso(clock.now() + timedelta(minutes=15))


def test_who_may_not_manage_users_unlocks_nobody(core):
    add(core, password=BETTER)
    add(core, "bea", role=Role.BLD)
    for service in (people.unlock, people.end_sessions):
        with pytest.raises(NotAllowed):
            write(core, service, LOGIN, by=actor(core, "bea"))


# Accounts, roles, sessions


def test_a_closed_account_is_out_at_once_and_its_login_stays_taken(core):
    add(core, password=BETTER)
    add(core, "uma", role=Role.UAD)
    token = sign_in(core, BETTER).token
    key = write(core, command_tokens.new_token, LOGIN)
    write(core, people.set_active, LOGIN, active=False, by=actor(core, "uma"))
    with pytest.raises(NotSignedIn):
        who(core, token)
    with core.read() as source:
        assert not command_tokens.token_belongs(source, LOGIN, key)
    assert not sign_in(core, BETTER).token
    with pytest.raises(AlreadyExists):
        add(core)
    write(core, people.set_active, LOGIN, active=True, by=actor(core, "uma"))
    assert sign_in(core, BETTER).token


def test_sessions_are_ended_one_or_all_but_one(core):
    add(core, password=BETTER)
    one, two, three = (sign_in(core, BETTER).token for _ in range(3))
    me = actor(core, LOGIN)
    assert write(core, people.end_sessions, LOGIN, only=users.token_digest(one), by=me) == 1
    assert write(core, people.end_sessions, LOGIN, but=users.token_digest(three), by=me) == 1
    for gone in (one, two):
        with pytest.raises(NotSignedIn):
            who(core, gone)
    assert who(core, three).actor.name == LOGIN


def grants(core, login):
    with core.read() as source:
        (person,) = everybody(source, iso(core.clock.now()), login=login)
    return person.roles


def end(core, held, by=CLI):
    return write(core, people.end_grant, people.EndGrant.because("Left", held.grant_id, new_id()), by=by)


def test_a_role_ends_at_once(core):
    add(core, role=Role.BLD)
    add(core, "uma", role=Role.UAD)
    (held,) = grants(core, LOGIN)
    end(core, held, by=actor(core, "uma"))
    assert actor(core, LOGIN).grants == ()
    assert grants(core, LOGIN) == ()
    with pytest.raises(WrongState, match="ended already"):
        end(core, held)


def test_the_last_user_administrator_stays(core):
    uma = actor(core, add(core, "uma", role=Role.UAD))
    (held,) = grants(core, "uma")
    with pytest.raises(WrongState, match="Nobody else"):
        end(core, held, by=uma)
    with pytest.raises(WrongState, match="Nobody else"):
        write(core, people.set_active, "uma", active=False, by=uma)
    add(core, "ada", role=Role.ADM)
    end(core, held, by=uma)
    assert actor(core, "uma").grants == ()


def review(core, day, by=CLI):
    with core.read() as source:
        return [(line["login"], line["role"]) for line in access_review.access_review(source, by, day)]


def test_who_had_which_role_on_a_day_comes_from_the_ledger(core, clock):
    first = users.today(clock)
    add(core, role=Role.BLD)
    add(core, "uma", role=Role.UAD)
    clock.advance(days=2)
    second = users.today(clock)
    end(core, grants(core, LOGIN)[0])
    clock.advance(days=2)
    third = users.today(clock)
    both = [(LOGIN, "BLD"), ("uma", "UAD")]
    assert review(core, first) == both
    assert review(core, second) == both  # for part of that day
    assert review(core, third) == [("uma", "UAD")]
    before = iso(clock.now() - timedelta(days=30))[:10]
    assert review(core, before) == []
    add(core, "ada", role=Role.ADM)
    write(core, people.set_active, "ada", active=False)
    assert ("ada", "ADM") in review(core, third)
    clock.advance(days=1)
    assert ("ada", "ADM") not in review(core, users.today(clock))


def test_only_who_manages_users_or_reads_the_trail_reviews_access(core):
    bea = actor(core, add(core, "bea", role=Role.BLD))
    with pytest.raises(NotAllowed):
        review(core, "2026-05-01", by=bea)
    with pytest.raises(BadRequest, match="YYYY-MM-DD"):
        users.day_of("1 May")


def test_accounts_and_ended_roles_can_be_rebuilt_from_the_ledger(core):
    add(core, role=Role.BLD, password=BETTER)
    add(core, "uma", role=Role.UAD)
    end(core, grants(core, LOGIN)[0])
    write(core, people.set_email, LOGIN, "new@mail.example")
    write(core, people.set_active, LOGIN, active=False)
    report = verifying.verify(core, rebuild=True)
    assert report.ok, report.problems
    with core.read() as source:
        assert accounts.by_login(source.connection, LOGIN).email == "new@mail.example"
