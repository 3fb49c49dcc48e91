"""Every verb of the command line that a person can be named for x every role."""

from pathlib import Path

import pytest

from edc_core.domain.permission import MATRIX, Action, Role
from tests.docs.reference_pages import commands

OF_THE_INSTALLATION = {Role.ADM, Role.UAD, Role.BLD}
STUDY = "DEMO-01@live"
#: Verb: (actions that are all needed, what it is called with). Codes beyond EDC001 and EDC002 are no matter of rights.
VERBS = {
    "archive": ((Action.MAKE_COPY,), ["archive", STUDY, "--out", "out"]),
    "conformance run": ((Action.EXPORT_LOCKED,), ["conformance", "run", STUDY, "--out", "out"]),
    "export": ((Action.EXPORT_LOCKED,), ["export", STUDY, "--format", "csv", "--out", "out"]),
    "recheck": ((Action.RUN_CHECKS, Action.VIEW_DATA), ["recheck", STUDY]),
    "snapshot create": ((Action.SNAPSHOT,), ["snapshot", "create", STUDY, "first"]),
    "snapshot diff": ((Action.EXPORT_LOCKED, Action.READ_TRAIL), ["snapshot", "diff", STUDY, "now", "now"]),
    "snapshot list": ((Action.EXPORT_LOCKED,), ["snapshot", "list", STUDY]),
    "snapshot sign": ((Action.SNAPSHOT,), ["snapshot", "sign", STUDY, "first"]),
    "snapshot seal": ((Action.EXPORT_LOCKED,), ["snapshot", "seal", STUDY, "first", "--out", "first.json"]),
    "snapshot verify": ((Action.EXPORT_LOCKED,), ["snapshot", "verify", STUDY, "first"]),
    "study activate": (
        (Action.ACTIVATE_VERSION,),
        ["study", "activate", STUDY, "DEMO-01-1", "--site", "01", "--approval", "EC 1"],
    ),
    "study impact": ((Action.COMPARE_VERSIONS, Action.VIEW_DATA), ["study", "impact", STUDY, "DEMO-01-1"]),
    "study migrate": (
        (Action.MIGRATE_FORMS,),
        ["study", "migrate", STUDY, "--to", "DEMO-01-1", "--reason", "Amended"],
    ),
    "study permissions": (
        (Action.MANAGE_USERS,),
        ["study", "permissions", STUDY, "--give", "SRO", "READ_TRAIL", "--reason", "Asked for"],
    ),
    "user evidence": (
        (Action.RECORD_EVIDENCE,),
        ["user", "evidence", "x.CRC", "training", "--study", STUDY, "--document", "Protocol 1.0"],
    ),
    "site close": (
        (Action.MANAGE_SITES,),
        ["site", "close", STUDY, "01", "--reason", "The site ended"],
    ),
    "site open": (
        (Action.MANAGE_SITES,),
        ["site", "open", STUDY, "01", "--reason", "It goes on"],
    ),
    "study publish": ((Action.PUBLISH,), ["study", "publish", "forms/demo-01", "--env", "live"]),
    "study release": ((Action.RELEASE_STUDY,), ["study", "release", STUDY]),
}
#: Verbs with --as whose rights are tested elsewhere: they need files, another version of a plugin, or a study of uat.
ELSEWHERE = {
    "site list": "shows the sites where a person has a role: tests/cli/test_users.py",
    "study ranges": "tests/services/test_command_rights.py",
    "study import": "tests/services/test_importing.py",
    "plugins upgrade": "tests/cli/test_going_live.py",
    "redact ask": "tests/services/test_redacting.py",
    "redact decide": "tests/services/test_redacting.py",
    "redact list": "tests/services/test_redacting.py",
    "subject transfer": "tests/services/test_command_rights.py",
    "transfer check": "tests/plugins/transfer/test_transfers.py",
    "transfer run": "tests/plugins/transfer/test_transfers.py",
    "uat report": "tests/cli/test_uat_report.py",  # live studies have none
}
#: Verbs of whoever owns the machine: they ask no person, and change no study but in dev and uat.
OF_THE_MACHINE = set(
    """anchor, anchor-key, backup check, coding diff, coding list, coding load, conformance prepare, conformance status, demo, init, plugins check, plugins list, plugins new, restore, serve, simulate, study check, study crf, study dev,
    study diff, study list, study new, study schema, study sdtm, user add, user change, user end, user grant, user list, user review,
    user token, verify, worker
    """.replace("\n", " ").split(", ")
)


def verbs():
    return {
        path.removeprefix("edc ").strip(): {option.name for option in command.params}
        for path, command, _ in commands()
        if not hasattr(command, "commands")
    }


def test_every_verb_has_its_row():
    found = verbs()
    assert {verb for verb, options in found.items() if "as_user" in options} == {*VERBS, *ELSEWHERE}
    assert {verb for verb, options in found.items() if "as_user" not in options} == {
        verb.strip() for verb in OF_THE_MACHINE
    }


@pytest.fixture
def people(edc):
    """A live study, and a token for somebody of each role."""
    edc("study", "new", "DEMO-01")
    edc("user", "add", "maker", "--role", "BLD")
    token = edc("user", "token", "maker").out.strip()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EDC_TOKEN", token)
        assert edc("study", "publish", "forms/demo-01", "--env", "live", "--as", "maker").code == 0
    study = Path("forms/demo-01/study.yaml")
    study.write_text(study.read_text().replace("oid: DEMO-01-1", "oid: DEMO-01-2"))
    tokens = {}
    for role in Role:
        where = () if role in OF_THE_INSTALLATION else ("--study", STUDY)
        assert edc("user", "add", f"x.{role}", "--role", role, *where).code == 0
        tokens[role] = edc("user", "token", f"x.{role}").out.strip()
    return tokens


@pytest.mark.timeout(360)  # every verb sixteen times: minutes where a machine has more to do
def test_every_role_with_every_verb(edc, people, monkeypatch):
    got, wanted, said = {}, {}, {}
    for verb, (actions, arguments) in VERBS.items():
        allowed = {role for role in Role if all(role in MATRIX[action] for action in actions)}
        wanted[verb] = allowed
        got[verb] = set()
        for role in sorted(Role, key=allowed.__contains__):  # the refused change nothing
            monkeypatch.setenv("EDC_TOKEN", people[role])
            ran = edc(*arguments, "--as", f"x.{role}")
            said[verb, role.value] = ran.err[:120]
            if not ("EDC001" in ran.err or "EDC002" in ran.err):
                got[verb].add(role)
    assert got == wanted, said


def test_a_live_study_asks_who(edc):
    edc("study", "new", "DEMO-01")
    edc("user", "add", "maker", "--role", "BLD")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EDC_TOKEN", edc("user", "token", "maker").out.strip())
        edc("study", "publish", "forms/demo-01", "--env", "live", "--as", "maker")
    ran = {verb: edc(*arguments) for verb, (_, arguments) in VERBS.items()}
    asked = {verb for verb, one in ran.items() if (one.code, "--as USER" in one.err) == (2, True)}
    assert asked == set(VERBS), {verb: ran[verb] for verb in set(VERBS) - asked}


def test_a_study_changes_one_cell_of_its_matrix(edc):
    edc("study", "new", "DEMO-01")
    edc("study", "publish", "forms/demo-01")
    before = edc("study", "permissions", "DEMO-01", "--json").json["roles"]
    assert "SRO" not in before["READ_TRAIL"]
    given = edc(
        "study", "permissions", "DEMO-01", "--give", "SRO", "READ_TRAIL", "--reason", "Asked for", "--json"
    ).json
    assert given["changes"] == {"more": ["SRO:READ_TRAIL"], "less": []}
    assert edc("study", "permissions", "DEMO-01", "--json").json["roles"] == given["roles"]
    assert "SRO" in given["roles"]["READ_TRAIL"]
    assert edc("verify", "--rebuild").code == 0
    refused = edc("study", "permissions", "DEMO-01", "--give", "DM", "ENTER_DATA", "--reason", "Faster")
    assert (refused.code, "REQ-ACC-05" in refused.err) == (2, True)
    unexplained = edc("study", "permissions", "DEMO-01", "--take", "SRO", "READ_TRAIL")
    assert (unexplained.code, "EDC006" in unexplained.err) == (2, True)
