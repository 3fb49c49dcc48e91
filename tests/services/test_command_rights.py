"""Every command x every role: those whose role has the action may, all others may not and learn nothing more."""

import importlib
import pkgutil

import pytest

from edc_core import services
from edc_core.domain import commands as c
from edc_core.domain import study_commands
from edc_core.domain.change import ItemInput
from edc_core.domain.check_pause import PauseStep
from edc_core.domain.coding import CodedLevel, CodedTerm, NewCoding
from edc_core.domain.coding_commands import ApproveCodings, CodeTerms, ResetCodings
from edc_core.domain.evidence import EvidenceKind
from edc_core.domain.export_commands import EndExportToken, GiveExportToken, RecordLegalBasis
from edc_core.domain.file_value import FileValue
from edc_core.domain.lock_blocker import Obstacle, Waived
from edc_core.domain.permission import MATRIX, OWN_QUERIES_ONLY, Action, Actor, Grant, Role
from edc_core.domain.protection import ProtectAction
from edc_core.domain.query import QueryAction
from edc_core.domain.review_plan import ReviewGroup
from edc_core.domain.signature import Meaning
from edc_core.domain.unblinding import UnblindingKind
from edc_core.errors import EdcError, NotAllowed, NotFound
from edc_core.ids import new_id
from edc_core.services import (
    activating,
    adding_files,
    capture,
    check_pauses,
    closing_sites,
    coding,
    correcting,
    evidence,
    export_tokens,
    form_notes,
    gates,
    import_form,
    import_queries,
    lab_ranges,
    migrating,
    noting,
    people,
    permissions,
    protecting,
    queries,
    redacting,
    removing,
    residency,
    reviewing,
    signing,
    site_copies,
    snapshot_signing,
    snapshots,
    studies,
    subjects,
    transferring,
    unblinding,
    users,
    visits,
    waiving,
)
from edc_core.testing import SOME_REASON
from tests.databases import on_sqlite

FORM = {"subject_key": "S-001"}


def held_by(trial, login):
    """The id of a role that somebody holds."""
    grant = {"study_id": "@system", "login": login, "role": Role.AUD, "granted_study_id": trial.study_id}
    return trial.act(trial.cli, users.add_grant, users.AddGrant, **grant)["grant_id"]


def given_token(trial):
    """The id of a token that somebody gave for a recipe."""
    asked = {"sha256": "a" * 64, "recipe": "Final", "days": 1}
    return trial.act(trial.dm, export_tokens.give, GiveExportToken, **asked)["token"]


def kept_state(trial):
    """A snapshot by its name."""
    trial.act(trial.dm, snapshots.keep_snapshot, study_commands.KeepSnapshot, name="kept")
    return {"name": "kept"}


PAUSE = {"check": "VS.SYSBP.RC2", "since": "2026-03-04", "until": "2026-03-10", "reason": SOME_REASON}


def asked_pause(trial):
    """The number of a check that somebody asked to switch off."""
    return trial.act(trial.dm, check_pauses.pause_check, study_commands.PauseCheck, **PAUSE)["n"]


def vs(trial):
    return {"subject_key": "S-001", "form": trial.form("VS")}


def vs_signed(trial):
    return {"subject_key": "S-001", "path": trial.form("VS")}


def first_site(trial):
    return next(iter(trial.sites.values()))


MADE_UP = CodedTerm("MadeDRA", "1.0", "en", (CodedLevel("LLT", "10000001", "Zorbly head"),))


def coded(trial, *, propose=False):
    """The place of a value that a coder has coded."""
    path = trial.path("VS.SYSBP")
    data = trial.casebook("S-001").items.get(path)
    one = NewCoding(path, data.version if data else 0, MADE_UP, propose=propose)
    trial.act(
        trial.person(Role.COD, "cod.bae"), coding.code_terms, CodeTerms, subject_key="S-001", codings=(one,)
    )
    return path


def proposed(trial):
    """The position of the entry of a coding that waits for approval."""
    coded(trial, propose=True)
    return trial.entries("S-001")[-1]["n"]


#: Command: (service, action, what it says beyond study and operation).
RIGHTS = {
    c.AddSubject: (
        subjects.add_subject,
        Action.ADD_SUBJECT,
        lambda t: {"subject_key": "S-9", "site_id": first_site(t)},
    ),
    c.CorrectSubjectKey: (
        correcting.correct_subject_key,
        Action.CORRECT_SUBJECT,
        lambda t: {"subject_key": "S-001", "new_key": "S-8", "reason": SOME_REASON},
    ),
    c.MoveSubject: (
        correcting.move_subject,
        Action.MOVE_SUBJECT,
        lambda t: {"subject_key": "S-001", "site": "US-01", "day": "2026-01-05", "reason": SOME_REASON},
    ),
    c.SaveItems: (
        capture.save_items,
        Action.ENTER_DATA,
        lambda t: vs(t) | {"items": (ItemInput(t.path("VS.NOTE"), "seen", base_version=0),)},
    ),
    c.AddFile: (
        adding_files.add_file,
        Action.ENTER_DATA,
        lambda t: (
            vs(t)
            | {
                "path": t.path("VS.NOTE"),
                "file": FileValue("0" * 64, 1, "a.pdf"),
                "file_type": "pdf",
            }
        ),
    ),
    c.CompleteForm: (capture.complete_form, Action.ENTER_DATA, vs),
    c.ReopenForm: (capture.reopen_form, Action.REOPEN_FORM, lambda t: vs(t) | {"reason": SOME_REASON}),
    c.MarkNotDone: (capture.mark_not_done, Action.ENTER_DATA, lambda t: vs(t) | {"reason": SOME_REASON}),
    c.AddRow: (
        capture.add_row,
        Action.ENTER_DATA,
        lambda t: {
            "subject_key": "S-001",
            "form": t.form("AE"),
            "parent": t.form("AE"),
            "group_oid": "AE.ROW",
        },
    ),
    c.StrikeRow: (
        capture.strike_row,
        Action.STRIKE,
        lambda t: {
            "subject_key": "S-001",
            "form": t.form("AE"),
            "row": t.form("AE").with_group("AE.ROW", "1"),
            "reason": SOME_REASON,
        },
    ),
    c.AddEvent: (
        capture.add_event,
        Action.ADD_SUBJECT,
        lambda t: {"subject_key": "S-001", "event_oid": "UNS"},
    ),
    c.MarkEventNotDone: (
        visits.mark_event_not_done,
        Action.ENTER_DATA,
        lambda t: {"subject_key": "S-001", "event": t.form("VS").parent, "reason": SOME_REASON},
    ),
    c.OpenQuery: (
        queries.open_query,
        Action.CREATE_QUERY,
        lambda t: {"subject_key": "S-001", "path": t.path("VS.SYSBP"), "text": "Is it right?"},
    ),
    c.Protect: (
        protecting.protect,
        Action.LOCK,
        lambda t: {
            "subject_key": "S-001",
            "path": t.form("VS"),
            "action": ProtectAction.LOCK,
            "reason": SOME_REASON,
        },
    ),
    study_commands.ProtectStudy: (
        protecting.protect_study,
        Action.FREEZE,
        lambda t: {"action": ProtectAction.FREEZE, "reason": SOME_REASON},
    ),
    c.BeginTransfer: (
        transferring.begin_transfer,
        Action.IMPORT_DATA,
        lambda t: {"op": "transfer:a:start", "transfer": "a", "facts": {}},
    ),
    c.EndTransfer: (
        transferring.end_transfer,
        Action.IMPORT_DATA,
        lambda t: {"op": "transfer:a:end", "transfer": "a", "facts": {}},
    ),
    c.TransferItems: (
        transferring.transfer_items,
        Action.IMPORT_DATA,
        lambda t: vs(t) | {"items": ()},  # which items are transferred is another question
    ),
    import_form.ImportForm: (
        lambda uow, command: import_form.import_form(uow, command, version="", live=False),
        Action.IMPORT_DATA,
        lambda t: vs(t) | {"items": (ItemInput(t.path("VS.NOTE"), "sent", base_version=0),)},
    ),
    import_queries.ImportQueries: (
        lambda uow, command: import_queries.import_queries(uow, command, version=""),
        Action.IMPORT_DATA,
        lambda t: {"subject_key": "S-001", "queries": ()},
    ),
    activating.ActivateVersion: (
        activating.activate_version,
        Action.ACTIVATE_VERSION,
        lambda t: {
            "meta_data_version": t.index.version.oid,
            "site_ids": (first_site(t),),
            "approval": "EC 1",
        },
    ),
    c.AddNote: (
        noting.add_note,
        Action.VIEW_DATA,
        lambda t: {"topic": "test.list", "name": "mine", "content": {"form": "VS"}},
    ),
    activating.CancelActivation: (
        activating.cancel_activation,
        Action.ACTIVATE_VERSION,
        lambda t: {"site_ids": (first_site(t),), "reason": SOME_REASON},
    ),
    migrating.MigrateSubject: (
        lambda uow, command: migrating.migrate_subject(uow, command, None),
        Action.MIGRATE_FORMS,
        lambda t: {"subject_key": "S-001", "meta_data_version": "another", "reason": SOME_REASON},
    ),
    GiveExportToken: (
        export_tokens.give,
        Action.EXPORT_LOCKED,
        lambda t: {"sha256": "b" * 64, "recipe": "Final", "days": 1},
    ),
    EndExportToken: (export_tokens.end, Action.EXPORT_LOCKED, lambda t: {"token_id": given_token(t)}),
    study_commands.KeepSnapshot: (snapshots.keep_snapshot, Action.SNAPSHOT, lambda t: {"name": "first"}),
    lab_ranges.LoadLabRanges: (lab_ranges._put_in_force, Action.LOAD_RANGES, lambda t: {"ranges": ()}),
    permissions.ChangePermission: (
        permissions.change_permission,
        Action.MANAGE_USERS,
        lambda t: {"role": Role.SRO, "action": Action.READ_TRAIL, "allowed": True, "reason": SOME_REASON},
    ),
    studies.Publish: (
        studies.publish,
        Action.PUBLISH,
        lambda t: {"environment": "live", "version": t.index.version},
    ),
    RecordLegalBasis: (
        residency.record,
        Action.MANAGE_SITES,
        lambda t: {"country": "KR", "basis": "Consent form 2.0"},
    ),
    study_commands.AddSites: (studies.add_sites, Action.MANAGE_SITES, lambda t: {"sites": ()}),
    study_commands.SetSiteRisk: (
        closing_sites.set_risk,
        Action.MANAGE_SITES,
        lambda t: {"number": "KR-01", "risk": "low", "reason": SOME_REASON},
    ),
    study_commands.PauseCheck: (
        check_pauses.pause_check,
        Action.PAUSE_CHECK,
        lambda t: PAUSE,
    ),
    study_commands.DecidePause: (
        check_pauses.decide_pause,
        Action.APPROVE_PAUSE,
        lambda t: {"n": asked_pause(t), "step": PauseStep.APPROVE},
    ),
    study_commands.CloseSite: (
        closing_sites.close_site,
        Action.MANAGE_SITES,
        lambda t: {"number": "KR-01", "reason": SOME_REASON},
    ),
    users.AddUser: (
        users.add_user,
        Action.MANAGE_USERS,
        lambda t: {"study_id": "@system", "login": "new", "full_name": "New"},
    ),
    users.AddGrant: (
        users.add_grant,
        Action.MANAGE_USERS,
        lambda t: {"study_id": "@system", "login": "known", "role": Role.AUD, "granted_study_id": t.study_id},
    ),
}
RIGHTS[c.Review] = (
    reviewing.review,
    Action.VERIFY_SOURCE,
    lambda t: {
        "subject_key": "S-001",
        "group": ReviewGroup.SDV,
        "values": (c.Seen(t.path("VS.SYSBP"), 1),),
    },
)
RIGHTS[c.TakeBackReview] = (
    reviewing.take_back,
    Action.VERIFY_SOURCE,
    lambda t: {
        "subject_key": "S-001",
        "group": ReviewGroup.SDV,
        "paths": (t.path("VS.SYSBP"),),
        "reason": SOME_REASON,
    },
)
RIGHTS[CodeTerms] = (
    coding.code_terms,
    Action.CODE_TERMS,
    lambda t: {"subject_key": "S-001", "codings": (NewCoding(t.path("VS.SYSBP"), 1, MADE_UP),)},
)
RIGHTS[ApproveCodings] = (
    coding.approve_codings,
    Action.APPROVE_CODING,
    lambda t: {"subject_key": "S-001", "seen": ((t.path("VS.SYSBP"), proposed(t)),)},
)
RIGHTS[ResetCodings] = (
    coding.reset_codings,
    Action.CODE_TERMS,
    lambda t: {"subject_key": "S-001", "paths": (coded(t),), "reason": SOME_REASON},
)
RIGHTS[people.EndGrant] = (
    people.end_grant,
    Action.MANAGE_USERS,
    lambda t: {"study_id": "@system", "grant_id": held_by(t, "known"), "reason": SOME_REASON},
)
RIGHTS[study_commands.RecordEvidence] = (
    evidence.record_evidence,
    Action.RECORD_EVIDENCE,
    lambda t: {"login": "known", "kind": EvidenceKind.TRAINING, "document": "Protocol 1.0"},
)
RIGHTS[study_commands.RecordIdentifier] = (
    gates.record_identifier,
    Action.RECORD_EVIDENCE,
    lambda t: {"name": "xx-number", "value": "1", "document": "Letter", "site": "KR-01"},
)
RIGHTS[permissions.RequireEvidence] = (
    permissions.require_evidence,
    Action.MANAGE_USERS,
    lambda t: {"role": Role.CRC, "kind": EvidenceKind.TRAINING, "required": True, "reason": SOME_REASON},
)
RIGHTS[snapshot_signing.SignSnapshot] = (
    snapshot_signing.sign,
    Action.SNAPSHOT,
    lambda t: kept_state(t) | {"sha256": "0" * 64, "meaning": Meaning.REVIEW, "component": "password"},
)
RIGHTS[signing.Sign] = (
    lambda uow, command: signing.sign(uow, command, None),
    Action.SIGN,
    lambda t: vs_signed(t) | {"sha256": "0" * 64, "meaning": Meaning.REVIEW, "component": "password"},
)
RIGHTS[c.RemoveEvent] = (
    visits.remove_event,
    Action.STRIKE,
    lambda t: {"subject_key": "S-001", "event": t.form("VS").parent, "reason": SOME_REASON},
)
RIGHTS[c.RemoveForm] = (removing.remove_form, Action.STRIKE, lambda t: vs(t) | {"reason": SOME_REASON})
RIGHTS[waiving.Waive] = (
    waiving.waive,
    Action.WAIVE_BLOCKER,
    lambda t: {
        "subject_key": "S-001",
        "things": (Waived(t.form("VS"), Obstacle.IN_PROGRESS),),
        "component": "password",
        "reason": SOME_REASON,
    },
)
RIGHTS[unblinding.RecordUnblinding] = (
    unblinding.record_unblinding,
    Action.UNBLIND,
    lambda t: {
        "subject_key": "S-001",
        "kind": UnblindingKind.EMERGENCY,
        "happened": "2026-03-04",
        "told": "Investigator",
        "component": "password",
        "reason": SOME_REASON,
    },
)
RIGHTS[c.RequestRedaction] = (
    redacting.request_redaction,
    Action.REDACT,
    lambda t: {"subject_key": "S-001", "n": 1, "reason": SOME_REASON},
)
RIGHTS[c.AddSubjectNote] = (
    noting.add_subject_note,
    Action.RECORD_REQUEST,
    lambda t: {
        "subject_key": "S-001",
        "topic": "test.request",
        "name": "access",
        "content": {"step": "received"},
    },
)
RIGHTS[c.AddFormNotes] = (
    form_notes.add_form_notes,
    Action.ENTER_DATA,
    lambda t: (
        vs(t)
        | {
            "topic": "test.value",
            "name": "typed again",
            "notes": (c.PlaceNote(t.path("VS.NOTE"), {"raw": "seen"}),),
        }
    ),
)
RIGHTS[study_commands.SetHosting] = (
    site_copies.set_hosting,
    Action.MAKE_COPY,
    lambda t: {"hosting": "CRO", "every_days": 0, "reason": SOME_REASON},
)
#: Tested elsewhere, since they need more than a command.
ELSEWHERE = {
    c.ActOnQuery: "test_an_act_on_a_query below",
    "DecideRedaction": "tests/services/test_redacting.py; tests/web/test_route_rights.py, x-redaction.3",
    "WithdrawSignature": "tests/services/test_signing.py",
    "SignWith": "of whoever owns the machine: tests/ledger/test_anchor_signatures.py",
    "RequestExport": "tests/web/test_route_rights.py, exports.ask",
    "TakeCut": "of an export, whose right is asked before: tests/services/test_exporting.py",
    "CopySite": "tests/web/test_route_rights.py, x-investigator-copy.1",
    "HandOverCopy": "tests/web/test_route_rights.py, x-investigator-copy.2",
    "StepOfCopy": "tests/plugins/investigator_copy/test_site_copy.py",
    "UpgradePlugin": "tests/web/test_route_rights.py, plugins.upgrade",
    "ReleaseStudy": "tests/web/test_route_rights.py, releases.sign",
}
SHAPES = {c.SubjectCommand, c.FormCommand}  #: what commands have in common, no commands themselves


class _TakenBack(Exception):
    pass


def commands():
    for module in pkgutil.iter_modules(services.__path__):
        importlib.import_module(f"edc_core.services.{module.name}")
    found, todo = set(), [c.Command]
    while todo:
        for kind in todo.pop().__subclasses__():
            todo.append(kind)
            found.add(kind)
    return {kind for kind in found if kind.__module__.startswith("edc_core.")}


def names(kinds):
    return {kind if isinstance(kind, str) else kind.__name__ for kind in kinds}


def test_every_command_has_its_row():
    assert names(commands() - SHAPES) - names(SHAPES) == names(RIGHTS) | names(ELSEWHERE)


def may(trial, role, service, command):
    """Whether a role's holder is let in; nothing of it stays."""
    study_id = "" if role in {Role.ADM, Role.UAD, Role.BLD} else trial.study_id
    actor = Actor("somebody", "somebody", "Somebody", (Grant(study_id, role),))
    try:
        with trial.core.write(actor) as uow:
            service(uow, command)
            raise _TakenBack  # noqa: TRY301 - takes back what was done
    except (NotAllowed, NotFound):
        return False
    except (EdcError, _TakenBack):
        return True


@on_sqlite
@pytest.mark.parametrize("kind", RIGHTS, ids=lambda kind: kind.__name__)
def test_every_role_with(kind, trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    row = {
        "subject_key": "S-001",
        "form": trial.form("AE"),
        "parent": trial.form("AE"),
        "group_oid": "AE.ROW",
    }
    trial.act(trial.crc, capture.add_row, c.AddRow, **row)
    trial.act(trial.cli, users.add_user, users.AddUser, study_id="@system", login="known", full_name="Known")
    service, action, fields = RIGHTS[kind]
    command = kind(**{"study_id": trial.study_id, "op": new_id()} | fields(trial))
    got = {role for role in Role if may(trial, role, service, command)}
    wanted = set(MATRIX[action])
    if isinstance(command, c.SubjectCommand):
        wanted &= MATRIX[Action.VIEW_DATA]  # who may not see a subject does not learn that it is there
    assert got == wanted
    assert set(Role) - got, "an action for everybody needs no right"


@on_sqlite
@pytest.mark.parametrize(
    ("act", "action"),
    [
        (QueryAction.ANSWER, Action.ANSWER_QUERY),
        (QueryAction.CANCEL, Action.CLOSE_QUERY),
        (QueryAction.FORWARD, Action.FORWARD_QUERY),
    ],
)
def test_an_act_on_a_query(trial, act, action):
    trial.save("S-001", {"VS.SYSBP": "120"})
    question = {"subject_key": "S-001", "path": trial.path("VS.SYSBP"), "text": "Is it right?"}
    trial.act(trial.dm, queries.open_query, c.OpenQuery, **question)
    (query_id,) = trial.casebook("S-001").queries
    command = c.ActOnQuery(
        study_id=trial.study_id,
        op=new_id(),
        subject_key="S-001",
        query_id=query_id,
        action=act,
        text="It is.",
        recipient="MED" if act is QueryAction.FORWARD else "",
    )
    got = {role for role in Role if may(trial, role, queries.act_on_query, command)}
    assert got == MATRIX[action] - (OWN_QUERIES_ONLY if action is Action.CLOSE_QUERY else set())
