"""Which service carries out which command: the one table behind ``api.submit``."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from edc_core.domain import coding_commands, commands, export_commands, study_commands
from edc_core.domain.protection import ProtectAction
from edc_core.errors import BadRequest, EdcError, ValueRefused
from edc_core.services import activating, capture, noting, queries, removing, reviewing, subjects, visits
from edc_core.services.late import late
from edc_core.services.open_form import SaveResult

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edc_core.core import Core
    from edc_core.domain.lock_blocker import Looked
    from edc_core.domain.permission import Actor
    from edc_core.store.unit_of_work import UnitOfWork


SERVICES: Mapping[type[commands.Command], Callable[[UnitOfWork, Any], Any]] = {
    commands.AddSubject: subjects.add_subject,
    commands.CorrectSubjectKey: late("correcting", "correct_subject_key"),
    commands.MoveSubject: late("correcting", "move_subject"),
    commands.SaveItems: capture.save_items,
    commands.CompleteForm: capture.complete_form,
    commands.ReopenForm: capture.reopen_form,
    commands.MarkNotDone: capture.mark_not_done,
    commands.RemoveForm: removing.remove_form,
    commands.AddRow: capture.add_row,
    commands.StrikeRow: capture.strike_row,
    commands.AddEvent: capture.add_event,
    commands.MarkEventNotDone: visits.mark_event_not_done,
    commands.RemoveEvent: visits.remove_event,
    commands.OpenQuery: queries.open_query,
    commands.ActOnQuery: queries.act_on_query,
    commands.Review: reviewing.review,
    commands.TakeBackReview: reviewing.take_back,
    coding_commands.CodeTerms: late("coding", "code_terms"),
    coding_commands.ApproveCodings: late("coding", "approve_codings"),
    coding_commands.ResetCodings: late("coding", "reset_codings"),
    commands.Protect: late("protecting", "protect"),
    study_commands.ProtectStudy: late("protecting", "protect_study"),
    study_commands.ActivateVersion: activating.activate_version,
    study_commands.CancelActivation: activating.cancel_activation,
    commands.AddNote: noting.add_note,
    commands.AddSubjectNote: noting.add_subject_note,
    commands.AddFormNotes: late("form_notes", "add_form_notes"),
    study_commands.HandOverCopy: late("site_copies", "hand_over"),
    study_commands.SetHosting: late("site_copies", "set_hosting"),
    study_commands.KeepSnapshot: late("snapshots", "keep_snapshot"),
    export_commands.GiveExportToken: late("export_tokens", "give"),
    export_commands.EndExportToken: late("export_tokens", "end"),
    commands.RequestRedaction: late("redacting", "request_redaction"),
    commands.DecideRedaction: late("redacting", "decide_redaction"),
    study_commands.RecordEvidence: late("evidence", "record_evidence"),
    study_commands.RecordIdentifier: late("gates", "record_identifier"),
    export_commands.RecordLegalBasis: late("residency", "record"),
    study_commands.AddSites: late("studies", "add_sites"),
    study_commands.PauseCheck: late("check_pauses", "pause_check"),
    study_commands.DecidePause: late("check_pauses", "decide_pause"),
    study_commands.CloseSite: late("closing_sites", "close_site"),
    study_commands.SetSiteRisk: late("closing_sites", "set_risk"),
    commands.BeginTransfer: late("transferring", "begin_transfer"),
    commands.EndTransfer: late("transferring", "end_transfer"),
    commands.TransferItems: late("transferring", "transfer_items"),
}


def carry_out(uow: UnitOfWork, command: commands.Command) -> dict[str, Any]:
    """Carry out one command as the actor of the transaction.

    :returns: the answer as JSON values, the same that a replay of the command gets.
    :raises BadRequest: no service carries out such a command.
    """
    service = SERVICES.get(type(command))
    if service is None:
        raise BadRequest(f"There is no service for the command {type(command).__name__}.")
    answer = service(uow, command)
    return answer.as_json() if isinstance(answer, SaveResult) else dict(answer)


def _looked(core: Core, given: Sequence[commands.Command]) -> Looked | None:
    """What lock checks of plugins say, where a command locks a study: their code runs in no transaction."""
    for one in given:
        if (
            isinstance(one, study_commands.ProtectStudy)
            and one.action is ProtectAction.LOCK
            and not one.site_id
        ):
            return cast("Looked", late("lock_checks", "look")(core, one.study_id))
    return None


def submit(core: Core, actor: Actor, given: Sequence[commands.Command]) -> list[dict[str, Any]]:
    """Carry out commands in one transaction: all of them, or none.

    :raises EdcError: as the service does; a refused value leaves its entry, as it does from a page.
    """
    answers: list[dict[str, Any]] = []
    looked = _looked(core, given)
    try:
        with core.write(actor) as uow:
            uow.looked = looked
            for command in given:
                answers.append(carry_out(uow, command))  # noqa: PERF401 - its length says which command failed
    except ValueRefused as refused:
        command = given[len(answers)]
        if isinstance(command, commands.SaveItems | commands.AddFormNotes) and not answers:
            with core.write(actor) as uow:
                capture.note_refusal(uow, command, refused)
        raise
    return answers


class _TakenBack(Exception):
    """Ends a rehearsal."""


def rehearse(core: Core, actor: Actor, given: Sequence[commands.Command]) -> list[dict[str, Any] | EdcError]:
    """Carry out commands in one transaction and take all of it back: what each would be answered with, or its refusal.

    It is the real thing up to the commit, so nothing is promised that a run would refuse.
    """
    answers: list[dict[str, Any] | EdcError] = []
    looked = _looked(core, given)
    with suppress(_TakenBack), core.write(actor) as uow:
        uow.looked = looked
        for command in given:
            try:
                with uow.connection.begin_nested():
                    answers.append(carry_out(uow, command))
            except EdcError as error:
                answers.append(error)
        raise _TakenBack
    return answers
