"""A simulation: subjects one after another through the services, then checks, then the people's work on queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from edc_core.api import (
    RECORD_KEY,
    AddEvent,
    AddSubject,
    AlreadyExists,
    Command,
    CompleteForm,
    EdcError,
    EventType,
    ItemInput,
    ItemPath,
    MetaDataIndex,
    PluginSession,
    SaveItems,
    Step,
    StudyAtHand,
    StudySite,
)
from edc_core_simulate import legal_bases
from edc_core_simulate.bsadc101 import Bsadc101
from edc_core_simulate.case import BASE_DATE, Case, make_case
from edc_core_simulate.chance import Chance
from edc_core_simulate.forms import FilledEvent, Filling
from edc_core_simulate.hersc301 import Hersc301
from edc_core_simulate.people import People, QueryWork, operation
from edc_core_simulate.profile import NoProfile, Profile
from edc_core_simulate.report import Tally
from edc_core_simulate.subject_keys import candidates
from edc_core_simulate.values import Rates

PROFILES: dict[str, Profile] = {"HERSC-301": Hersc301(), "BSADC-101": Bsadc101()}
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a simulation. The same gives the same data, whenever and wherever it runs."""

    subjects: int
    seed: int
    scenarios: tuple[str, ...] = ()
    base: date = BASE_DATE
    rates: Rates = field(default_factory=Rates)


def profile_of(study: StudyAtHand) -> Profile:
    return PROFILES.get(study.index.version.study.oid) or NoProfile()


def stories_of(study: StudyAtHand) -> dict[str, str]:
    """Stories that the profile of a study has and the study can tell: it has the site and the item that one needs."""
    profile = profile_of(study)
    countries = {site.country for site in study.sites}
    items = {item.name for item in study.index.version.items}

    def is_told(name: str) -> bool:
        country, item = profile.at_home.get(name, ("", ""))
        return not country or (country in countries and item in items)

    return {name: what for name, what in profile.scenarios.items() if is_told(name)}


def scheduled(index: MetaDataIndex) -> tuple[str, ...]:
    """OIDs of the scheduled visits, in the order of the protocol."""
    order = [ref.study_event_oid for ref in index.version.event_refs] or [e.oid for e in index.version.events]
    return tuple(oid for oid in order if index.events[oid].type is EventType.SCHEDULED)


class Simulation:
    """One run."""

    def __init__(self, session: PluginSession, study: StudyAtHand, wanted: Wanted) -> None:
        self._session, self._study, self._wanted = session, study, wanted
        self._profile = profile_of(study)
        self._waits = bool(study.index.version.functions)  #: what is asked may wait for a plugin's answer
        functions = session.functions(study, study.index) if self._waits else None
        self._filling = Filling(study.index, self._profile, wanted.rates, functions)
        self._people = People(session, study)
        self.tally = Tally()
        self.work = QueryWork()

    def run(self, progress: Progress = lambda done, total: None) -> None:
        """Enter everybody, let the checks look, let a day begin where a story waits for it, work on the queries, count."""
        entered: list[tuple[Case, str, list[FilledEvent]]] = []
        total = 2 * self._wanted.subjects
        legal_bases.record(self._session, self._study)
        self._enter_record()
        for case in self._cases():
            events = list(self._filling.casebook(case))
            try:
                key = self._enter(case, events)
            except EdcError as error:
                self.tally.problems.append(
                    f"subject {case.number + 1} at {case.site.number}: {error.message}"
                )
                continue
            entered.append((case, key, events))
            self._count(events)
            progress(case.number + 1, total)
        self._session.check_due(self._study, lambda done: progress(self._wanted.subjects + done, total))
        if self._profile.overnight.intersection(self._wanted.scenarios):
            self._session.tick(self._study)
        for case, key, events in entered:
            paths = [form.path for event in events for form in event.forms]
            self._people.work_on(case, key, paths, self.work)
            self.tally.see_findings(
                key, self._session.queries(self._study, key), self._session.findings(self._study, key)
            )
        self._session.check_due(self._study, lambda done: None)  # looks again where queries moved on

    def _enter_record(self) -> None:
        """The forms of the study as a whole, each once, however many subjects come later."""
        index, study_id = self._study.index, self._study.study_id
        rows = self._profile.record(self._wanted.subjects, self._wanted.base)
        if not rows:
            return
        first = self._study.sites[0].site_id
        once = f"simulate:record:{self._wanted.base}"
        add = AddSubject(study_id=study_id, op=once, subject_key=RECORD_KEY, site_id=first)
        try:
            self._session.submit(self._study, add)
        except AlreadyExists:  # somebody's own, or that of another base date: its forms stay as they are
            return
        forms = {form.name: form for form in index.version.forms}
        for number, (event_oid, name, values) in enumerate(rows, start=1):
            form = ItemPath(Step(event_oid, str(number)), Step(forms[name].oid, "1"))
            items = tuple(
                ItemInput(path, values[placed.item.name], base_version=0)
                for placed in index.placed_items(forms[name].oid)
                if placed.item.name in values
                for path in [form.with_group(placed.groups[0].oid, "1").with_item(placed.item.oid)]
            )
            op = f"{once}:{number}"
            self.tally.reached.update(item.path.item for item in items if item.path.item)
            self._session.submit(
                self._study,
                AddEvent(study_id=study_id, op=op, subject_key=RECORD_KEY, event_oid=event_oid),
                SaveItems(
                    study_id=study_id,
                    op=f"{op}:form",
                    subject_key=RECORD_KEY,
                    form=form,
                    items=items,
                    complete=True,
                ),
            )

    def _cases(self) -> Iterator[Case]:
        """Subjects in order, the sites in turn; the first ones tell the scenarios."""
        wanted = self._wanted
        seed = f"{self._study.index.version.study.oid}\x1f{wanted.seed}\x1f{wanted.base}"
        schedule = scheduled(self._study.index)
        for number in range(wanted.subjects):
            scenarios = frozenset(wanted.scenarios[number : number + 1])
            yield make_case(
                Chance(seed), number, self._site(number, scenarios), schedule, wanted.base, scenarios,
                self._profile.days_to, self._profile.enrolled(number),
            )  # fmt: skip

    def _site(self, number: int, scenarios: frozenset[str]) -> StudySite:
        """The sites in turn, but for a story that is told in a country."""
        sites, homes = self._study.sites, self._profile.at_home
        country = next((homes[one][0] for one in scenarios if one in homes), "")
        return next((site for site in sites if site.country == country), sites[number % len(sites)])

    def _enter(self, case: Case, events: list[FilledEvent]) -> str:
        """A subject in one transaction, so that a killed run leaves no half casebook.

        Where functions of plugins say what is asked, step by step instead; a run that was killed goes on there.
        """
        session = self._people.at_site(case.site.site_id)
        pattern = self._study.index.version.policy.subject_key_pattern
        first = case.number // len(self._study.sites) + 1
        taken = set(self._study.subject_keys)
        for key in candidates(case.site.number, pattern, first, case.at("key")):
            add = AddSubject(
                study_id=self._study.study_id,
                op=operation(case, f"subject {key}"),
                subject_key=key,
                site_id=case.site.site_id,
            )
            try:
                if key in taken or self._waits:
                    session.submit(self._study, add)  # ours from an earlier run, or another's
                    if self._waits:
                        self._step_by_step(session, self._commands(case, key, events))
                        self.tally.added += key not in taken
                else:
                    session.submit(self._study, add, *self._commands(case, key, events))
                    self.tally.added += 1
            except AlreadyExists:
                continue
            self.tally.subjects += 1
            return key
        raise EdcError(f"No subject number that the pattern '{pattern}' allows is free.")

    def _step_by_step(self, session: PluginSession, commands: Iterator[Command]) -> None:
        """Save each form, let the functions answer, then complete it: the next one may rest on the answers."""
        for command in commands:
            complete = isinstance(command, SaveItems) and command.complete
            session.submit(self._study, replace(command, complete=False) if complete else command)
            self._session.check_due(self._study)
            if complete:
                session.submit(
                    self._study,
                    CompleteForm(
                        study_id=command.study_id,
                        op=f"{command.op}:complete",
                        subject_key=command.subject_key,
                        form=command.form,
                    ),
                )
                self._session.check_due(self._study)

    def _commands(self, case: Case, key: str, events: list[FilledEvent]) -> Iterator[Command]:
        """One command for each added visit and each form."""
        study_id = self._study.study_id
        for event in events:
            if event.added:
                yield AddEvent(
                    study_id=study_id,
                    op=operation(case, f"event {event.oid} {event.key}"),
                    subject_key=key,
                    event_oid=event.oid,
                )
            for form in event.forms:
                yield SaveItems(
                    study_id=study_id,
                    op=operation(case, form.path),
                    subject_key=key,
                    form=form.path,
                    items=tuple(
                        ItemInput(path, given.raw, given.missing, given.unit, base_version=0)
                        for path, given in form.items.items()
                    ),
                    complete=form.complete,
                )

    def _count(self, events: list[FilledEvent]) -> None:
        for event in events:
            for form in event.forms:
                self.tally.see_form(form)
