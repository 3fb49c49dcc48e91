"""Whatever people do to a subject, in whatever order: the ledger holds, and the live tables are its replay."""

import itertools
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from edc_core.core import Core
from edc_core.domain import commands
from edc_core.domain.change import ItemInput
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath
from edc_core.domain.protection import ProtectAction
from edc_core.domain.query import UNFINISHED, QueryAction
from edc_core.errors import EdcError, ValueRefused
from edc_core.ids import new_id
from edc_core.ledger.replay import casebook_at
from edc_core.ledger.verify import verify
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import capture, correcting, protecting, queries, visits
from edc_core.settings import Settings
from edc_core.testing import FakeClock
from edc_core.testing.trial import NO_REASON, SOME_REASON
from tests.builders import Trial, vital_signs

RAW = ["", "80", "120", "300", "5000", "high", "04 MAR 2026", "F", "\ud800", "x" * 200]
EVENTS = ["V1", "UNS"]
people = st.sampled_from(["crc", "pi", "cra", "dm", "dm2", "spo", "med", "cli"])
reasons = st.sampled_from([NO_REASON, SOME_REASON])
items = st.sampled_from(
    ["VS.SYSBP", "VS.DIABP", "VS.DATE", "VS.NOTE", "DM.SEX", "DM.AGE", "AE.TERM", "AE.GRADE"]
)
rows = st.sampled_from(["1", "2", "3"])


class AnyOrder(RuleBasedStateMachine):
    template: Path

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp(dir=self.template.parent))
        shutil.copyfile(self.template, self.folder / "edc.db")
        self.clock = FakeClock()
        settings_ = Settings(
            database_url=f"sqlite:///{self.folder / 'edc.db'}", files_dir=self.folder / "files"
        )
        self.core = Core(settings_, EdcPlugins(()), self.clock)
        self.trial = Trial(self.core, vital_signs().build(), environment="uat")
        self.key = self.trial.add_subject()
        self.known = {}

    def teardown(self):
        if hasattr(self, "core"):
            self.core.close()
            shutil.rmtree(self.folder)

    def act(self, who, service, command, **fields):
        """Do it; a refusal is as good an outcome as any, and must leave nothing behind."""
        self.clock.advance(seconds=1)
        before = self.trial.entries(self.key)
        try:
            done = self.trial.act(getattr(self.trial, who), service, command, subject_key=self.key, **fields)
        except EdcError as refused:
            assert self.trial.entries(self.key) == before
            return refused
        return done

    def place(self, item, row, event):
        event = event if item.startswith("VS") else "V1"
        return self.trial.path(item, event=event, rows=(row,))

    @rule(who=people, item=items, row=rows, event=st.sampled_from(EVENTS), raw=st.sampled_from(RAW), reason=reasons,
          missing=st.sampled_from(["", "", "", "ND"]), complete=st.booleans(), stale=st.booleans())  # fmt: skip
    def save(self, who, item, row, event, raw, reason, missing, complete, stale):
        path = self.place(item, row, event)
        now = self.trial.casebook(self.key).items.get(path)
        base = (now.version if now else 0) + stale
        command = capture.SaveItems(
            study_id=self.trial.study_id,
            op=new_id(),
            subject_key=self.key,
            form=path.form_path,
            items=(ItemInput(path, raw, missing, base_version=base),),
            reason=reason,
            complete=complete,
        )
        actor = getattr(self.trial, who)
        self.clock.advance(seconds=1)
        before = self.trial.entries(self.key)
        try:
            first = self.trial.do(actor, capture.save_items, command)
        except EdcError as refused:
            assert self.trial.entries(self.key) == before
            if isinstance(refused, ValueRefused):
                with self.core.write(actor) as uow:
                    capture.note_refusal(uow, command, refused)
            return
        after = self.trial.entries(self.key)
        if len(after) > len(before):
            assert self.trial.do(actor, capture.save_items, command) == first
            assert self.trial.entries(self.key) == after

    @rule(who=people, form=st.sampled_from(["VS", "DM", "AE"]), reason=reasons,
          what=st.sampled_from(["complete", "reopen", "not done", "done"]))  # fmt: skip
    def change_form(self, who, form, reason, what):
        service, command, more = {
            "complete": (capture.complete_form, capture.CompleteForm, {}),
            "reopen": (capture.reopen_form, capture.ReopenForm, {}),
            "not done": (capture.mark_not_done, capture.MarkNotDone, {}),
            "done": (capture.mark_not_done, capture.MarkNotDone, {"not_done": False}),
        }[what]
        self.act(who, service, command, form=self.trial.form(form), reason=reason, **more)

    @rule(who=people, reason=reasons)
    def add_row(self, who, reason):
        form = self.trial.form("AE")
        fields = {"form": form, "parent": form, "group_oid": "AE.ROW", "reason": reason}
        self.act(who, capture.add_row, capture.AddRow, **fields)

    @rule(who=people, row=rows, restore=st.booleans(), reason=reasons)
    def strike(self, who, row, restore, reason):
        path = self.place("AE.TERM", row, "V1").parent
        fields = {"form": path.form_path, "row": path, "restore": restore, "reason": reason}
        self.act(who, capture.strike_row, capture.StrikeRow, **fields)

    @rule(who=people)
    def add_event(self, who):
        self.act(who, capture.add_event, capture.AddEvent, event_oid="UNS")

    @rule(who=people, event=st.sampled_from(["V1[1]", "UNS[1]"]), not_done=st.booleans(), reason=reasons)
    def mark_visit(self, who, event, not_done, reason):
        fields = {"event": ItemPath.parse(event), "not_done": not_done, "reason": reason}
        self.act(who, visits.mark_event_not_done, visits.MarkEventNotDone, **fields)

    @rule(who=people, item=items, row=rows)
    def ask(self, who, item, row):
        self.act(who, queries.open_query, queries.OpenQuery, path=self.place(item, row, "V1"), text="Why?")

    @rule(who=people, action=st.sampled_from(QueryAction), which=st.integers(0, 5))
    def act_on_query(self, who, action, which):
        known = sorted(self.trial.casebook(self.key).queries)
        if known:
            fields = {"query_id": known[which % len(known)], "action": action, "text": "Because."}
            self.act(who, queries.act_on_query, queries.ActOnQuery, **fields)

    @rule(who=people, item=items, row=rows, depth=st.integers(0, 4), action=st.sampled_from(ProtectAction))
    def protect(self, who, item, row, depth, action):
        path = self.place(item, row, "V1").ancestors()[depth]
        fields = {"path": path, "action": action, "reason": SOME_REASON}
        self.act(who, protecting.protect, protecting.Protect, **fields)

    @rule(who=people, number=st.integers(1, 3))
    def correct_key(self, who, number):
        fields = {"new_key": f"S-00{number}", "reason": SOME_REASON}
        done = self.act(who, correcting.correct_subject_key, commands.CorrectSubjectKey, **fields)
        if isinstance(done, dict):
            self.key = done["subject_key"]

    @invariant()
    def the_ledger_verifies_and_the_tables_are_its_replay(self):
        if not hasattr(self, "core"):
            return
        with self.core.read() as source:
            assert verify(source.connection).problems == []

    @invariant()
    def at_most_one_unfinished_query_per_identity(self):
        if not hasattr(self, "core"):
            return
        book = self.trial.casebook(self.key)
        system = [q for q in book.queries.values() if q.is_system]
        identities = [(q.check_oid, q.finding_key, str(q.path)) for q in system if q.state in UNFINISHED]
        assert len(identities) == len(set(identities))
        for query in book.queries.values():
            assert [m.n for m in query.messages] == list(range(1, query.version + 1))
            assert query.messages[-1].state == query.state.value
        for path, item in book.items.items():
            assert book.forms[path.form_path].status is not EntryStatus.NOT_STARTED
            assert item.version >= 1

    @invariant()
    def the_past_does_not_change(self):
        """A casebook as it was at a position is the same whenever it is asked for."""
        if not hasattr(self, "core"):
            return
        book = self.trial.casebook(self.key)
        n = len(self.trial.entries(self.key))
        with self.core.read() as source:
            study, chain = self.trial.study_id, book.subject.subject_id
            replayed = casebook_at(source.connection, study, chain, upto_n=n)
            for earlier, picture in itertools.islice(reversed(self.known.items()), 2):
                assert casebook_at(source.connection, study, chain, upto_n=earlier) == picture
        live = (book.events, book.forms, book.groups, book.items, book.queries, book.protections)
        past = replayed
        assert live == (past.events, past.forms, past.groups, past.items, past.queries, past.protections)
        self.known[n] = replayed


@pytest.mark.timeout(300)
def test_whatever_people_do_in_whatever_order(edc_sqlite_template):
    AnyOrder.template = edc_sqlite_template
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
