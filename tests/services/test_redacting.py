"""Two persons take a name out of the ledger: nothing holds it any more, and the chain still verifies and says so."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from edc_core.domain.commands import DecideRedaction, Reason, RequestRedaction
from edc_core.errors import BadRequest, NotAllowed, NotFound, ReasonRequired, SecondPersonRequired, WrongState
from edc_core.ledger import redacting as ledger_redacting
from edc_core.ledger.replay import casebook_at
from edc_core.services import queries, redacting
from edc_core.services.history import item_history
from edc_core.services.reading import look_at
from edc_core.services.verifying import verify
from edc_core.store import readers, triggers
from edc_core.testing import SOME_REASON

NAME = "Gildong Hong"
WHY = Reason(text="A name was entered by mistake.")


@pytest.fixture
def named(trial):
    """A name typed as a value, asked about in a query that quotes it, and corrected."""
    trial.save("S-001", {"VS.SYSBP": NAME, "VS.DIABP": "80"})
    trial.complete("S-001", "VS")
    trial.act(
        trial.dm, queries.open_query, queries.OpenQuery,
        subject_key="S-001", path=trial.path("VS.SYSBP"), text=f"Why does it say {NAME}?",
    )  # fmt: skip
    trial.save("S-001", {"VS.SYSBP": "120"}, reason=SOME_REASON)
    return trial


def typed(trial):
    """Position of the entry that the name was typed with."""
    return next(e["n"] for e in trial.entries("S-001") if e["payload"].get("raw") == NAME)


def ask(trial, by=None, *, n=None, reason=WHY):
    return trial.act(
        by or trial.dm, redacting.request_redaction, RequestRedaction,
        subject_key="S-001", n=n or typed(trial), reason=reason,
    )  # fmt: skip


def decide(trial, request, by=None, *, approve=True, reason=WHY):
    return trial.act(
        by or trial.spo, redacting.decide_redaction, DecideRedaction,
        subject_key="S-001", request=request, approve=approve, reason=reason,
    )  # fmt: skip


def history_of(trial, who=None):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        subject = readers.subject_by_key(source.connection, trial.study_id, "S-001")
        told = item_history(
            look_at(source, who or trial.dm, study), subject.subject_id, trial.path("VS.SYSBP"),
            site_id=subject.site_id, limit=50,
        )  # fmt: skip
    return [happening.text for happening in told.happenings]


def test_after_two_persons_no_table_holds_it_and_the_chain_verifies(named, grep_database):
    assert grep_database(NAME)
    before = {e["n"]: e["hash"] for e in named.entries("S-001")}
    asked = ask(named)
    assert grep_database(NAME), "asking takes nothing out"
    assert decide(named, asked["request"])["entries"] == asked["entries"]
    assert len(asked["entries"]) >= 3  # the value, the query that quotes it, the value as the old one
    assert grep_database(NAME) == []
    after = named.entries("S-001")
    assert {e["n"]: e["hash"] for e in after if e["n"] in before} == before
    report = verify(named.core, rebuild=True)
    assert (report.problems, report.redacted) == ([], len(asked["entries"]))


def test_what_stands_now_and_the_rest_of_the_entries_stay(named):
    before = named.casebook("S-001").items
    decide(named, ask(named)["request"])
    now = named.casebook("S-001")
    assert now.items == before
    assert now.items[named.path("VS.SYSBP")].value == "120"
    texts = {query.text for query in now.queries.values()}
    assert "[redacted]" in texts


def test_the_history_says_that_something_was_there(named):
    decide(named, ask(named)["request"])
    told = history_of(named)
    assert "wrote something about 'SYSBP?' that two persons removed later." in told
    assert "changed 'SYSBP?' from [redacted] to 120." in told
    assert any(line.startswith("removed words from entry") and "dm.choi had asked" in line for line in told)
    assert any(line.startswith("asked to remove words from entry") for line in told)


def test_a_casebook_of_the_time_between_has_a_blank_there(named):
    n = typed(named)
    decide(named, ask(named)["request"])
    with named.core.read() as source:
        subject = readers.subject_by_key(source.connection, named.study_id, "S-001")
        then = casebook_at(source.connection, named.study_id, subject.subject_id, upto_n=n)
    item = then.items[named.path("VS.SYSBP")]
    assert (item.raw, item.value, item.version) == ("", None, 1)


def test_it_waits_for_who_may_decide_until_it_is_decided(named, count_statements):
    def waits(actor):
        with named.core.read() as source, count_statements() as counted:
            study = readers.study_by_id(source.connection, named.study_id)
            found = redacting.waiting(look_at(source, actor, study))
        return [(w.subject_key, w.site, w.asked_by, w.reason) for w in found if not w.mine], len(counted)

    nothing, before = waits(named.spo)
    asked = ask(named)
    line = ("S-001", next(iter(named.sites)), named.dm.name, WHY.text)
    assert nothing == []
    assert waits(named.spo) == ([line], before + 1)  # who asked
    assert waits(named.dm2)[0] == [line]
    assert waits(named.dm)[0] == []
    for who in (named.crc, named.cra):
        with pytest.raises(NotAllowed):
            waits(who)
    decide(named, asked["request"], approve=False)
    assert waits(named.spo)[0] == []


def test_one_person_is_not_enough(named, grep_database):
    request = ask(named)["request"]
    with pytest.raises(SecondPersonRequired):
        decide(named, request, named.dm)
    assert grep_database(NAME)


@pytest.mark.parametrize("who", ["crc", "cra", "pi", "med", "spo", "bld"])
def test_who_may_not_ask(named, who):
    with pytest.raises((NotAllowed, NotFound)):
        ask(named, getattr(named, who))


@pytest.mark.parametrize("who", ["crc", "cra", "pi", "med", "bld"])
def test_who_may_not_decide(named, who, grep_database):
    request = ask(named)["request"]
    with pytest.raises((NotAllowed, NotFound)):
        decide(named, request, getattr(named, who))
    assert grep_database(NAME)


def test_a_refused_request_takes_nothing_out_and_cannot_be_decided_again(named, grep_database):
    request = ask(named)["request"]
    assert decide(named, request, approve=False)["state"] == "refused"
    with pytest.raises(NotFound):
        decide(named, request)
    assert grep_database(NAME)
    with named.core.read() as source:
        assert ledger_redacting.requests(source.connection, named.study_id) == []


def test_the_same_is_asked_for_once_and_again_after_a_refusal(named):
    request = ask(named)["request"]
    with pytest.raises(WrongState, match="asked for this already"):
        ask(named, named.dm2)
    decide(named, request, approve=False)
    decide(named, ask(named)["request"])
    with pytest.raises(BadRequest, match="holds no words"):
        ask(
            named,
            n=next(e["n"] for e in named.entries("S-001") if "value" in e["payload"].get("redacted", ())),
        )


def test_a_value_that_stands_is_corrected_first(named):
    now = next(e["n"] for e in reversed(named.entries("S-001")) if e["kind"] == "item.set")
    with pytest.raises(WrongState, match="correct or clear it first"):
        ask(named, n=now)


def test_the_reason_must_be_there_and_must_not_hold_the_words(named):
    with pytest.raises(ReasonRequired):
        ask(named, reason=Reason())
    with pytest.raises(BadRequest, match="holds the words"):
        ask(named, reason=Reason(text=f"{NAME} is a name."))


def test_only_what_somebody_wrote_can_be_redacted(named):
    for n in (999, 10**6, -1):
        with pytest.raises(BadRequest, match="no such entry"):
            ask(named, n=n)
    status = next(e["n"] for e in named.entries("S-001") if e["kind"] == "form.status")
    with pytest.raises(BadRequest, match="Choose such an entry"):
        ask(named, n=status)


def test_other_places_with_the_same_words_are_told(named):
    named.save("S-001", {"VS.DIABP": NAME}, reason=SOME_REASON)
    assert ask(named)["elsewhere"] == [str(named.path("VS.DIABP"))]


def test_the_guard_lets_through_what_was_approved_and_nothing_else(named):
    request = ask(named)["request"]
    n = typed(named)
    change = text(
        "UPDATE ledger_entry SET payload = :left WHERE study_id = :study AND chain = :chain AND n = :n"
    )
    (entry,) = (e for e in named.entries("S-001") if e["n"] == n)
    here = {"study": named.study_id, "chain": entry["chain"], "n": n}

    def attempt(left, **more):
        with named.core.engine.connect().execution_options(edc_write=True) as connection, connection.begin():
            connection.execute(change, here | {"left": left} | more)

    with pytest.raises(DBAPIError, match="append-only"):
        attempt('{"redacted":["value"]}')  # asked for, not approved
    decide(named, request)
    approved = [e["payload"] for e in named.entries("S-001") if e["payload"].get("state") == "approved"]
    (left,) = (payload["left"] for payload in approved if payload["n"] == n)
    attempt(left)  # the same again changes nothing
    for payload, more in (("{}", {}), (left, {"n": n + 1})):
        with pytest.raises(DBAPIError, match="append-only"):
            attempt(payload, **more)
    with pytest.raises(DBAPIError, match="append-only"), named.core.engine.connect() as connection:
        connection.execute(text("UPDATE ledger_entry SET actor = 'x' WHERE kind = 'item.set'"))
    assert verify(named.core).ok


def test_a_payload_masked_without_an_approval_is_named(named):
    n = typed(named)
    request = ask(named)["request"]
    decide(named, request)
    chain = next(e["chain"] for e in named.entries("S-001"))
    with named.core.engine.connect().execution_options(edc_write=True) as connection, connection.begin():
        on_table = "" if connection.dialect.name == "sqlite" else " ON ledger_entry"
        connection.execute(text(f"DROP TRIGGER ledger_entry_no_update{on_table}"))
        change = "UPDATE ledger_entry SET payload = '{}' WHERE chain = :chain AND n = :n"
        connection.execute(text(change), {"chain": chain, "n": n})
        triggers.create(connection)
    assert [(p.code, p.n) for p in verify(named.core).problems if p.code == "payload"] == [("payload", n)]
