"""``edc study sdtm``."""

import json

from click.testing import CliRunner

from edc_core.cli.main import edc


def run(*arguments):
    """What came of it: the code that the command ends with, and what it printed."""
    done = CliRunner().invoke(edc, ["study", "sdtm", *map(str, arguments)], standalone_mode=False)
    assert done.exception is None, done.exception
    return done.return_value, done.output


def study(tmp_path, annotation):
    (tmp_path / "forms").mkdir()
    (tmp_path / "study.yaml").write_text(
        "oid: S-1\nname: S-1\nversion: {oid: S-1-1, name: '1'}\n"
        "events: [{oid: V1, title: Visit, forms: [DM]}]\n"
    )
    (tmp_path / "forms/dm.yaml").write_text(
        "oid: DM\ntitle: Demographics\ngroups:\n  - name: DM\n    items:\n"
        "      - {name: SEX, question: Sex, length: 1, alias: {SDTM: DM.SEX}}\n"
        "      - {name: ARM, question: Arm, length: 8, alias: {SDTM: DM.ARMCD}}\n"
        f"      - {{name: X, question: X, length: 10, alias: {{SDTM: {annotation}}}}}\n"
    )
    return tmp_path


def test_it_names_the_domains_of_sound_annotations(tmp_path):
    code, said = run(study(tmp_path, "SUPPDM.X"))
    assert code == 0
    assert [line.split()[:3] for line in said.splitlines()[:-1]] == [["warning", "terminology:", "S206"]]
    assert said.endswith("\n1 domain (DM): 0 errors, 1 warning\n")


def test_it_ends_with_1_and_names_what_is_wrong(tmp_path):
    code, said = run(study(tmp_path, "DM.NOSUCH"))
    assert code == 1
    assert "error DM/DM.DM/DM.X: S103 SDTMIG 3.4 has no variable NOSUCH in DM." in said


def test_it_lists_what_gives_each_variable(tmp_path):
    _, said = run(study(tmp_path, "SYSBP_VSORRES"), "--records")
    assert "VS SYSBP from DM:\n  VSORRES <- DM.DM/DM.X\n  VSTESTCD = SYSBP\n" in said


def test_it_speaks_to_programs(tmp_path):
    _, printed = run(study(tmp_path, "DM.NOSUCH"), "--json")
    said = json.loads(printed)
    assert said["domains"] == ["DM"]
    assert [f["code"] for f in said["findings"] if f["severity"] == "error"] == ["S103"]


def test_a_definition_with_errors_is_checked_elsewhere(tmp_path):
    (tmp_path / "study.yaml").write_text("oid: S-1\n")
    code, said = run(tmp_path)
    assert code == 1
    assert "edc study check" in said
