"""`edc snapshot`: keep a state, list, verify and compare."""

import csv

import pytest


@pytest.fixture
def kept(edc):
    """A study with a snapshot and a subject that came after it."""
    edc("study", "new", "DEMO-01")
    assert edc("study", "publish", "forms/demo-01").code == 0
    assert edc("simulate", "DEMO-01", "--subjects", "1", "--seed", "7", "--brief").code == 0
    assert edc("snapshot", "create", "DEMO-01", "One", "--json").json["name"] == "One"
    assert edc("simulate", "DEMO-01", "--subjects", "1", "--seed", "8", "--brief").code == 0


def test_nothing_was_kept_yet(edc):
    edc("study", "new", "DEMO-01")
    edc("study", "publish", "forms/demo-01")
    assert edc("snapshot", "list", "DEMO-01", "--json").json == []
    assert "No snapshot yet" in edc("snapshot", "list", "DEMO-01").out


def test_what_was_kept_is_listed_and_verified(edc, kept):
    (one,) = edc("snapshot", "list", "DEMO-01", "--json").json
    assert one["newer"] > 0
    assert one["definitions"].keys() == {"DEMO-01-1"}
    assert all(one[fact] for fact in ("kept_at", "who", "software", "data_until"))
    listed = edc("snapshot", "list", "DEMO-01").out
    assert one["root"] in listed
    verified = edc("snapshot", "verify", "DEMO-01", "One", "--json")
    assert (verified.code, verified.json["ok"], verified.json["problems"]) == (0, True, [])
    assert "is as it was kept" in edc("snapshot", "verify", "DEMO-01", "One").out
    missing = edc("snapshot", "verify", "DEMO-01", "Two")
    assert (missing.code, "There is no snapshot 'Two'" in missing.err) == (2, True)


def test_two_states_are_compared(edc, kept, tmp_path):
    same = edc("snapshot", "diff", "DEMO-01", "One", "One")
    assert (same.code, "Nothing differs." in same.out) == (0, True)
    found = edc("snapshot", "diff", "DEMO-01", "One", "now", "--json", "--out", tmp_path / "d.csv")
    assert found.code == 1
    numbers = {(one["what"], one["change"]): one["number"] for one in found.json["counts"]}
    assert numbers["subject", "added"] == 1
    assert numbers["value", "added"] > 0
    with (tmp_path / "d.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["path"], row["new"]) for row in rows] == [
        (one["path"], one["new"]) for one in found.json["lines"]
    ]
    of_form = edc("snapshot", "diff", "DEMO-01", "One", "now", "--form", "VS", "--json").json["lines"]
    assert {one["form"] for one in of_form} == {"VS"}
    item = of_form[0]["item"] or of_form[-1]["item"]
    chosen = edc("snapshot", "diff", "DEMO-01", "One", "now", "--item", item, "--json").json["lines"]
    assert {one["item"] for one in chosen} == {item}
    said = edc("snapshot", "diff", "DEMO-01", "One", "now").out
    assert "subjects added: 1" in said


def test_a_name_in_use_is_refused(edc, kept):
    again = edc("snapshot", "create", "DEMO-01", "One")
    assert (again.code, "of another state" in again.err) == (2, True)
    unnamed = edc("snapshot", "create", "DEMO-01", "now")
    assert (unnamed.code, "Give it a name" in unnamed.err) == (2, True)


def test_a_sealed_snapshot_is_verified_without_a_database(edc, kept, tmp_path, monkeypatch):
    refused = edc("snapshot", "seal", "DEMO-01", "One", "--out", "one.json")
    assert (refused.code, "EDC_ANCHOR_KEY_FILE" in refused.err) == (2, True)
    monkeypatch.setenv("EDC_ANCHOR_FILE", "anchors")
    key = edc("anchor-key", "anchor.key", "--json").json["key"]
    monkeypatch.setenv("EDC_ANCHOR_KEY_FILE", "anchor.key")
    assert edc("snapshot", "seal", "DEMO-01", "One", "--out", "one.json").code == 0
    monkeypatch.setenv("EDC_DATABASE_URL", "sqlite:///nowhere/at-all.db")
    good = edc("snapshot", "verify", "--file", "one.json", "--key", key, "--json")
    assert (good.code, good.json["ok"], good.json["problems"]) == (0, True, [])
    assert "is as it was sealed" in edc("snapshot", "verify", "--file", "one.json").out
    file = tmp_path / "one.json"
    file.write_text(file.read_text().replace('"One"', '"Two"'))
    bad = edc("snapshot", "verify", "--file", "one.json")
    assert (bad.code, "The manifest was changed" in bad.out) == (1, True)
    file.write_text("[]")
    assert "no sealed snapshot" in edc("snapshot", "verify", "--file", "one.json").out
    unsaid = edc("snapshot", "verify")
    assert (unsaid.code, "STUDY and NAME, or --file" in unsaid.err) == (2, True)


def test_a_person_signs_with_their_token(edc, monkeypatch):
    edc("study", "new", "DEMO-01")
    assert edc("study", "publish", "forms/demo-01").code == 0
    edc("user", "add", "dana", "--role", "DM", "--study", "DEMO-01")
    monkeypatch.setenv("EDC_TOKEN", edc("user", "token", "dana").out.strip())
    assert edc("snapshot", "create", "DEMO-01", "One", "--as", "dana").code == 0
    nobody = edc("snapshot", "sign", "DEMO-01", "One")
    assert (nobody.code, "--as USER" in nobody.err) == (2, True)
    signed = edc("snapshot", "sign", "DEMO-01", "One", "--as", "dana", "--json")
    assert (signed.code, signed.json["meaning"]) == (0, "approval")
    again = edc("snapshot", "sign", "DEMO-01", "One", "--as", "dana")
    assert (again.code, "You have signed" in again.err) == (2, True)
    assert edc("snapshot", "sign", "DEMO-01", "One", "--as", "dana", "--meaning", "review").code == 0
