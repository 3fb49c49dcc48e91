"""Mails of the worker: how much waits, each morning until somebody says no; and what came of an export."""

import email
from email import policy

import pytest

from edc_core.core import Core
from edc_core.domain import commands as c
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.permission import Role
from edc_core.jobs.worker import Worker
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import export_jobs, exporting, people, queries, users
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store.job_tables import job


@pytest.fixture
def core(core_url, clock, tmp_path):
    plugins = EdcPlugins([PluginSource("csv", "edc_core_tabular.plugin", "edc-core-tabular", "0.1.0")])
    settings = Settings(
        database_url=core_url, files_dir=tmp_path / "files", mail_dir=tmp_path / "mail",
        exports_dir=tmp_path / "exports", base_url="https://edc.example",
    )  # fmt: skip
    core = Core(settings, plugins, clock)
    yield core
    core.close()


@pytest.fixture
def trial(trial):
    account(trial, "kim", Role.CRC, "KR-01")
    return trial


def account(trial, login, role, *sites, zone="Asia/Seoul", mail=True):
    named = {"study_id": SYSTEM_STUDY, "login": login, "full_name": login, "zone": zone}
    trial.act(
        trial.cli, users.add_user, users.AddUser, email=f"{login}@mail.example" if mail else "", **named
    )
    with trial.core.write(trial.cli) as uow:
        users.add_grant(uow, users.grant_for_sites(uow, login, role, trial.study_id, sites))


def ask(trial, item="VS.SYSBP"):
    trial.act(
        trial.dm, queries.open_query, c.OpenQuery, subject_key="S-001", path=trial.path(item), text="Is Gildong right?"
    )  # fmt: skip


def mails(trial):
    """What the worker sends of all that is due now, oldest first: (to, subject, text)."""
    folder = trial.core.settings.mail_dir
    before = set(folder.glob("*.eml")) if folder.exists() else set()
    Worker(trial.core).run(once=True)
    new = sorted(set(folder.glob("*.eml")) - before) if folder.exists() else []
    read = [email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in new]
    return [(one["To"], one["Subject"], one.get_content()) for one in read]


def test_who_has_work_gets_one_mail_a_day_with_numbers_alone(trial, clock):
    trial.save("S-001", {"VS.SYSBP": "120"})
    ask(trial)
    ask(trial, "VS.DIABP")
    ((to, subject, text),) = mails(trial)
    assert (to, subject) == ("kim@mail.example", "What waits for you")
    assert "- 2 queries to answer" in text
    assert "- 1 form begun and not complete" in text
    assert "https://edc.example/account" in text
    for word in ("S-001", "Gildong", "120", "SYSBP"):
        assert word not in text
    assert mails(trial) == [], "once a day"
    clock.advance(days=1)
    assert len(mails(trial)) == 1


def test_it_comes_from_seven_by_the_clock_of_the_person(trial, clock):
    account(trial, "lee", Role.CRC, "KR-01", zone="America/New_York")  # 04:15 there
    ask(trial)
    assert [to for to, *_ in mails(trial)] == ["kim@mail.example"]
    clock.advance(minutes=3 * 60)
    assert [to for to, *_ in mails(trial)] == ["lee@mail.example"]


def test_nobody_is_written_to_without_work_without_an_address_or_against_their_will(trial, clock):
    account(trial, "sta", Role.STA)
    account(trial, "silent", Role.CRC, "KR-01", mail=False)
    account(trial, "closed", Role.CRC, "KR-01")
    with trial.core.write(trial.cli) as uow:
        people.set_active(uow, "closed", active=False)
        people.set_digest(uow, "kim", wanted=False)
    ask(trial)
    assert mails(trial) == []
    with trial.core.write(trial.cli) as uow:
        people.set_digest(uow, "kim", wanted=True)
    clock.advance(days=1)
    assert [to for to, *_ in mails(trial)] == ["kim@mail.example"]
    assert verify(trial.core, rebuild=True).problems == []


def test_two_workers_send_one(trial):
    ask(trial)
    first, second = Worker(trial.core), Worker(trial.core)
    first.run(once=True)
    second.run(once=True)
    assert len(list(trial.core.settings.mail_dir.glob("*.eml"))) == 1


def test_who_asked_for_an_export_hears_what_came_of_it(trial):
    account(trial, "dana", Role.DM)
    with trial.core.read() as source:
        dana = users.actor_of(source, "dana", users.today(trial.core.clock))
    for snapshot in ("", "gone"):
        command = exporting.RequestExport(
            study_id=trial.study_id,
            op=f"export-{snapshot}-1",
            choice=ExportChoice("csv", unlocked=True, snapshot=snapshot),
        )
        with trial.core.write(dana) as uow:
            export_jobs.ask(trial.core, uow, command)
    found = {subject: text for to, subject, text in mails(trial) if to == "dana@mail.example"}
    assert set(found) == {"Your export is ready", "Your export could not be made"}
    assert all("/x/exports" in text and "gone" not in text for text in found.values())


def test_an_export_of_nobody_with_an_account_is_told_to_nobody(trial):
    command = exporting.RequestExport(
        study_id=trial.study_id, op="export-cli-1", choice=ExportChoice("csv", unlocked=True)
    )
    with trial.core.write(trial.dm) as uow:  # not an account of the installation
        export_jobs.ask(trial.core, uow, command)
    assert mails(trial) == []
    with trial.core.read() as source:
        states = {row.kind: row.state for row in source.connection.execute(job.select())}
    assert states["export"] in ("done", "failed")
