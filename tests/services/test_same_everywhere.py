"""The same data give the same calculated values and the same queries, whatever the door: saves in any order, an import,
and a look at what is stored, which changes nothing any more. For definitions and data that nobody thought of.
"""

import functools
import itertools
import re

import pytest
from hypothesis import HealthCheck, Phase, assume, event, given, settings
from hypothesis import strategies as st

from edc_core.definitions.loader import load
from edc_core.domain.commands import FormCommand
from edc_core.domain.imported import Imported, ImportedForm, ImportedItem, ImportedSubject
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Actor
from edc_core.ids import new_id
from edc_core.services import capture, following, importing, publishing
from edc_core.services.importing import Staged
from edc_core.services.operation import open_subject
from edc_core.testing.trial import SOME_REASON, Trial
from tests.databases import on_sqlite
from tests.services.calling_study import a_core, functions_of

CLI = Actor("cli:test", trusted=True)
NUMBERS = iter(itertools.count(1))

#: Form to its entered numbers. ``ROWS`` repeats in F1; P and Q are calculated.
HERE = {"F1": ("A", "B"), "F2": ("E", "G")}
PLACES = (
    *(("V1", "F1", "F1.F1", item) for item in HERE["F1"]),
    *(("V1", "F2", "F2.F2", item) for item in HERE["F2"]),
    *(("V2", "F1", "F1.F1", item) for item in HERE["F1"]),
)


@functools.cache  # making a strategy costs more than drawing from it
def numbers(form, *, calculated=()):
    """Words for a number, seen from a form."""
    other = "F2" if form == "F1" else "F1"
    names = [*HERE[form], *(f"{other}.{item}" for item in HERE[other]), *calculated]
    leaves = st.one_of(st.sampled_from(names), st.integers(-3, 12).map(str), st.sampled_from([
        "last(F1, A)", "sum(F1.ROWS, X)", "count(F1.ROWS)", "max(F1, B)", "visit('V1').F2.E",
    ]))  # fmt: skip

    def wider(inner):
        return st.one_of(
            st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            inner.map(lambda one: f"abs({one})"),
            st.tuples(inner, inner).map(lambda t: f"coalesce({t[0]}, {t[1]})"),
            st.tuples(inner, inner).map(lambda t: f"least({t[0]}, {t[1]})"),
        )

    return st.recursive(leaves, wider, max_leaves=4)


@functools.cache
def truths(form, **more):
    number = numbers(form, **more)
    compared = st.tuples(number, st.sampled_from(["<", "<=", "==", ">", ">=", "!="]), number).map(" ".join)
    there = st.sampled_from(HERE[form]).flatmap(lambda i: st.sampled_from([f"present({i})", f"missing({i})"]))
    return st.recursive(
        st.one_of(compared, there),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({' '.join(t)})"),
            inner.map(lambda one: f"not ({one})"),
        ),
        max_leaves=3,
    )


@st.composite
def definitions(draw):
    """A study as YAML: two calculated numbers, conditions and checks on both forms."""
    p, q = draw(numbers("F1")), draw(numbers("F2", calculated=("F1.P",)))
    when = draw(st.none() | truths("F1"))
    hides = draw(st.none() | truths("F2", calculated=("Q",)))
    checks = [draw(truths("F1", calculated=("P",))), draw(truths("F2", calculated=("Q", "F1.P")))]
    row = draw(st.sampled_from(["X > A", "X <= sum(F1.ROWS, X)", "X != F2.E", "X < P"]))
    return f"""
oid: ANY
name: ANY
version: {{oid: "1", name: "1"}}
languages: [en]
sites:
  - {{number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}}
forms:
  - oid: F1
    groups:
      - name: F1
        items:
          - {{name: A, question: A, type: integer, required: true}}
          - {{name: B, question: B, type: integer{f', when: "{when}"' if when else ""}}}
          - {{name: P, question: P, type: float, significant_digits: 2, origin: derived, derive: "{p}"}}
          - name: N1
            question: N
            checks:
              - {{oid: CH1, that: "{checks[0]}", message: One.}}
      - name: ROWS
        repeating: true
        items:
          - name: X
            question: X
            type: integer
            checks:
              - {{oid: CH3, that: "{row}", message: Three.}}
  - oid: F2
    groups:
      - name: F2
        items:
          - {{name: E, question: E, type: integer}}
          - {{name: G, question: G, type: integer{f', when: "{hides}"' if hides else ""}}}
          - {{name: Q, question: Q, type: float, significant_digits: 1, origin: derived, derive: "{q}"}}
          - name: N2
            question: N
            checks:
              - {{oid: CH2, that: "{checks[1]}", message: Two.}}
events:
  - {{oid: V1, type: Scheduled, forms: [F1, F2]}}
  - {{oid: V2, type: Scheduled, forms: [F1]}}
"""


VALUES = st.none() | st.integers(-2, 15).map(str)


@st.composite
def data(draw):
    """(event, form, group, row, item) to a text, in an order in which somebody enters it."""
    filled = {(event_, form, group, "1", item): draw(VALUES) for event_, form, group, item in PLACES}
    for event_ in ("V1", "V2"):
        for key in range(1, draw(st.integers(0, 2)) + 1):
            filled[event_, "F1", "F1.ROWS", str(key), "X"] = draw(VALUES)
    known = [(place, text) for place, text in filled.items() if text is not None]
    return draw(st.permutations(known)), draw(st.permutations(known))


def path_of(index, place):
    event_, form, _, key, item = place
    placed = next(p for p in index.placed_items(form) if p.item.name == item)
    path = ItemPath.parse(f"{event_}[1]/{form}[1]")
    return path.with_group(placed.group_oids[0], key).with_item(placed.item.oid)


def forms_of(entered):
    return list(dict.fromkeys((place[0], place[1]) for place, _ in entered))


def entered_one_by_one(trial, key, entered):
    """Each item as it is left, then every form completed."""
    trial.add_subject(key)
    for place, text in entered:
        trial.save(key, {path_of(trial.index, place): text})
    for event_, form in forms_of(entered):
        trial.complete(key, form, event=event_)


def entered_after_complete(trial, key, entered, *, look=lambda key: None):
    """Forms completed after their first item; the rest comes as changes with a reason.

    :param look: done after each write.
    """
    trial.add_subject(key)
    done = set()
    for place, text in entered:
        trial.save(key, {path_of(trial.index, place): text}, reason=SOME_REASON)
        if place[:2] not in done:
            done.add(place[:2])
            trial.complete(key, place[1], event=place[0])
        look(key)


def imported(trial, key, entered, oid):
    forms = [
        ImportedForm(
            ItemPath.parse(f"{event_}[1]/{form}[1]"),
            tuple(
                ImportedItem(path_of(trial.index, place), text)
                for place, text in entered
                if place[:2] == (event_, form)
            ),
        )
        for event_, form in forms_of(entered)
    ]
    subject = ImportedSubject(oid, "1", key, "KR-01", tuple(forms))
    report = importing.run(
        trial.core, CLI, Staged(Imported(subjects=(subject,)), new_id() * 2, ("any.xml",)), environment="dev"
    )
    assert report.subjects == [key], report.not_in


def outcome(trial, key):
    """Calculated values, and (check, place) of unfinished queries."""
    book = trial.casebook(key)
    values = {str(path): item.value for path, item in book.items.items() if item.value is not None}
    queries = sorted((q.check_oid, str(q.path)) for q in book.queries.values() if q.is_unfinished)
    return values, queries


def looked_at_again(trial, key):
    """What a look at every stored form would write."""
    effects = []
    for path in trial.casebook(key).forms:
        command = FormCommand(study_id=trial.study_id, op=new_id(), subject_key=key, form=path)
        with trial.core.write(CLI) as uow:
            form = capture.open_form(open_subject(uow, command), command)
            picture = form.picture
            effects += following.follow(form, picture.items, dict(picture.groups), picture.status)
    return [(effect.kind.value, effect.path) for effect in effects]


@pytest.fixture
def studies(core, tmp_path):
    """Publish a definition under an OID of its own."""
    return lambda text: published(core, tmp_path, text)


def published(core, folder, text):
    file = folder / "any.yaml"
    oid = f"ANY-{next(NUMBERS)}"
    file.write_text(text.replace("oid: ANY\n", f"oid: {oid}\n"), encoding="utf-8")
    loaded = load(file, functions=functions_of(core.plugins))
    errors = [finding for finding in loaded.findings if finding.severity == "error"]
    assert {finding.code for finding in errors} <= {"E231"}, errors  # rings are the author's to mend
    if errors:
        assume(False)
    version = publishing.as_published(core.plugins, loaded.required())
    return Trial(core, version, environment="dev"), oid


@on_sqlite
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),
)
@given(definition=definitions(), values=data())
def test_every_door_leads_to_the_same(studies, definition, values):
    one, other = values
    assume(one)
    trial, oid = studies(definition)
    entered_one_by_one(trial, "S-001", one)
    entered_one_by_one(trial, "S-002", other)
    entered_after_complete(trial, "S-003", other)
    imported(trial, "S-004", one, oid)
    expected = outcome(trial, "S-001")
    event(f"queries: {min(len(expected[1]), 4)}")
    for key in ("S-002", "S-003", "S-004"):
        found = outcome(trial, key)
        assert (set(found[0].items()) ^ set(expected[0].items()), set(found[1]) ^ set(expected[1])) == (
            set(),
            set(),
        ), key
    for key in ("S-001", "S-002", "S-003", "S-004"):
        assert looked_at_again(trial, key) == [], key


@pytest.fixture
def calling(core_url, clock, tmp_path):
    """As ``studies``, where a plugin has functions."""
    core = a_core(core_url, clock)
    yield lambda text: published(core, tmp_path, text)
    core.close()


def with_calls(definition):
    """Beside each check one that says the same through a plugin's function."""
    said = re.sub(
        r'( +)- \{oid: (CH\d), that: "(.*)", message: (\w+)\.\}',
        r'\g<0>\n\1- {oid: \2.CALL, that: "holds(\3)", message: \4.}',
        definition,
    )
    assert said.count(".CALL") == 3
    return said.replace("languages: [en]\n", 'languages: [en]\nplugins: {calling: ">=1"}\n')


def calling_everywhere(definition):
    """What is calculated and what is shown, said through a plugin's function."""
    said = re.sub(r'derive: "(.*)"\}', r'derive: "same(\1)"}', definition)
    said = re.sub(r', when: "(.*)"\}', r', when: "holds(\1)"}', said)
    assert said.count("same(") == 2
    return said.replace("languages: [en]\n", 'languages: [en]\nplugins: {calling: ">=1"}\n')


@on_sqlite
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),
)
@given(definition=definitions(), values=data())
def test_rules_that_call_a_plugin_say_what_they_would_say_without(calling, definition, values):
    """Looked at after every change, or once at the end: on a save, a change and an import."""
    one, other = values
    assume(one)
    plain, _ = calling(definition)
    entered_one_by_one(plain, "S-001", one)
    expected = outcome(plain, "S-001")
    trial, oid = calling(calling_everywhere(definition))
    entered_one_by_one(trial, "S-001", one)
    entered_after_complete(trial, "S-002", other, look=trial.run_checks)
    imported(trial, "S-003", one, oid)
    event(f"calculated: {sum(path[-2:] in ('.P', '.Q') for path in expected[0])}")
    for key in ("S-001", "S-002", "S-003"):
        assert trial.run_checks(key) == ()
        assert outcome(trial, key) == expected, key
        assert looked_at_again(trial, key) == [], key
        assert trial.run_checks(key) == ()


def asked(trial, key, *, by_call):
    queries = trial.casebook(key).queries.values()
    return sorted(
        (q.check_oid.removesuffix(".CALL"), str(q.path), q.state, q.fingerprint)
        for q in queries
        if q.check_oid.startswith("CH") and q.check_oid.endswith(".CALL") is by_call
    )


@on_sqlite
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),
)
@given(definition=definitions(), values=data())
def test_a_check_that_calls_a_plugin_says_what_it_would_say_without(calling, definition, values):
    """Looked at after every change, or once at the end: on a save, a change and an import."""
    one, other = values
    assume(one)
    trial, oid = calling(with_calls(definition))
    entered_one_by_one(trial, "S-001", one)
    entered_after_complete(trial, "S-002", other, look=trial.run_checks)
    imported(trial, "S-003", one, oid)
    for key in ("S-001", "S-002", "S-003"):
        assert trial.run_checks(key) == ()
        expected = asked(trial, key, by_call=False)
        event(f"queries: {min(len(expected), 4)}")
        assert asked(trial, key, by_call=True) == expected, key


PLAIN = """
oid: ANY
name: ANY
version: {oid: "1", name: "1"}
languages: [en]
sites:
  - {number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}
forms:
  - oid: F1
    groups:
      - name: F1
        items:
          - {name: A, question: A, type: integer}
          - {name: B, question: B, type: integer, when: A > 5}
          - {name: P, question: P, type: float, significant_digits: 0, origin: derived, derive: "9 + 3"}
      - name: ROWS
        repeating: true
        items:
          - {name: X, question: X, type: integer}
  - oid: F2
    groups:
      - name: F2
        items:
          - {name: E, question: E, type: integer}
          - {name: Q, question: Q, type: integer, origin: derived, derive: "%s"}
events:
  - {oid: V1, type: Scheduled, forms: [F1, F2]}
  - {oid: V2, type: Scheduled, forms: [F1]}
"""
A, B, E, X = (
    ("V1", "F1", "F1", "1", "A"), ("V1", "F1", "F1", "1", "B"), ("V1", "F2", "F2", "1", "E"),
    ("V1", "F1", "ROWS", "1", "X"),
)  # fmt: skip


@on_sqlite
@pytest.mark.parametrize(
    ("derived", "entered", "expected"),
    [
        ("count(F1.ROWS)", [(E, "1"), (A, "1"), (X, "7")], "1"),  # the row comes with its value
        ("F1.P", [(E, "1"), (A, "1")], "12"),  # a constant is there once its form is
        (
            "coalesce(F1.B, 0)",
            [(A, "9"), (B, "3"), (E, "1"), (A, "1")],
            "0",
        ),  # B is hidden now, and so not read
        (
            "coalesce(max(F1, B), 0)",
            [(A, "1"), (B, "3"), (E, "1")],
            "0",
        ),  # hidden in a form that is not at hand
    ],
)
def test_what_another_form_is_calculated_from(studies, derived, entered, expected):
    trial, _ = studies(PLAIN % derived)
    entered_after_complete(trial, "S-001", entered)  # no later completion looks once more
    values, _ = outcome(trial, "S-001")
    assert values["V1[1]/F2[1]/F2.F2[1]/F2.Q"] == expected
