"""Fixed bytes and their hashes. When one of these fails, no ledger written so far verifies any more."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edc_core.domain.ledger_entry import HASHED, TAG
from edc_core.domain.redaction import reason_left
from edc_core.ledger.hashing import EntryHasher, canonical, entry_hash, payload_digest, reason_digest

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
ENTRY = {
    "study_id": "0190f3a1b2c37d4e8f5061728394a5b6",
    "chain": "0190f3a1b2c37d4e8f5061728394a5b7",
    "n": 2,
    "op": "op-1",
    "op_index": 0,
    "kind": "item.set",
    "path": "V1[1]/VS[1]/VS[1]/VS.SYSBP",
    "meta_data_version": "1",
    "actor": "crc.kim",
    "role": "CRC",
    "site_id": "0190f3a1b2c37d4e8f5061728394a5b8",
    "at": "2026-03-04T09:15:00.000000Z",
    "user_zone": "Asia/Seoul",
    "site_zone": "Asia/Seoul",
    "reason_code": "",
    "reason_text": "오기",
    "origin": "collected",
    "payload_sha256": "0f" * 32,
}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": None, "ä": True}, '{"a":null,"b":1,"ä":true}'),
        ({"raw": '연구\n\t"\\/'}, '{"raw":"연구\\n\\t\\"\\\\/"}'),
        ({"raw": "\u0000\u001f\u2028😀"}, '{"raw":"\\u0000\\u001f\u2028😀"}'),
        ({"n": 10, "list": ["b", "a"]}, '{"list":["b","a"],"n":10}'),
        ({}, "{}"),
    ],
)
def test_canonical_json(value, text):
    assert canonical(value) == text.encode()


def test_what_is_hashed_is_every_column_but_payload_prev_and_hash():
    assert set(HASHED) == set(ENTRY)
    assert list(HASHED) == sorted(HASHED)


PREV = "edc1:" + "ab" * 32


def test_the_recipe_is_the_tag_the_previous_hash_and_the_canonical_columns():
    reason = hashlib.sha256("오기".encode()).hexdigest()
    by_hand = hashlib.sha256(b"edc2" + PREV.encode() + canonical(ENTRY | {"reason_text": reason})).hexdigest()
    assert entry_hash(PREV, ENTRY) == f"{TAG}:{by_hand}"
    none = hashlib.sha256(b"edc2" + PREV.encode() + canonical(ENTRY | {"reason_text": ""})).hexdigest()
    assert entry_hash(PREV, ENTRY | {"reason_text": ""}) == f"{TAG}:{none}"


def test_the_recipe_of_earlier_releases_has_the_words_of_the_reason():
    by_hand = hashlib.sha256(b"edc1" + PREV.encode() + canonical(ENTRY)).hexdigest()
    assert entry_hash(PREV, ENTRY, "edc1") == f"edc1:{by_hand}"


def test_a_reason_that_was_taken_out_gives_the_hash_that_its_words_gave():
    left = ENTRY | {"reason_text": reason_left(reason_digest("오기"))}
    assert entry_hash(PREV, left) == entry_hash(PREV, ENTRY)
    assert reason_digest(left["reason_text"]) == reason_digest("오기")
    assert entry_hash(PREV, left, "edc1") != entry_hash(PREV, ENTRY, "edc1")


def test_fixed_bytes_have_a_fixed_hash():
    assert (
        payload_digest(b'{"raw":"120"}') == "d21c96beb3839f83a0d17abfc5dd1adfc1a372fa0b58f59f10f281ec49f381b9"
    )
    assert (
        entry_hash("", ENTRY, "edc1")
        == "edc1:497cd3e9bff09030e40e832ee83ec03be401984213bc1cd135a15a8d70a6a57f"
    )
    assert (
        entry_hash(PREV, ENTRY, "edc1")
        == "edc1:d89abe3672ac7c74f91d33e6ee177dd4767caf5e6d91dcad0677c4a03554da37"
    )
    assert entry_hash("", ENTRY) == "edc2:eac37cc58a08960bf9f8dc97659028717c0266f0f7ea5b2da4d3ff2ec3ba8236"
    assert entry_hash(PREV, ENTRY) == "edc2:6369266b2314c0ece9da312cec78ca0d740d2e41f59a204b660a9d231fd2302b"


@pytest.mark.parametrize("column", sorted(ENTRY))
def test_every_column_counts(column):
    other = 3 if isinstance(ENTRY[column], int) else ENTRY[column] + "x"
    assert entry_hash("", ENTRY | {column: other}) != entry_hash("", ENTRY)


@given(
    n=st.integers(1, 2**62),
    op_index=st.integers(0, 2**31 - 1),
    path=TEXT,
    shared=st.fixed_dictionaries(
        {name: TEXT for name in HASHED if name not in ("n", "op_index", "path", "payload_sha256")}
    ),
)
def test_a_batch_is_hashed_as_its_entries_one_by_one(n, op_index, path, shared):
    digest = payload_digest(b"{}")
    whole = shared | {"n": n, "op_index": op_index, "path": path, "payload_sha256": digest}
    assert EntryHasher(shared)("edc1:" + "ab" * 32, n, op_index, path, digest) == entry_hash(
        "edc1:" + "ab" * 32, whole
    )
