"""Maps that are wrong, and the command from its options to its exit code."""

import csv
import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from edc_core_transfer import column_map, targets
from edc_core_transfer.command import transfer
from edc_core_transfer.problems import CODES

from edc_core.cli.session import print_json, print_table
from edc_core.domain.index import MetaDataIndex
from edc_core.errors import ImportRefused
from tests.databases import on_sqlite
from tests.plugins.transfer.conftest import IRT_MAP, LB_MAP, PK_MAP, lab_study

PAGE = Path(__file__).parents[3] / "docs/reference/transfer-problems.md"


def problems(tmp_path, text):
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ImportRefused) as refused:
        targets.find(column_map.load(path), MetaDataIndex(lab_study()))
    return [(p.line, p.code, p.text) for p in refused.value.details["problems"]]


@pytest.mark.parametrize("text", [PK_MAP, LB_MAP, IRT_MAP])
def test_a_sound_map_is_found_in_the_study(tmp_path, text):
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    assert targets.find(column_map.load(path), MetaDataIndex(lab_study()))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("source: [", 1, "no YAML"),
        ("- a", 1, "begins with 'source:'"),
        ("source: X\nsubject: {column: S}\nvisit: {column: V}\nwert: []\n", 4, "wert"),
        ("source: X\nsubject: {column: S}\nvalues:\n  - {item: A, column: B}\n", 1, "how a row finds its place"),
        ("source: X\nsubject: {column: S}\nvisit: {column: V}\nvalues:\n  - {item: A}\n", 5, "column"),
        ("source: X\nsubject: {column: S}\nvisit: {column: V}\nvalues: []\n", 4, "which items are filled"),
        (PK_MAP + "encoding: klingon\n", 12, "no such encoding"),
        (PK_MAP + "delimiter: ':'\n", 12, "delimiter"),
        (PK_MAP + "agrees: 1\n", None, ""),
    ],
)  # fmt: skip
def test_a_map_that_cannot_be_read_names_the_line(tmp_path, text, line, words):
    found = problems(tmp_path, text)
    assert {code for _, code, _ in found} == {"TRF001"}
    if line is not None:
        assert any(at == line and words in said for at, _, said in found), found


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("form: PC", "form: PX", "no form 'PX'"),
        ("item: RES,", "item: RESS,", "Did you mean 'RES'?"),
        ("Visit 2: V2", "Visit 2: V22", "no visit 'V22'"),
        ("microg/mL: ug/mL", "microg/mL: ug/ml", "no unit of 'RES'"),
        ("NR: ND", "NR: NOPE", "no missing reason of 'RES'"),
        ("reference: {column: REFID, item: REFID}\n", "", "Form 'PC' repeats"),
        ("item: RES,", "item: LB.HGB,", "not in the form of the reference id"),
    ],
)
def test_a_map_that_names_what_is_not_there_says_what_is(tmp_path, old, new, words):
    found = problems(tmp_path, PK_MAP.replace(old, new))
    assert {code for _, code, _ in found} == {"TRF002"}
    assert any(words in text for _, _, text in found), found


def test_every_code_is_documented_with_its_heading():
    rows = dict(re.findall(r"^\| (TRF\d{3}) \| (.+?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert rows == CODES


class Line:
    """What click hands to the command, for a session at hand."""

    def __init__(self, session):
        self._session = session

    def plugin_session(self, plugin, *, as_user=""):
        assert plugin == "transfer"
        return self._session

    def progress(self, title, *, quiet=False):
        from contextlib import nullcontext

        return nullcontext(lambda done, total: None)

    print_json = staticmethod(print_json)
    print_table = staticmethod(print_table)


@on_sqlite
def test_look_approve_store_and_again(lab):
    lab.sample("S-001", "R1")
    lab.file("S-001;Visit 1;R1;01.03.2026;1.5;ug/mL", "S-009;Visit 1;R1;01.03.2026;1;ug/mL")
    (lab.folder / "map.yaml").write_text(PK_MAP, encoding="utf-8")
    rejects, changes = lab.folder / "rejects.csv", lab.folder / "changes.csv"

    def edc(*arguments):
        done = CliRunner().invoke(
            transfer,
            [arguments[0], "TRIAL-1", str(lab.folder / "pk.csv"), "--map", str(lab.folder / "map.yaml"), *arguments[1:]],
            obj=Line(lab.session),
            standalone_mode=False,
        )  # fmt: skip
        if isinstance(done.exception, click.ClickException):
            raise done.exception
        assert done.exception is None, done.exception
        return done.return_value, done.output

    code, out = edc("check", "--rejects", str(rejects), "--changes", str(changes))
    assert code == 1
    assert "pk.csv:3 TRF103 S-009" in out
    approved = re.search(r"--approve (\w{16})", out)[1]
    with rejects.open(encoding="utf-8-sig", newline="") as stream:
        assert [row[:3] for row in csv.reader(stream)] == [
            ["line", "code", "subject"],
            ["3", "TRF103", "S-009"],
        ]
    with changes.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream))[1] == ["2", "S-001", str(lab.trial.path("PC.RES")), "", "1.50 ug/mL"]
    code, out = edc("run", "--approve", approved, "--json")
    report = json.loads(out)
    assert (code, report["added"], report["stored"], report["transfer"]) == (1, 1, True, approved)
    code, out = edc("check")
    assert "There is nothing to store." in out
    assert "1 stand there already" in out
