from __future__ import annotations

import time

import pytest

from edc_core.definitions.source import MAX_BYTES, read, read_text


def codes(findings):
    return [finding.code for finding in findings]


def places(findings):
    return [(finding.line, finding.column) for finding in findings]


@pytest.mark.parametrize(
    "typed",
    [
        "no",
        "off",
        "y",
        "1:30",
        "0123",
        "0x1F",
        "1e3",
        "70.50",
        "2026-03-04",
        "+1",
        "1_000",
        ".5",
        "NULL",
        "Yes",
        "=",
        "007",
    ],
)
def test_a_plain_value_stays_the_text_that_was_typed(typed):
    source, findings = read_text(f"key: {typed}\nlist: [{typed}]\n{typed}: x\n", "x.yaml")
    assert findings == []
    assert source is not None
    assert source.root.plain() == {"key": typed, "list": [typed], typed: "x"}


@pytest.mark.parametrize(
    ("typed", "meant"), [("", None), ("~", None), ("null", None), ("''", ""), ("'null'", "null")]
)
def test_only_nothing_means_nothing(typed, meant):
    source, findings = read_text(f"key: {typed}\n", "x.yaml")
    assert findings == []
    assert source is not None
    assert source.root.plain() == {"key": meant}


def test_every_key_and_value_has_its_place():
    source, _ = read_text("a:\n  - b: {c: 수축기}\n", "x.yaml")
    assert source is not None
    assert source.mark(("a", 0, "b", "c"), at_key=True) == (2, 9)
    assert source.mark(("a", 0, "b", "c")) == (2, 12)
    assert source.mark(("a", 0, "b", "missing")) == (2, 8)
    assert source.mark(("a", 7)) == (2, 3)


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: 1\nb: 2\na: 3\n", "E104", (3, 1)),
        ("a: &x 1\nb: *x\n", "E105", (1, 4)),
        ("a: {<<: {b: 1}}\n", "E105", (1, 5)),
        ("a: !!python/object/apply:os.system [ls]\n", "E105", (1, 4)),
        ("a: !!binary aGk=\n", "E105", (1, 4)),
        ("a:\n\tb: 1\n", "E103", (2, 1)),
        ("a: [1\n", "E103", (2, 1)),
        ("a: b: c\n", "E103", (1, 5)),
        ("? [a]\n: b\n", "E103", (1, 3)),
        ("a: 1\n---\nb: 2\n", "E108", (3, 1)),
        ("- a\n", "E108", (1, 1)),
        ("", "E108", (1, 1)),
        ("just words\n", "E108", (1, 1)),
        ("a: x\x00y\n", "E103", (1, 5)),
        ("a: \x1b[31m\n", "E103", (1, 4)),
        ("%YAML 9.9\n---\na: 1\n", "E103", (1, 1)),
    ],
)
def test_a_bad_file_ends_in_a_finding_with_its_place(text, code, place):
    _, findings = read_text(text, "x.yaml")
    assert codes(findings)[0] == code
    assert places(findings)[0] == place


def test_a_tab_is_named():
    _, findings = read_text("a:\n\tb: 1\n", "x.yaml")
    assert findings[0].message == "There is a tab here; YAML is indented with blanks."


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("question: Date: measured\n", (1, 15), "in quotes"),
        ("items:\n  - name: A\n    type date\n    required: true\n", (3, 5), "A colon is missing in this line"),
        ('oid: VS\ntitle: "Vital signs\nitems:\n  - name: "A"\n', (4, 12), "line 2 cannot go on like this. Is a quote"),
        ("items:\n  - name: A\n   type: date\n", (3, 4), "not in the column of its neighbours"),
        ("a: 1\nforms: [VS, DM\nb: 2\n", (3, 2), "The bracket of line 2 is not closed"),
        ("a: {ge: 1, le: 2\nb: 3\n", (2, 2), "The bracket of line 1 is not closed"),
        ("a: 1\ntitle: 'Vital signs\n", (3, 1), "The quote of line 2 is not closed"),
        ("title: @home\n", (1, 8), "Put it in quotes"),
        ('pattern: "S-\\d"\n', (1, 13), "Use single quotes"),
    ],
)  # fmt: skip
def test_what_is_no_yaml_is_told_with_its_remedy(text, place, remedy):
    _, findings = read_text(text, "x.yaml")
    assert (codes(findings), places(findings)) == (["E103"], [place])
    assert remedy in findings[0].message


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 100_000,
        "a: " + "{a: " * 50_000,
        "- " * 50_000,
        "".join("  " * i + "a:\n" for i in range(500)),
    ],
    ids=["lists", "mappings", "dashes", "blocks"],
)
def test_deep_nesting_is_refused_at_once(text):
    started = time.perf_counter()
    source, findings = read_text(text, "x.yaml")
    assert source is None
    assert codes(findings) == ["E106"]
    assert time.perf_counter() - started < 5


def test_a_billion_laughs_are_not_expanded():
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    source, findings = read_text(bomb, "x.yaml")
    assert set(codes(findings)) == {"E105"}
    assert source is not None
    assert len(str(source.root.plain())) < 1_000


@pytest.mark.parametrize(
    ("raw", "code", "place"),
    [
        (b"a: caf\xe9\n", "E102", (1, 7)),
        ("a: x\n".encode("utf-16"), "E102", (1, 1)),
        ("제목: x\n".encode("euc-kr"), "E102", (1, 1)),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "E102", (1, 1)),
        (b"\x00\x01\x02", "E103", (1, 1)),
    ],
    ids=["latin-1", "utf-16", "euc-kr", "png", "binary"],
)
def test_a_file_that_is_not_utf_8_yaml_is_a_finding(tmp_path, raw, code, place):
    (tmp_path / "x.yaml").write_bytes(raw)
    source, findings = read(tmp_path / "x.yaml", "x.yaml")
    assert source is None
    assert codes(findings) == [code]
    assert places(findings) == [place]


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    (tmp_path / "x.yaml").write_bytes(b"\xef\xbb\xbfoid: A\n")
    source, findings = read(tmp_path / "x.yaml", "x.yaml")
    assert findings == []
    assert source is not None
    assert source.root.plain() == {"oid": "A"}


def test_windows_line_ends_count_as_one(tmp_path):
    (tmp_path / "x.yaml").write_bytes(b"a: 1\r\nb: 2\r\na: 3\r\n")
    _, findings = read(tmp_path / "x.yaml", "x.yaml")
    assert places(findings) == [(3, 1)]
    assert "\r" not in findings[0].report()


def test_a_value_of_ten_megabytes_is_refused_before_it_is_parsed(tmp_path):
    (tmp_path / "x.yaml").write_text("a: " + "x" * 10_000_000)
    source, findings = read(tmp_path / "x.yaml", "x.yaml")
    assert source is None
    assert codes(findings) == ["E107"]
    assert MAX_BYTES < 10_000_000


def test_a_long_value_is_refused_with_its_place():
    _, findings = read_text("a: 1\nb: " + "x" * 200_000 + "\n", "x.yaml")
    assert codes(findings) == ["E107"]
    assert places(findings) == [(2, 4)]
    assert len(findings[0].report()) < 1_000


def test_a_missing_file_is_a_finding(tmp_path):
    source, findings = read(tmp_path / "x.yaml", "forms/x.yaml")
    assert source is None
    assert str(findings[0]) == "forms/x.yaml E101 The file cannot be read: No such file or directory."
