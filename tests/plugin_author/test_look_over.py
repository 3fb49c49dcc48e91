import json
import re
from pathlib import Path

import pytest

from edc_core.cli import main
from edc_core.errors import NotFound
from edc_core.plugin_author import begin, look

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs/reference/plugin-findings.md"
BUNDLED = sorted(file.parent for file in ROOT.glob("plugins/*/pyproject.toml"))

HOOK = """\
from edc_core.api import EditCheck, Severity, hookimpl
@hookimpl
def edc_register_checks(study):
"""


def check_of(oid="X1", form="VS", more=""):
    return f'EditCheck("{oid}", "t", form="{form}", check=print{more})'


@pytest.fixture
def package(tmp_path):
    begin.begin("ecog", tmp_path)
    return tmp_path / "edc-core-ecog"


def change(package, name, old, new):
    file = package / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def write_plugin(package, text):
    (package / "edc_core_ecog/plugin.py").write_text(text)


def codes(package, **kwargs):
    return [finding.code for finding in look.look_over(package, **kwargs).findings]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('name = "edc-core-ecog"\n', "", "P101"),
        ('version = "0.1.0"', 'version = "first"', "P102"),
        ("[project.entry-points.edc_core]", "[project.entry-points.other]", "P103"),
        ('"edc-core>=0.1,<0.2"', "", "P104"),
        ('"edc-core>=0.1,<0.2"', '"edc-core>=0.1,<0.2", "?"', "P104"),
        ("edc-core>=0.1,<0.2", "edc-core>=7,<8", "P105"),
        ("edc-core>=0.1,<0.2", "edc-core>=0.1", "W101"),
        ("edc_core_ecog.plugin", "edc_core_ecog.plugins", "P301"),
    ],
)
def test_project_file(package, old, new, code):
    change(package, "pyproject.toml", old, new)
    assert codes(package) == [code]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("import edc_core.store\n", "P202"),
        ("from edc_core import errors\n", "P202"),
        ("def f():\n    from edc_core.services import capture\n", "P202"),
        ("import sqlalchemy.orm\n", "P203"),
        ("from flask import request\n", "P203"),
        ("import random\n", "W201"),
        ("from urllib.request import urlopen\n", "W201"),
        ("import datetime\nx = datetime.datetime.now()\n", "W202"),
        ("from datetime import date\nx = date.today()\n", "W202"),
        ("def f(:\n", "P201"),
        ("from edc_core.api import Finding\nfrom urllib.parse import quote\n", None),
    ],
)
def test_imports_are_judged_without_running_them(package, text, code):
    (package / "edc_core_ecog/more.py").write_text(text)
    assert codes(package) == ([code] if code else [])


def test_a_finding_names_file_and_line(package):
    (package / "edc_core_ecog/more.py").write_text("\n\nimport sqlalchemy\n")
    (finding,) = look.look_over(package).findings
    assert finding.place == "edc_core_ecog/more.py:3"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1 / 0\n", "P301"),
        ("raise SystemExit\n", "P301"),
        ("import os\nos._exit(3)\n", "P301"),
        ("x = 1\n", "P303"),
        (HOOK.replace("checks", "chekcs") + "    return []\n", "P302"),
        (HOOK.replace("(study)", "(studies)") + "    return []\n", "P302"),
        (HOOK + "    return [1]\n", "P304"),
        (HOOK + "    return [1 / 0]\n", "P304"),
        (HOOK + f"    return [{check_of()}, {check_of()}]\n", "P304"),
        (HOOK + f"    return [{check_of(more=', severity=Severity.HARD')}]\n", "P304"),
        (HOOK + f"    return [{check_of(oid='')}]\n", "P304"),
        (HOOK + "    study.n = 1\n", "P304"),
        (HOOK + "    return []\n", "W301"),
    ],
)
def test_what_the_process_finds(package, text, code):
    write_plugin(package, text)
    assert codes(package)[:1] == [code]


def test_what_is_offered_differently_the_second_time_is_found(package):
    write_plugin(
        package,
        "import itertools\ncount = itertools.count()\n"
        + HOOK
        + "    return [EditCheck(f'X{next(count)}', 't', 'VS', print)]\n",
    )
    assert codes(package) == ["P305"]


def test_a_plugin_that_hangs_is_stopped(package):
    write_plugin(package, "while True: pass\n")
    assert codes(package, seconds=2) == ["P301"]


def test_what_a_plugin_prints_does_not_end_in_the_answer(package):
    change(package, "edc_core_ecog/plugin.py", "CHECKS =", "print('{}')\nCHECKS =")
    assert codes(package) == []


def test_a_form_the_study_does_not_have_is_found_with_the_study(package):
    study = ROOT / "forms/hersc-301"
    assert codes(package, study=study) == []
    change(package, "edc_core_ecog/plugin.py", 'form="VS"', 'form="VITALS"')
    assert codes(package) == []
    assert codes(package, study=study) == ["P304", "W301"]


def test_a_study_with_findings_is_named(package, tmp_path):
    (tmp_path / "study.yaml").write_text("oid: [\n")
    assert "P306" in codes(package, study=tmp_path)


def test_a_folder_that_is_no_plugin(tmp_path):
    with pytest.raises(NotFound):
        look.look_over(tmp_path)


@pytest.mark.parametrize("folder", BUNDLED, ids=lambda folder: folder.name)
def test_bundled_plugins_have_no_finding(folder):
    assert look.look_over(folder).findings == ()


def test_the_command_prints_findings_and_ends_with_1(package, capsys):
    change(package, "edc_core_ecog/plugin.py", "edc_register_checks", "edc_register_chekcs")
    with pytest.raises(SystemExit) as ended:
        main(["plugins", "check", str(package), "--json"])
    assert ended.value.code == 1
    printed = json.loads(capsys.readouterr().out)
    assert [(f["code"], f["severity"]) for f in printed["findings"]] == [("P302", "error")]


def test_the_command_ends_with_0_and_lists_what_is_offered(package, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["plugins", "check", str(package)])
    assert ended.value.code == 0
    assert capsys.readouterr().out.splitlines() == [
        "edc_register_checks: BP01",
        "edc-core-ecog 0.1.0: no findings.",
    ]


def test_every_code_is_documented_and_every_documented_code_exists():
    folder = Path(look.__file__).parent
    used = {code for file in folder.glob("*.py") for code in re.findall(r'"([PW]\d{3})"', file.read_text())}
    documented = re.findall(r"^\| ([PW]\d{3}) ", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE)
    assert documented == sorted(used, key=lambda code: (code[0] == "W", code))
