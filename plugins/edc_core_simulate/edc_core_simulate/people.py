"""What people of the demo do about a casebook: enter it at their site, answer queries, close them, ask their own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from edc_core.api import (
    ActOnQuery,
    Command,
    DemoPerson,
    ItemPath,
    OpenQuery,
    PluginSession,
    Query,
    QueryAction,
    QueryState,
    StudyAtHand,
)
from edc_core_simulate.case import Case

ANSWERED, CLOSED, ASKED_AGAIN = 0.55, 0.5, 0.12  #: of queries; of those answered; of those not closed
ASKED = 0.4  #: subjects about whom a monitor asks
ANSWERS = (
    "Checked against the source: the value is correct.",
    "Confirmed with the investigator; it stays as entered.",
    "The source says the same; a note was added to the file.",
)
QUESTIONS = (
    "Please confirm this value against the source document.",
    "The source shown at the visit read differently. Please check.",
    "Please add the missing page of the source, or say why it is not there.",
)


@dataclass(slots=True)
class QueryWork:
    answered: int = 0
    closed: int = 0
    asked: int = 0


class People:
    """The demo's people in a study; without them the plugin itself enters data and nobody works on queries."""

    def __init__(self, session: PluginSession, study: StudyAtHand) -> None:
        self._session, self._study = session, study
        self._people = session.demo_people(study)

    def at_site(self, site_id: str) -> PluginSession:
        """Who enters a site's data."""
        coordinator = self._who("CRC", site_id)
        return self._session.acting_as(coordinator) if coordinator else self._session

    def _who(self, role: str, site_id: str = "") -> DemoPerson | None:
        return next(
            (
                person
                for person in self._people
                if person.role == role and (not person.site_ids or site_id in person.site_ids)
            ),
            None,
        )

    def work_on(self, case: Case, subject_key: str, forms: Sequence[ItemPath], work: QueryWork) -> None:
        """Answer, close, ask again and ask, the same for the same seed; what was done before is not done again."""
        coordinator = self._who("CRC", case.site.site_id)
        manager, monitor = self._who("DM"), self._who("CRA", case.site.site_id)
        queries = self._session.queries(self._study, subject_key)
        if coordinator and manager:
            answers: list[Command] = []
            verdicts: list[Command] = []
            for query in queries:
                if query.is_system:
                    self._decide(case, subject_key, query, answers, verdicts)
            self._submit(coordinator, answers)
            self._submit(manager, verdicts)
            work.answered += len(answers)
            work.closed += sum(isinstance(c, ActOnQuery) and c.action is QueryAction.CLOSE for c in verdicts)
        draws = case.at("monitor")
        has_asked = any(not query.check_oid for query in queries)
        if monitor and forms and not has_asked and draws.happens(ASKED):
            command = OpenQuery(
                study_id=self._study.study_id,
                op=operation(case, "ask"),
                subject_key=subject_key,
                path=draws.one_of(forms),
                text=draws.one_of(QUESTIONS),
            )
            self._submit(monitor, [command])
            work.asked += 1

    def _decide(
        self, case: Case, subject_key: str, query: Query, answers: list[Command], verdicts: list[Command]
    ) -> None:
        """What becomes of a query: nothing yet, or an answer, and then perhaps a verdict."""
        identity = f"{query.check_oid}|{query.finding_key}|{query.path}"
        draws = case.at("query", identity)
        if not draws.happens(ANSWERED) or query.state is not QueryState.OPEN or query.version > 1:
            return  # left open, or somebody has worked on it
        says, closes, asks = draws.one_of(ANSWERS), draws.happens(CLOSED), draws.happens(ASKED_AGAIN)

        def act(action: QueryAction, text: str = "") -> Command:
            return ActOnQuery(
                study_id=self._study.study_id,
                op=operation(case, f"{action}|{identity}"),
                subject_key=subject_key,
                query_id=query.query_id,
                action=action,
                text=text,
            )

        answers.append(act(QueryAction.ANSWER, says))
        if closes:
            verdicts.append(act(QueryAction.CLOSE))
        elif asks:
            verdicts.append(act(QueryAction.REQUERY, "Please give the page of the source."))

    def _submit(self, person: DemoPerson, commands: list[Command]) -> None:
        if commands:
            self._session.acting_as(person).submit(self._study, *commands)


def operation(case: Case, what: object) -> str:
    """The id of an operation: the same for the same seed, subject and step, so that a repeated run adds nothing."""
    digest = hashlib.sha256(f"{case.chance.seed}\x1f{case.number}\x1f{what}".encode()).hexdigest()
    return f"simulate:{digest[:40]}"
