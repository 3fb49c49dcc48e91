"""Random actions of random roles. After each: one entry per effect, protection kept, signatures valid exactly when unchanged.

What is expected is worked out here from pictures and entries alone, never by the code that decides. A failure names seed
and step, and a seed gives the same history again.
"""

import random
import shutil
from collections import Counter

import pytest

from edc_core.core import Core
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.signature import SignatureState
from edc_core.errors import EdcError, ValueRefused
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import dispatch, signing
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.testing.fixtures import FakeClock
from tests.databases import on_postgres, on_sqlite
from tests.stateful.steps import STEPS, a_step, opening
from tests.stateful.study import any_order
from tests.stateful.world import World

STEPS_OF_ONE_SEED = 1000
REBUILD_EVERY = 250

WHAT = {
    "item.set": "value", "derived.set": "value", "form.status": "forms", "form.remove": "forms",
    "form.restore": "forms", "group.add": "groups", "group.remove": "groups",
    "group.restore": "groups", "event.add": "events", "event.status": "events", "event.remove": "events",
    "event.restore": "events", "query.open": "query",
    "query.message": "query", "query.state": "query", "review.set": "mark", "review.drop": "mark",
    "coding.set": "coding", "coding.reset": "coding",
    "sign.set": "signature", "sign.break": "signature", "sign.withdraw": "signature", "subject.key": "key",
    "subject.site": "site",
}  # fmt: skip
DATA = {"value", "forms", "groups", "events", "key", "site"}


def carry_out(world, by, command):
    """By the doors that pages and plugins have."""
    if isinstance(command, signing.Sign):
        with world.core.write(by) as uow:
            return signing.sign(uow, command, world.core.files)
    if isinstance(command, signing.WithdrawSignature):
        return world.trial.do(by, signing.withdraw, command)
    return dispatch.submit(world.core, by, [command])


def content(picture, path):
    """What a signature stands for: the number of the subject, values that were given, rows of them struck out and the
    state of forms and visits.
    """
    book = picture.book
    given = [
        (p, i.raw, i.value, i.missing, i.unit)
        for p, i in book.items.items()
        if path.contains(p) and not i.is_blank
    ]
    rows = {place for p, *_ in given for place in p.ancestors()}
    return {
        ("number", book.subject.subject_key),
        *given,
        *((p, group.removed) for p, group in book.groups.items() if p in rows),
        *((p, state_of(book, p)) for p in book.forms if path.contains(p)),
        *((p, "not done") for p, event in book.events.items() if event.not_done and path.contains(p)),
    }


def state_of(book, form):
    """A removed form is that whether or not its visit is removed, too."""
    return EntryStatus.REMOVED if book.is_removed(form) else book.forms[form].status


class History:
    """The world step by step, and what is known of it beside what it says itself."""

    def __init__(self, world):
        self.world = world
        self.signed = {}
        self.succeeded = Counter()
        self.refused = Counter()
        self.told = []

    def open(self):
        """What begins each history, and is refused to nobody."""
        for by, command in opening(self.world):
            self.attempt(by, command)
        assert not self.refused, self.refused

    def attempt(self, by, command):
        world = self.world
        world.clock.advance(seconds=world.dice.choice([0, 1, 60, 3600, -120]))
        try:
            answer = carry_out(world, by, command)
        except EdcError as refused:
            self.note(self.refused, by, command, type(refused).__name__)
            allowed = {"note.add"} if isinstance(refused, ValueRefused) else set()
            assert {entry["kind"] for entry in self.take(command)} <= allowed, "a refusal left something"
            return
        self.note(self.succeeded, by, command, type(command).__name__)
        self.take(command)
        if world.dice.random() < 0.05:
            self.again(by, command, answer)

    def note(self, count, by, command, what):
        count[what] += 1
        self.told.append((type(command).__name__, by.name, what))

    def again(self, by, command, answer):
        """A retry is answered with the first answer, and another person's is refused; neither leaves anything."""
        if not self.changed:
            return
        assert carry_out(self.world, by, command) == answer
        other = next(person for _, person in self.world.people if person is not by)
        with pytest.raises(EdcError):
            carry_out(self.world, other, command)
        assert self.take(command) == []

    def take(self, command):
        """Compare what became different with what was written, chain by chain."""
        world = self.world
        heads = world.read_heads()
        grown = {chain: n for chain, n in heads.items() if n != world.heads.get(chain, 0)}
        mine = {
            world.chains.get(getattr(command, "subject_key", "")),
            STUDY_CHAIN if not hasattr(command, "subject_key") else "",
        }
        assert set(grown) <= mine, f"written to {set(grown) - mine}"
        everything = []
        for chain in grown:
            entries = world.entries_since(chain, world.heads.get(chain, 0))
            self.compare(chain, entries)
            everything += entries
        world.heads = heads
        self.changed = bool(everything)
        return everything

    def compare(self, chain, entries):
        world = self.world
        key = world.key_of(chain)
        guarded = [
            (e, self.world.shields.at(chain, e["path"])) for e in entries if e["kind"] != "protect.set"
        ]
        for entry, state in guarded:
            what = WHAT.get(entry["kind"], entry["kind"])
            assert state != "locked", f"{entry['kind']} at {entry['path']}, which is locked"
            assert state != "frozen" or what not in DATA, (
                f"{entry['kind']} at {entry['path']}, which is frozen"
            )
        for entry in entries:
            if entry["kind"] == "protect.set":
                self.world.shields.note(chain, entry)
        times = [entry["at"] for entry in entries]
        assert times == sorted(times), "time went back in a chain"
        if key is None:
            return
        before, after = world.pictures[key], world.look(key)
        written = Counter((WHAT[e["kind"]], e["path"]) for e in entries if e["kind"] in WHAT)
        assert after.effects_since(before) == written
        self.written = entries
        self.look_at_signatures(key, before, after)
        world.take(key, after)

    def look_at_signatures(self, key, before, after):
        for path, one in after.signatures.items():
            known = (self.world.chains[key], path)
            then = before.signatures.get(path)
            if one.state is SignatureState.SIGNED and (
                then is None or then.n != one.n or then.state is not one.state
            ):
                self.signed[known] = content(after, path)
            unchanged = content(after, path) == self.signed[known]
            if one.state is SignatureState.SIGNED:
                changed = content(after, path) ^ self.signed[known]
                assert unchanged, f"{key} {path} is signed and was changed: {sorted(map(str, changed))}"
            if one.state is SignatureState.BROKEN and then.state is SignatureState.SIGNED:
                assert not unchanged, (
                    f"{key} {path} was broken by nothing: {[(e['kind'], e['path']) for e in self.written]}"
                )


def run(core, clock, folder, seed, steps):
    world = World(core, clock, random.Random(seed), any_order(folder))
    history = History(world)
    history.open()
    for number in range(1, steps + 1):
        try:
            history.attempt(*a_step(world))
        except AssertionError as failed:
            raise AssertionError(f"seed {seed}, step {number}: {failed}") from failed
        if number % REBUILD_EVERY == 0:
            report = verify(core, rebuild=True)
            assert report.problems == [], f"seed {seed}, step {number}"
    return history


def look_whether_much_happened(history):
    """A history in which everything is refused would show nothing."""
    much = (history.succeeded, history.refused)
    assert history.succeeded.total() > 0.2 * history.refused.total(), much
    assert len(history.succeeded) >= len(STEPS) - 4, much
    assert {"SaveItems", "Sign", "Protect", "ActOnQuery", "StrikeRow", "Review"} <= set(history.succeeded)
    assert {"NotAllowed", "Protected", "WrongState", "ReasonRequired", "EditConflict"} <= set(history.refused)


def test_a_seed_gives_the_same_history_again(edc_sqlite_template, tmp_path):
    told = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        shutil.copyfile(edc_sqlite_template, folder / "edc.db")
        settings = Settings(database_url=f"sqlite:///{folder / 'edc.db'}", files_dir=folder / "files")
        core = Core(settings, EdcPlugins(()), FakeClock())
        told.append(run(core, core.clock, folder, 0, STEPS_OF_ONE_SEED).told)
        core.close()
    assert told[0] == told[1]


@on_sqlite
@pytest.mark.parametrize("seed", range(8))
def test_any_order_on_sqlite(core, clock, tmp_path, seed):
    look_whether_much_happened(run(core, clock, tmp_path, seed, STEPS_OF_ONE_SEED))


@on_postgres
@pytest.mark.parametrize("seed", range(2))
def test_any_order_on_postgresql(core, clock, tmp_path, seed):
    look_whether_much_happened(run(core, clock, tmp_path, 100 + seed, STEPS_OF_ONE_SEED))
