"""``edc export --recipe``."""

import pytest
from edc_core_exports.recipes import keep

from edc_core.cli.session import Session
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.export_commands import GiveExportToken
from edc_core.ids import new_id
from edc_core.services import export_tokens


@pytest.fixture
def study(edc):
    edc("study", "new", "DEMO-01")
    assert edc("study", "publish", "forms/demo-01").code == 0
    session = Session()
    keep(
        session.study_access("exports", "DEMO-01"), "Weekly", ExportChoice("csv", unlocked=True), op=new_id()
    )
    session.close()
    return edc


def test_a_recipe_stands_in_place_of_a_format(study):
    ran = study("export", "DEMO-01", "--recipe", "Weekly", "--out", "out", "--json")
    assert (ran.code, ran.json["format"], ran.json["unlocked"]) == (0, "csv", True)


@pytest.fixture
def live(edc, monkeypatch):
    """A live study, a recipe, and a token that a data manager gave for it."""
    edc("study", "new", "DEMO-01")
    edc("user", "add", "maker", "--role", "BLD")
    monkeypatch.setenv("EDC_TOKEN", edc("user", "token", "maker").out.strip())
    assert edc("study", "publish", "forms/demo-01", "--env", "live", "--as", "maker").code == 0
    edc("user", "add", "dana", "--role", "DM", "--study", "DEMO-01")
    monkeypatch.setenv("EDC_TOKEN", edc("user", "token", "dana").out.strip())
    session = Session()
    study = session.study_access("exports", "DEMO-01", as_user="dana")
    keep(study, "Weekly", ExportChoice("csv", unlocked=True), op=new_id())
    keep(study, "Monthly", ExportChoice("csv", unlocked=True), op=new_id())
    token = GiveExportToken(
        study_id=study.study_id, op=new_id(), sha256=export_tokens.digest("secret"), recipe="Weekly", days=7
    )
    study.submit(token)
    session.close()
    return edc


def test_a_machine_runs_its_recipe_by_a_token_and_nothing_else(live, monkeypatch):
    monkeypatch.setenv("EDC_TOKEN", "secret")
    weekly = ("export", "DEMO-01", "--recipe", "Weekly")
    assert live(*weekly, "--out", "out").code == 0
    for other, said in (
        (("export", "DEMO-01", "--recipe", "Monthly", "--out", "m"), "no token for the recipe 'Monthly'"),
        ((*weekly, "--out", "n", "--as", "dana"), "no token of 'dana'"),
        (("export", "DEMO-01", "--format", "csv", "--unlocked", "--out", "o"), "--as USER"),
        (("snapshot", "create", "DEMO-01", "One"), "--as USER"),
    ):
        ran = live(*other)
        assert (ran.code, said in ran.err) == (2, True), ran.err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--recipe", "Monthly"), "There are: Weekly"),
        (("--recipe", "Weekly", "--format", "csv"), "give --recipe alone"),
        (("--recipe", "Weekly", "--unlocked"), "give --recipe alone"),
        ((), "--format, or --recipe"),
    ],
)
def test_what_a_recipe_leaves_open_is_refused(study, tmp_path, given, said):
    ran = study("export", "DEMO-01", "--out", "out", *given)
    assert (ran.code, said in ran.err) == (2, True), ran.err
    assert not (tmp_path / "out").exists()
