"""A trial with people of every role, what can be seen of it at a moment, and random things that somebody tries in it."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.permission import ROLE_WORDS, Role
from edc_core.ledger.append import parse_payload
from edc_core.store import readers, signature_readers
from edc_core.store.coding_tables import coding
from edc_core.store.ledger_tables import chain_head, ledger_entry
from edc_core.testing.trial import Trial

SUBJECTS = {"S-001": "KR-01", "S-002": "KR-01", "S-003": "US-01"}
SITE_STAFF = (Role.PI, Role.SUB, Role.CRC)


@dataclass(frozen=True)
class Picture:
    """One subject as its projections show it now."""

    book: object
    signatures: dict
    codings: dict

    def effects_since(self, before):
        """What became different, counted by (what, where): each has to have one entry in the ledger."""
        mine, theirs = self.book, before.book
        found = Counter()
        for path, item in mine.items.items():
            versions = item.version - (theirs.items[path].version if path in theirs.items else 0)
            found["value", str(path)] += versions
            if versions == 0:
                assert item == theirs.items[path], f"{path} changed without a version"
        for name in ("forms", "groups", "events"):
            now, then = getattr(mine, name), getattr(theirs, name)
            for path, one in now.items():
                found[name, str(path)] += one != then.get(path)
            assert not set(then) - set(now), f"{name} are gone"
        for query_id, query in mine.queries.items():
            then = theirs.queries.get(query_id)
            steps = query.version - (then.version if then else 0)
            found["query", str(query.path)] += (
                steps or query != then
            )  # one that is recognised gets no new line
        for key, mark in mine.marks.items():
            found["mark", str(key[0])] += mark != theirs.marks.get(key)
        for path, one in self.signatures.items():
            then = before.signatures.get(path)
            found["signature", str(path)] += then is None or (one.n, one.state) != (then.n, then.state)
        for path, one in self.codings.items():
            found["coding", path] += one != before.codings.get(path)
        found["site", ""] += mine.subject.site_id != theirs.subject.site_id
        found["key", ""] += mine.subject.subject_key != theirs.subject.subject_key
        return +found


class World:
    """:param dice: decides what happens."""

    def __init__(self, core, clock, dice, definition):
        self.trial = Trial(core, definition)
        self.core, self.clock, self.dice = core, clock, dice
        self.people = [
            (role, self.trial.person(role, f"{role.lower()}.{number}.{turn}", site=site))
            for role in ROLE_WORDS
            for number, site in enumerate(("KR-01", "US-01") if role in SITE_STAFF else ("",))
            for turn in (1, 2)
        ]
        for key, site in SUBJECTS.items():
            self.trial.add_subject(key, site=site)
        with core.read() as source:
            found = readers.all_subjects(source.connection, self.trial.study_id)
        self.chains = {subject.subject_key: subject.subject_id for subject in found}
        self.site_of = {subject.subject_id: subject.site_id for subject in found}
        self.pictures = {key: self.look(key) for key in self.chains}
        self.heads = self.read_heads()
        self.shields = Shields(self.site_of)

    def anybody(self, *roles, near=""):
        """Most often somebody in one of the roles who reaches a subject; one time in eight anybody at all."""
        if self.dice.random() < 0.125:
            return self.dice.choice(self.people)[1]
        site = self.site_of[self.chains[near]] if near else ""
        return self.dice.choice(
            [
                person
                for role, person in self.people
                if role in roles and (not site or person.grants[0].covers(site, ""))
            ]
        )

    def look(self, key):
        with self.core.read() as source:
            subject = readers.subject_by_id(source.connection, self.trial.study_id, self.chains[key])
            signed = signature_readers.signatures(source.connection, self.trial.study_id, subject.subject_id)
            rows = select(coding).where(coding.c.subject_id == subject.subject_id)
            codings = {row.path: (row.n, row.state) for row in source.connection.execute(rows)}
            return Picture(readers.casebook(source, subject), {one.path: one for one in signed}, codings)

    def read_heads(self):
        with self.core.read() as source:
            rows = source.connection.execute(select(chain_head.c.chain, chain_head.c.n))
            return {row.chain: row.n for row in rows}

    def entries_since(self, chain, n):
        """Entries after a position, their payloads as JSON values."""
        statement = (
            select(ledger_entry)
            .where(ledger_entry.c.chain == chain, ledger_entry.c.n > n)
            .order_by(ledger_entry.c.n)
        )
        with self.core.read() as source:
            rows = source.connection.execute(statement).mappings()
            return [dict(row) | {"payload": parse_payload(row["payload"])} for row in rows]

    def key_of(self, chain):
        return next((key for key, one in self.chains.items() if one == chain), None)

    def take(self, key, picture):
        """Remember how a subject looks now, by the number it has now."""
        del self.pictures[key]
        chain = self.chains.pop(key)
        self.site_of[chain] = picture.book.subject.site_id
        self.chains[picture.book.subject.subject_key] = chain
        self.pictures[picture.book.subject.subject_key] = picture


class Shields:
    """The protection in force, kept by reading the ledger alone: the strictest of a place and of all above it."""

    STRICT = ("open", "frozen", "locked")

    def __init__(self, site_of):
        self.site_of = site_of
        self.set = {}

    def note(self, chain, entry):
        self.set[chain, entry["payload"]["scope"], entry["path"]] = entry["payload"]["state"]

    def at(self, chain, path):
        above = [(STUDY_CHAIN, "", ""), (STUDY_CHAIN, self.site_of[chain], "")]
        own = [(chain, "", str(place)) for place in ItemPath.parse(path).ancestors()] if path else []
        found = [self.set.get(key, "open") for key in [*above, *own, (chain, "", "")]]
        return max(found, key=self.STRICT.index)
