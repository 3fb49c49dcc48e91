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
        for query in self._session.queries(self._study, subject_key):
            if coordinator and manager and query.is_system:
                self._answer(case, subject_key, query, coordinator, manager, work)
        draws = case.at("monitor")
        if monitor and forms and draws.happens(ASKED):
            command = OpenQuery(
                study_id=self._study.study_id,
                op=operation(case, "ask"),
                subject_key=subject_key,
                path=draws.one_of(forms),
                text=draws.one_of(QUESTIONS),
            )
            self._submit(monitor, command)
            work.asked += 1

    def _answer(
        self,
        case: Case,
        subject_key: str,
        query: Query,
        coordinator: DemoPerson,
        manager: DemoPerson,
        work: QueryWork,
    ) -> None:
        identity = f"{query.check_oid}|{query.finding_key}|{query.path}"
        draws = case.at("query", identity)
        if not draws.happens(ANSWERED):
            return
        says, closes, asks = draws.one_of(ANSWERS), draws.happens(CLOSED), draws.happens(ASKED_AGAIN)
        steps = [(coordinator, QueryAction.ANSWER, says)]
        if closes:
            steps.append((manager, QueryAction.CLOSE, ""))
        elif asks:
            steps.append((manager, QueryAction.REQUERY, "Please give the page of the source."))
        if query.state is not QueryState.OPEN or query.version > 1:
            return  # somebody has worked on it
        for person, action, text in steps:
            command = ActOnQuery(
                study_id=self._study.study_id,
                op=operation(case, f"{action}|{identity}"),
                subject_key=subject_key,
                query_id=query.query_id,
                action=action,
                text=text,
            )
            self._submit(person, command)
            work.answered += action is QueryAction.ANSWER
            work.closed += action is QueryAction.CLOSE

    def _submit(self, person: DemoPerson, command: Command) -> None:
        self._session.acting_as(person).submit(self._study, command)


def operation(case: Case, what: object) -> str:
    """The id of an operation: the same for the same seed, subject and step, so that a repeated run adds nothing."""
    digest = hashlib.sha256(f"{case.chance.seed}\x1f{case.number}\x1f{what}".encode()).hexdigest()
    return f"simulate:{digest[:40]}"
