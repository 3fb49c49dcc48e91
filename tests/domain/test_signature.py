"""The signature axis: its table exhaustively, the manifest as one text, and the exact difference (REQ-SIG-02, -05)."""

import hashlib
import itertools
import json
from dataclasses import replace

import pytest

from edc_core.domain.casebook import EventData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath
from edc_core.domain.manifest import Difference, as_seen, breaking, differences, manifest_of
from edc_core.domain.metadata import DataType, TranslatedText
from edc_core.domain.permission import MATRIX, Action, Role
from edc_core.domain.protection import Protection
from edc_core.domain.query import Query, QuerySource, QueryState
from edc_core.domain.signature import (
    Blocker,
    Hindrance,
    Signature,
    SignatureAction,
    SignatureState,
    blockers,
    state_at,
    touched_by,
    transition,
)
from edc_core.errors import NotAllowed, WrongState
from tests.builders import a_study, a_subject, vital_signs

S, A = SignatureState, SignatureAction
STUDY = vital_signs().build()
VS, DM, AE = (ItemPath.parse(f"V1[1]/{form}[1]") for form in ("VS", "DM", "AE"))
V1, CASEBOOK = ItemPath.parse("V1[1]"), ItemPath()

# Domain model 4.4: (state, action) -> state, and who.
TABLE = {
    (S.UNSIGNED, A.SIGN): (S.SIGNED, "holder"),
    (S.BROKEN, A.SIGN): (S.SIGNED, "holder"),
    (S.WITHDRAWN, A.SIGN): (S.SIGNED, "holder"),
    (S.SIGNED, A.BREAK): (S.BROKEN, "system"),
    (S.SIGNED, A.WITHDRAW): (S.WITHDRAWN, "owner"),
}
WHO = {
    "holder": {"by": "pi.lee", "signed_by": "pi.old", "may_sign": True},
    "owner": {"by": "pi.lee", "signed_by": "pi.lee", "may_sign": True},
    "owner without the right": {"by": "pi.lee", "signed_by": "pi.lee", "may_sign": False},
    "another": {"by": "crc.kim", "signed_by": "pi.lee", "may_sign": False},
    "system": {"by": "system"},
}
ALLOWED = {"holder": {"holder", "owner"}, "owner": {"owner"}, "system": {"system"}}


@pytest.mark.parametrize(("state", "action", "who"), list(itertools.product(S, A, WHO)))
def test_every_state_with_every_action_by_everybody(state, action, who):
    def step():
        return transition(state, action, **WHO[who])

    if (state, action) not in TABLE:
        with pytest.raises(WrongState):
            step()
    elif who in ALLOWED[TABLE[state, action][1]]:
        assert step() is TABLE[state, action][0]
    else:
        with pytest.raises(NotAllowed):
            step()


@pytest.mark.parametrize("role", Role)
def test_only_the_investigator_signs(role):
    assert (role in MATRIX[Action.SIGN]) == (role is Role.PI)


def signature(path, state=S.SIGNED, **more):
    known = {"n": 9, "at": "", "zone": "UTC", "actor": "pi.lee", "full_name": "", "role": "PI"}
    rest = {"meaning": "review", "language": "en", "hides": frozenset(), "sha256": "0" * 64}
    return Signature(path=path, state=state, **(known | rest | more))


@pytest.mark.parametrize(("standing", "expected"), [
    ([], S.UNSIGNED),
    ([(VS, S.BROKEN), (CASEBOOK, S.SIGNED)], S.SIGNED),
    ([(VS, S.BROKEN), (V1, S.WITHDRAWN)], S.BROKEN),
    ([(V1, S.WITHDRAWN)], S.WITHDRAWN),
    ([(DM, S.SIGNED)], S.UNSIGNED),
])  # fmt: skip
def test_a_form_is_signed_by_whatever_covers_it(standing, expected):
    assert state_at(VS, [signature(*one) for one in standing]) is expected


def test_an_amendment_touches_valid_signatures_on_and_above_what_moves():
    standing = [signature(VS), signature(DM), signature(CASEBOOK), signature(V1, S.BROKEN)]
    assert touched_by([VS], standing) == (standing[0], standing[2])
    assert touched_by([], standing) == ()


def filled():
    return (
        a_subject(STUDY)
        .with_value("VS.SYSBP", "120")
        .with_value("VS.DIABP", "high")
        .with_value("VS.NOTE", missing="ND")
        .with_value("DM.SEX", "F")
        .with_value("AE.TERM", "Headache", rows=("10",))
        .with_value("AE.TERM", "Nausea", rows=("2",))
        .with_complete("VS")
        .with_complete("DM")
        .with_complete("AE")
    )


def manifest(subject, scope=CASEBOOK, *, hides=(), language="en", index=None, **more):
    known = index or subject.index
    seen = as_seen(subject.casebook, lambda _: known, frozenset(hides))
    return manifest_of(
        seen, lambda _: known, scope, study="TRIAL-1@live", language=language, hides=frozenset(hides), **more
    )


def test_the_manifest_names_what_was_read():
    found = manifest(filled(), VS)
    [form] = found.forms
    assert (form.path, form.status, form.meta_data_version) == ("V1[1]/VS[1]", "complete", "1")
    assert [tuple(item)[1:] for item in form.items] == [
        (1, "SYSBP?", "120", "120", "", ""),
        (1, "DIABP?", None, "high", "", ""),
        (1, "NOTE?", None, "", "ND", ""),
    ]


def test_the_hash_is_of_the_canonical_text_that_anybody_can_read():
    found = manifest(filled(), VS)
    content = json.loads(found.canonical)
    again = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    assert hashlib.sha256(again).hexdigest() == found.sha256
    assert set(content) == {
        *("format", "study", "subject", "scope", "language", "hides", "not_done", "forms", "queries"),
    }  # fmt: skip


def test_rows_stand_in_the_order_of_their_keys_and_forms_in_that_of_the_study():
    found = manifest(filled())
    assert [form.path for form in found.forms] == [str(VS), str(DM), str(AE)]
    assert [item.value for item in found.forms[-1].items] == ["Nausea", "Headache"]


def changed(change):
    subject = filled()
    change(subject)
    return manifest(filled()), manifest(subject)


def struck(subject):
    subject.with_struck_row("AE.TERM", "2")


def removed(subject):
    subject.with_removed_form("DM")


def reopened(subject):
    known = subject.casebook.forms[VS]
    subject.casebook.forms[VS] = replace(known, status=EntryStatus.IN_PROGRESS)


def renamed(subject):
    subject.casebook.subject = replace(subject.casebook.subject, subject_key="S-002")


def not_done(subject):
    place = ItemPath.parse("UNS[1]")
    subject.casebook.events[place] = EventData(place, not_done=True)


@pytest.mark.parametrize(("change", "expected"), [
    (lambda s: s.with_value("VS.SYSBP", "121"), [("V1[1]/VS[1]/VS[1]/VS.SYSBP", "item", "120", "121")]),
    (lambda s: s.with_value("VS.SYSBP", missing="ND"), [("V1[1]/VS[1]/VS[1]/VS.SYSBP", "item", "120", None)]),
    (lambda s: s.with_value("VS.DIABP", "low"), [("V1[1]/VS[1]/VS[1]/VS.DIABP", "item", None, None)]),
    (lambda s: s.with_value("DM.AGE", "40"), [("V1[1]/DM[1]/DM[1]/DM.AGE", "item", "nothing", "40")]),
    (struck, [("V1[1]/AE[1]/AE.ROW[2]/AE.TERM", "item", "Nausea", "nothing")]),
    (removed, [(str(DM), "form", "complete", "removed"), ("V1[1]/DM[1]/DM[1]/DM.SEX", "item", "F", "nothing")]),
    (reopened, [(str(VS), "form", "complete", "in_progress")]),
    (renamed, [("", "subject", "S-001", "S-002")]),
    (not_done, [("UNS[1]", "visit", None, "not done")]),
    (lambda s: s.with_value("VS.DATE", "04 MAR 2026", event="UNS"),
     [("UNS[1]/VS[1]", "form", None, "in_progress"),
      ("UNS[1]/VS[1]/VS[1]/VS.DATE", "item", "nothing", "2026-03-04")]),
])  # fmt: skip
def test_the_difference_is_exact(change, expected):
    def said(part):
        return part if part is None or isinstance(part, str) else part.value

    def told(one: Difference):
        empty = "nothing" if one.what == "item" else None
        return (
            one.path,
            one.what,
            empty if one.before is None else said(one.before),
            empty if one.after is None else said(one.after),
        )

    before, after = changed(change)
    assert [told(one) for one in differences(before, after)] == expected
    assert breaking(differences(before, after)) == differences(before, after)
    assert before.sha256 != after.sha256
    assert differences(before, before) == ()


def test_a_blank_item_that_comes_or_goes_with_its_row_is_no_difference():
    cleared = manifest(filled().with_value("AE.TERM", "", rows=("2",)))
    without = replace(
        cleared,
        forms=tuple(
            form._replace(items=tuple(item for item in form.items if item.shown or item.missing))
            for form in cleared.forms
        ),
    )
    assert cleared.items.keys() != without.items.keys(), "there is a blank one"
    assert differences(cleared, without) == differences(without, cleared) == ()
    [found] = differences(manifest(filled()), cleared)
    assert (found.before.value, found.after.value) == ("Nausea", None)


def query(state, path="V1[1]/VS[1]/VS[1]/VS.SYSBP"):
    return Query("q1", ItemPath.parse(path), state, QuerySource.SITE_MONITOR, "Why?")


def asked(state, **more):
    subject = filled()
    subject.casebook.queries["q1"] = query(state, **more)
    return subject


def test_a_query_changes_what_is_signed_and_breaks_nothing():
    before, after = manifest(filled()), manifest(asked(QueryState.ANSWERED))
    found = differences(before, after)
    assert [(one.what, one.after) for one in found] == [("query", "Answered: Why?")]
    assert breaking(found) == ()
    assert before.sha256 != after.sha256


@pytest.mark.parametrize("state", [QueryState.CANDIDATE, QueryState.CLOSED])
def test_candidates_and_finished_queries_are_not_part_of_it(state):
    assert manifest(asked(state)).queries == ()


def relabelled(**more):
    items = tuple(
        replace(item, question=TranslatedText.of("Systole?", "en"), **more)
        if item.oid == "VS.SYSBP"
        else item
        for item in STUDY.items
    )
    return a_subject(replace(STUDY, oid="2", items=items)).index


def test_another_wording_of_the_question_is_a_difference_another_version_alone_is_none():
    before = manifest(filled())
    moved = replace(before, forms=tuple(form._replace(meta_data_version="2") for form in before.forms))
    assert differences(before, moved) == ()
    worded = manifest(filled(), index=relabelled())
    [found] = differences(before, worded)
    assert (found.before.question, found.after.question) == ("SYSBP?", "Systole?")


def test_what_the_signer_may_not_see_is_not_signed():
    index = relabelled(sensitivity="blinded")
    subject = asked(QueryState.OPEN)
    hidden = manifest(subject, index=index, hides=["blinded"])
    assert "VS.SYSBP" not in hidden.canonical.decode()
    assert hidden.queries == ()
    assert "VS.SYSBP" in manifest(subject, index=index).canonical.decode()


def test_words_are_those_of_the_language_it_was_read_in():
    study = a_study().with_item("VS.POS", codes=("SIT",)).build()
    label = TranslatedText((("en", "Sitting"), ("ko", "앉은 자세")))
    lists = tuple(
        replace(one, items=tuple(replace(term, decode=label) for term in one.items))
        for one in study.code_lists
    )
    subject = a_subject(replace(study, code_lists=lists)).with_value("VS.POS", "SIT").with_complete("VS")
    shown = {
        language: manifest(subject, language=language).forms[0].items[0].shown for language in ("en", "ko")
    }
    assert shown == {"en": "Sitting", "ko": "앉은 자세"}


def test_the_unit_is_part_of_it_also_where_there_is_only_one():
    study = a_study().with_item("VS.WT", DataType.FLOAT, units={"kg": ""}).build()
    subject = a_subject(study).with_value("VS.WT", "72.4").with_complete("VS")
    [item] = manifest(subject).forms[0].items
    assert (item.value, item.unit, item.shown) == ("72.4", "kg", "72.4 kg")


def why(subject, scope=CASEBOOK, expected=(), **more):
    return [(str(one.path), one.why) for one in blockers(subject.casebook, scope, expected, **more)]


def test_what_stands_in_the_way():
    subject = filled()
    assert why(subject) == []
    assert why(subject, ItemPath.parse("UNS[1]")) == [("UNS[1]", Hindrance.NOTHING)]
    reopened(subject)
    assert why(subject) == [(str(VS), Hindrance.IN_PROGRESS)]
    assert why(subject, DM) == []
    later = ItemPath.parse("UNS[1]/VS[1]")
    assert why(filled(), expected=[later]) == [(str(later), Hindrance.NOT_STARTED)]
    assert why(filled(), V1, expected=[later]) == []


@pytest.mark.parametrize(("state", "may_stay", "expected"), [
    (QueryState.OPEN, False, Hindrance.OPEN_QUERY),
    (QueryState.OPEN, True, Hindrance.OPEN_QUERY),
    (QueryState.ANSWERED, False, Hindrance.ANSWERED_QUERY),
    (QueryState.ANSWERED, True, None),
    (QueryState.CANDIDATE, False, None),
    (QueryState.RESOLVED, False, None),
])  # fmt: skip
def test_open_queries_stand_in_the_way_answered_ones_by_policy(state, may_stay, expected):
    found = blockers(asked(state).casebook, VS, answered_may_stay=may_stay)
    place = ItemPath.parse("V1[1]/VS[1]/VS[1]/VS.SYSBP")
    assert found == ((Blocker(place, expected, "Why?"),) if expected else ())
    assert why(asked(state), DM) == []


@pytest.mark.parametrize(("place", "protection", "blocked"), [
    (CASEBOOK, Protection.LOCKED, True),
    (VS, Protection.LOCKED, True),
    (CASEBOOK, Protection.FROZEN, False),
    (VS, Protection.FROZEN, False),
])  # fmt: skip
def test_nothing_is_signed_that_is_locked_and_frozen_data_are(place, protection, blocked):
    subject = filled()
    subject.casebook.protections[place] = protection
    assert bool(why(subject)) is blocked
    assert {reason for _, reason in why(subject)} <= {Hindrance.LOCKED}
