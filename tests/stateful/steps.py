"""Random things that somebody tries, as commands: most of them sensible, some not, by anybody."""

from edc_core.domain import commands as c
from edc_core.domain import study_commands
from edc_core.domain.change import ItemInput
from edc_core.domain.coding import CodedLevel, CodedTerm, NewCoding
from edc_core.domain.coding_commands import ApproveCodings, CodeTerms, ResetCodings
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.permission import Role
from edc_core.domain.protection import ProtectAction
from edc_core.domain.query import TRANSITIONS, QueryAction
from edc_core.domain.review_plan import ReviewGroup
from edc_core.domain.signature import Meaning
from edc_core.ids import new_id
from edc_core.services import to_sign
from edc_core.services.signing import Sign, WithdrawSignature
from edc_core.store import readers

SITE = (Role.PI, Role.SUB, Role.CRC)
WHY = c.Reason("transcription", "Read wrongly from the source.")
FORMS = ("SCR[1]/DM[1]", "SCR[1]/VS[1]", "V1[1]/VS[1]", "UNS[1]/VS[1]", "UNS[2]/VS[1]", "LOGS[1]/AE[1]")
ITEMS = {
    "DM": ("DM.DM/DM.AGE", "DM.DM/DM.SEX", "DM.DM/DM.PREGNANT"),
    "VS": ("VS.VS/VS.WEIGHT", "VS.VS/VS.WEIGHT", "VS.VS/VS.NOTE", "VS.VS/VS.CHANGE"),
    "AE": ("AE.LOG[1]/AE.TERM", "AE.LOG[2]/AE.GRADE", "AE.LOG[3]/AE.TERM", "AE.LOG[1]/AE.GRADE"),
}
VALUES = {
    "AGE": ("40", "85", "", "4O", "200"), "SEX": ("F", "M", ""), "PREGNANT": ("Y", "N"), "WEIGHT": ("80", "95", "120", "200", ""),
    "NOTE": ("seen", "", "checked twice"), "CHANGE": ("3",), "TERM": ("Rash", "Nausea", ""), "GRADE": ("1", "3", "9", ""),
}  # fmt: skip


def subject(world, keys=()):
    """A subject, one of these where there are some."""
    return {
        "study_id": world.trial.study_id,
        "op": new_id(),
        "subject_key": world.dice.choice(sorted(keys or world.chains)),
    }


def open_subject(world):
    """Most often a subject of which nothing is frozen or locked: some steps move all of it."""
    closed = {chain for (chain, _, _), state in world.shields.set.items() if state != "open"}
    usual = world.dice.random() < 0.8
    return subject(world, [key for key, chain in world.chains.items() if usual and chain not in closed])


def site_staff(world, who):
    return world.anybody(*SITE, near=who["subject_key"])


def reason(world):
    return WHY if world.dice.random() < 0.8 else c.Reason()


def form(world):
    return ItemPath.parse(world.dice.choice(FORMS))


def place(world):
    """A form, its visit or the casebook."""
    return world.dice.choice([ItemPath(), *(2 * [ItemPath(form(world).event)]), *(3 * [form(world)])])


def item(world, where):
    text = world.dice.choice(ITEMS[where.form.oid])
    if "[" not in text:
        text = text.replace("/", "[1]/", 1)
    return ItemPath.parse(f"{where}/{text}")


def save(world):
    who, where = subject(world), form(world)
    book = world.pictures[who["subject_key"]].book
    chosen = {item(world, where) for _ in range(world.dice.randint(1, 3))}
    given = tuple(
        ItemInput(
            path, world.dice.choice(VALUES[path.item.rpartition(".")[2]]),
            missing="ND" if world.dice.random() < 0.05 else "",
            base_version=(book.items[path].version if path in book.items else 0) - (world.dice.random() < 0.05),
        )
        for path in sorted(chosen, key=str)
    )  # fmt: skip
    given = tuple(
        ItemInput(i.path, "" if i.missing else i.raw, i.missing, base_version=i.base_version) for i in given
    )
    complete = world.dice.random() < 0.25
    return site_staff(world, who), c.SaveItems(
        **who, form=where, items=given, reason=reason(world), complete=complete
    )


def begun(world, who, *statuses):
    """Most often a form that stands so."""
    forms = world.pictures[who["subject_key"]].book.forms.values()
    return mostly(world, [one.path for one in forms if one.status in statuses])


def not_begun(world, who):
    """Most often a form that nobody began; those of the plan soon are, those of visits that were added later."""
    book = world.pictures[who["subject_key"]].book
    added = [f"{event}/VS[1]" for event in book.events if event.event.oid == "UNS"]
    return mostly(world, {ItemPath.parse(text) for text in [*FORMS[:3], *added]} - set(book.forms))


def mostly(world, fitting):
    """Most often one of these, else any form."""
    if not fitting or world.dice.random() < 0.2:
        return form(world)
    return world.dice.choice(sorted(fitting, key=str))


def complete(world):
    who = subject(world)
    return site_staff(world, who), c.CompleteForm(**who, form=begun(world, who, EntryStatus.IN_PROGRESS))


def reopen(world):
    who = subject(world)
    return world.anybody(Role.DM, Role.PI, near=who["subject_key"]), c.ReopenForm(
        **who, form=begun(world, who, EntryStatus.COMPLETE), reason=reason(world)
    )


def not_done(world):
    who, back = subject(world), world.dice.random() < 0.3
    where = begun(world, who, EntryStatus.NOT_DONE) if back else not_begun(world, who)
    return site_staff(world, who), c.MarkNotDone(**who, form=where, not_done=not back, reason=reason(world))


def remove_form(world):
    who, restore = subject(world), world.dice.random() < 0.5
    standing = (EntryStatus.REMOVED,) if restore else (EntryStatus.IN_PROGRESS, EntryStatus.COMPLETE)
    return site_staff(world, who), c.RemoveForm(
        **who, form=begun(world, who, *standing), restore=restore, reason=reason(world)
    )


def visit_not_done(world):
    who, back = subject(world), world.dice.random() < 0.3
    marked = [path for path, one in world.pictures[who["subject_key"]].book.events.items() if one.not_done]
    where = mostly(world, marked) if back else not_begun(world, who)
    return site_staff(world, who), c.MarkEventNotDone(
        **who, event=ItemPath(where.event), not_done=not back, reason=reason(world)
    )


def remove_visit(world):
    who, event = open_subject(world), ItemPath(form(world).event)
    removed = [p for p, one in world.pictures[who["subject_key"]].book.events.items() if one.removed]
    restore = bool(removed) and world.dice.random() < 0.85
    event = world.dice.choice(sorted(removed, key=str)) if restore else event
    return site_staff(world, who), c.RemoveEvent(**who, event=event, restore=restore, reason=reason(world))


def add_row(world):
    where = ItemPath.parse(FORMS[-1])
    who = subject(world)
    return site_staff(world, who), c.AddRow(**who, form=where, parent=where, group_oid="AE.LOG")


def strike(world):
    where = ItemPath.parse(FORMS[-1])
    row = where.with_group("AE.LOG", world.dice.choice("123"))
    who = subject(world)
    return site_staff(world, who), c.StrikeRow(
        **who, form=where, row=row, restore=world.dice.random() < 0.5, reason=reason(world)
    )


def add_visit(world):
    who = subject(world)
    return site_staff(world, who), c.AddEvent(**who, event_oid="UNS")


def ask(world):
    where = form(world)
    path = world.dice.choice([where, item(world, where), ItemPath()])
    return world.anybody(Role.DM, Role.CRA, Role.MED), c.OpenQuery(
        **subject(world), path=path, text="Please check.", proposed=world.dice.random() < 0.2
    )


def in_order(queries):
    """Their ids, in an order in which nothing is left to the ids, which are made anew on every run."""
    return sorted(
        queries, key=lambda one: (queries[one].opened_at, str(queries[one].path), queries[one].check_oid, one)
    )


def act_on_query(world):
    """Most often something that a query of that state has; to resolve is the system's alone."""
    who = subject(world)
    known = world.pictures[who["subject_key"]].book.queries
    query_id = world.dice.choice(in_order(known) or ["none"])
    fitting = [a for state, a in TRANSITIONS if query_id in known and state is known[query_id].state]
    action = world.dice.choice(fitting if fitting and world.dice.random() < 0.8 else list(QueryAction))
    forwarded = known[query_id].recipient if query_id in known else ""
    roles = (
        (Role.DM,)
        if action is not QueryAction.ANSWER
        else (Role(forwarded),)
        if forwarded in (Role.CRA, Role.MED, Role.DM)
        else SITE
    )
    return world.anybody(*roles, near=who["subject_key"]), c.ActOnQuery(
        **who, query_id=query_id, action=action, text="As the source says.",
        recipient=world.dice.choice(("", "CRA", "MED", "DM")) if action is QueryAction.FORWARD else "",
    )  # fmt: skip


REVIEWERS = {
    ReviewGroup.SDV: Role.CRA, ReviewGroup.DM: Role.DM, ReviewGroup.MEDICAL: Role.MED, ReviewGroup.SAFETY: Role.PVG,
    ReviewGroup.STATISTICS: Role.STA,
}  # fmt: skip


def review(world):
    who = subject(world)
    group = world.dice.choice(list(ReviewGroup))
    items = world.pictures[who["subject_key"]].book.items
    chosen = world.dice.sample(sorted(items, key=str), min(len(items), world.dice.randint(1, 3)))
    seen = tuple(c.Seen(path, items[path].version) for path in chosen)
    return world.anybody(REVIEWERS[group]), c.Review(**who, group=group, values=seen)


def take_back(world):
    who = subject(world)
    marks = world.pictures[who["subject_key"]].book.marks
    path, group = world.dice.choice(sorted(marks, key=str) or [(item(world, form(world)), ReviewGroup.SDV)])
    return world.anybody(REVIEWERS[group]), c.TakeBackReview(
        **who, group=group, paths=(path,), reason=reason(world)
    )


TERM = CodedTerm("MadeDRA", "1.0", "en", (CodedLevel("LLT", "90000001", "Zorbly head"),))


def code(world):
    """Any value: which items are coded is for a plugin to know."""
    who = subject(world)
    items = world.pictures[who["subject_key"]].book.items
    path = world.dice.choice(sorted(items, key=str) or [item(world, form(world))])
    version = items[path].version if path in items else 0
    given = (NewCoding(path, version, TERM, propose=world.dice.random() < 0.3),)
    return world.anybody(Role.COD), CodeTerms(**who, codings=given)


def approve_coding(world):
    who = subject(world)
    codings = world.pictures[who["subject_key"]].codings
    proposed = sorted(path for path, (_, state) in codings.items() if state == "proposed")
    path = world.dice.choice(proposed or sorted(codings) or [str(item(world, form(world)))])
    seen = ((ItemPath.parse(path), codings.get(path, (1, ""))[0]),)
    return world.anybody(Role.COD, Role.MED), ApproveCodings(**who, seen=seen)


def reset_coding(world):
    who = subject(world)
    codings = sorted(world.pictures[who["subject_key"]].codings)
    path = ItemPath.parse(world.dice.choice(codings or [str(item(world, form(world)))]))
    return world.anybody(Role.COD), ResetCodings(**who, paths=(path,), reason=reason(world))


def note(world):
    """What a plugin notes at an item, sometimes by somebody who has to be a second person there."""
    who, where = subject(world), form(world)
    kept = c.PlaceNote(item(world, where), {"raw": world.dice.choice(VALUES["NOTE"])})
    return site_staff(world, who), c.AddFormNotes(
        **who, form=where, topic="test.value", name="typed again", notes=(kept,),
        second_person=world.dice.random() < 0.5,
    )  # fmt: skip


FREEZE, UNFREEZE, LOCK, UNLOCK = ProtectAction
OPENING = {"frozen": UNFREEZE, "locked": UNLOCK}


def protect(world):
    """Mostly opens what is closed, or nothing would stay open for long."""
    who = subject(world)
    chain = world.chains[who["subject_key"]]
    closed = [
        (path, state) for (at, _, path), state in world.shields.set.items() if at == chain and state != "open"
    ]
    if closed and world.dice.random() < 0.85:
        path, state = world.dice.choice(closed)
        where, action = ItemPath.parse(path), OPENING[state]
    else:
        where = item(world, form(world)) if world.dice.random() < 0.2 else place(world)
        action = world.dice.choice([FREEZE, FREEZE, FREEZE, LOCK])
    return world.anybody(Role.DM), c.Protect(**who, path=where, action=action, reason=reason(world))


def closed_above(world):
    """(site, state) of what is frozen or locked above the subjects."""
    known = world.shields.set.items()
    return [(site, state) for (at, site, _), state in known if at == STUDY_CHAIN and state != "open"]


def protect_study(world):
    closed = closed_above(world)
    if closed and world.dice.random() < 0.9:
        site, state = world.dice.choice(closed)
        action = OPENING[state]
    else:
        site, action = (
            world.dice.choice(["", *world.trial.sites.values()]),
            world.dice.choice([FREEZE, FREEZE, LOCK]),
        )
    return world.anybody(Role.DM, Role.SPO), study_commands.ProtectStudy(
        study_id=world.trial.study_id, op=new_id(), action=action, site_id=site, reason=reason(world)
    )


def signable(world, who):
    """Most often a complete form without questions, or what is above it."""
    book = world.pictures[who["subject_key"]].book
    asked = {
        query.path.form_path for query in book.queries.values() if query.is_unfinished and query.path.form
    }
    ready = [
        one.path
        for one in book.forms.values()
        if one.status is EntryStatus.COMPLETE and one.path not in asked
    ]
    if not ready or world.dice.random() < 0.2:
        return place(world)
    chosen = world.dice.choice(sorted(ready, key=str))
    return world.dice.choice([chosen, chosen, ItemPath(chosen.event), ItemPath()])


def sign(world):
    """What the page of the signature shows is signed; one time in ten the page is stale."""
    who = subject(world)
    path = signable(world, who)
    by = world.anybody(Role.PI, near=who["subject_key"])
    shown = on_the_page(world, by, who, path)
    return by, signing(who, path, "0" * 64 if world.dice.random() < 0.1 else shown)


def signing(who, path, read):
    return Sign(**who, path=path, sha256=read, meaning=Meaning.APPROVAL, component="password", accepts=True)


def on_the_page(world, by, who, path):
    """Digest of what the page of the signature shows."""
    with world.core.read() as source:
        known = readers.subject_by_id(source.connection, who["study_id"], world.chains[who["subject_key"]])
        site = readers.sites(source.connection, who["study_id"])[known.site_id]
        study = readers.study_by_id(source.connection, who["study_id"])
        return to_sign.Desk(source, by, study, known, site).lay_out(path).manifest.sha256


def withdraw(world):
    who = subject(world)
    signed = world.pictures[who["subject_key"]].signatures
    path = world.dice.choice(sorted(signed, key=str) or [ItemPath()])
    n = signed[path].n if path in signed else 1
    by = next((p for _, p in world.people if path in signed and p.name == signed[path].actor), None)
    return by or world.anybody(Role.PI, near=who["subject_key"]), WithdrawSignature(
        **who, path=path, n=n, reason=reason(world)
    )


def correct_key(world):
    """Sometimes into a number that another subject has."""
    who = open_subject(world)
    free = f"S-{world.dice.randint(100, 999)}"
    new = world.dice.choice([free, free, *world.chains])
    return world.anybody(Role.DM, Role.PI, near=who["subject_key"]), c.CorrectSubjectKey(
        **who, new_key=new, reason=reason(world)
    )


def move(world):
    """Sometimes to the site where the subject is."""
    who, day = open_subject(world), world.dice.choice(["2026-03-01", "2026-03-01", "2036-01-01"])
    return world.anybody(Role.DM, Role.PI, near=who["subject_key"]), c.MoveSubject(
        **who, site=world.dice.choice(["KR-01", "US-01"]), day=day, reason=reason(world)
    )


def opening(world):
    """How each history begins: a form is entered, reviewed and signed, and a row of another is struck.

    What follows is left to the dice, which in some histories never come as far as that by themselves.
    """
    key = world.dice.choice(sorted(world.chains))
    visit, log = ItemPath.parse("V1[1]/VS[1]"), ItemPath.parse(FORMS[-1])
    site = [
        person
        for role, person in world.people
        if person.grants[0].covers(world.site_of[world.chains[key]], "")
    ]
    weight = ItemPath.parse(f"{visit}/VS.VS[1]/VS.WEIGHT")
    term = ItemPath.parse(f"{log}/AE.LOG[2]/AE.TERM")

    def mine():
        return {"study_id": world.trial.study_id, "op": new_id(), "subject_key": key}

    def first(role):
        return next(person for person in site if person.grants[0].role is role)

    pi, crc, cra = first(Role.PI), first(Role.CRC), first(Role.CRA)
    yield crc, c.SaveItems(**mine(), form=visit, items=(ItemInput(weight, "80"),), complete=True)
    yield crc, c.SaveItems(**mine(), form=log, items=(ItemInput(term, "Rash"),))
    yield crc, c.StrikeRow(**mine(), form=log, row=log.with_group("AE.LOG", "2"), restore=False, reason=WHY)
    version = world.pictures[key].book.items[weight].version
    yield cra, c.Review(**mine(), group=ReviewGroup.SDV, values=(c.Seen(weight, version),))
    who = mine()
    yield pi, signing(who, visit, on_the_page(world, pi, who, visit))


#: What somebody tries, by how often.
STEPS = {
    save: 40, complete: 12, reopen: 4, not_done: 3, visit_not_done: 3, remove_visit: 4, add_row: 4, strike: 5,
    remove_form: 4, add_visit: 3, ask: 4,
    act_on_query: 10, review: 8, take_back: 3, protect: 6, protect_study: 4, sign: 12, withdraw: 4, correct_key: 4,
    move: 4, note: 3, code: 6, approve_coding: 2, reset_coding: 2,
}  # fmt: skip


def a_step(world):
    """(actor, command) of something to try. What closes a whole site is opened again soon, or little else would happen."""
    if world.dice.random() < 0.3 and closed_above(world):
        return protect_study(world)
    kind = world.dice.choices(list(STEPS), weights=STEPS.values())[0]
    return kind(world)
