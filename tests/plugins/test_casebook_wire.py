"""A casebook goes over the wire whole."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from edc_core.check_host import frames
from edc_core.domain.casebook import Casebook, EventData, FormData, GroupData, ItemData, Subject
from edc_core.domain.casebook_wire import dump_casebook, load_casebook
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.protection import Protection
from edc_core.domain.query import Query, QueryMessage, QuerySource, QueryState

text = st.text(alphabet=st.characters(codec=None), max_size=8)
word = st.text(alphabet=st.characters(codec=None), min_size=1, max_size=5)
steps = st.builds(Step, word, word)
events = st.builds(ItemPath, steps)
forms = st.builds(ItemPath, steps, steps)
rows = st.builds(ItemPath, steps, steps, st.lists(steps, min_size=1, max_size=3).map(tuple))
items = st.builds(lambda row, oid: row.with_item(oid), rows, word)
queries = st.builds(
    Query,
    word,
    st.one_of(st.just(ItemPath()), events, forms, rows, items),
    st.sampled_from(QueryState),
    st.sampled_from(QuerySource),
    text,
    modified_after_close=st.booleans(),
    messages=st.lists(st.builds(QueryMessage, st.integers(1, 9), text, text, text, text, text)).map(tuple),
)
casebooks = st.builds(
    lambda subject, n, e, f, g, i, q, p, above: Casebook(
        subject,
        n,
        "00",
        {x.path: x for x in e},
        {x.path: x for x in f},
        {x.path: x for x in g},
        {x.path: x for x in i},
        {x.query_id: x for x in q},
        p,
        above=above,
    ),
    st.builds(Subject, word, word, text, text, text),
    st.integers(0, 10**9),
    st.lists(st.builds(EventData, events, st.booleans()), max_size=3),
    st.lists(
        st.builds(
            FormData, forms, text, st.sampled_from(EntryStatus), st.booleans(), text, st.integers(0, 9)
        ),
        max_size=3,
    ),
    st.lists(st.builds(GroupData, rows, st.booleans(), text), max_size=3),
    st.lists(
        st.builds(
            ItemData,
            items,
            text,
            st.none() | text,
            text,
            text,
            st.sampled_from(["ok", "unreadable"]),
            st.integers(0, 9),
        ),
        max_size=6,
    ),
    st.lists(queries, max_size=3),
    st.dictionaries(st.one_of(st.just(ItemPath()), forms, items), st.sampled_from(Protection), max_size=3),
    st.lists(st.sampled_from(Protection), max_size=2).map(tuple),
)


@given(casebooks)
def test_a_casebook_comes_back_as_it_was(casebook):
    wire = frames.decode(frames.encode(dump_casebook(casebook))[4:])
    assert load_casebook(wire) == casebook


@given(casebooks)
def test_checks_get_everything_but_queries_and_protections(casebook):
    bare = replace(casebook, queries={}, protections={}, above=())
    assert load_casebook(dump_casebook(casebook, with_queries=False)) == bare


def test_every_field_of_a_casebook_travels():
    """A field added to the casebook needs a place on the wire; what reviewers marked is no business of checks."""
    assert set(Casebook.__dataclass_fields__) == {
        "subject",
        "n",
        "hash",
        "events",
        "forms",
        "groups",
        "items",
        "queries",
        "protections",
        "marks",
        "above",
    }
