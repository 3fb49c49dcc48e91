"""What a program that enters data is told to enter: neither what is calculated nor what is hidden."""

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.plugin_access import StudySite
from edc_core.expressions.asking import Asking
from tests.expressions.test_following import STUDY, at


@pytest.fixture
def index(tmp_path):
    file = tmp_path / "demo.yaml"
    file.write_text(STUDY, encoding="utf-8")
    return MetaDataIndex(load(file).required())


@pytest.fixture
def asking(index):
    return Asking(index, StudySite("s1", "KR-01", "KR", "Asia/Seoul"))


def taken(asking, index, values):
    given = {at(index, name): text for name, text in values.items()}
    form = next(iter(given)).form_path
    return {str(path.item) for path in asking.take(form, given, lambda text: (text, "", ""))}


def test_calculated_and_hidden_items_are_left_out(asking, index):
    known = {"SCR/DM.BRTHDAT": "1950-05-01", "SCR/DM.RFICDAT": "2026-06-01", "SCR/DM.AGE": "50"}
    asked = taken(asking, index, {**known, "SCR/DM.SEX": "F", "SCR/DM.CHILDPOT": "Y"})
    assert asked == {"DM.BRTHDAT", "DM.RFICDAT", "DM.SEX"}


def test_rows_of_a_hidden_log_are_left_out(asking, index):
    assert taken(asking, index, {"LOGS/AE.AEYN": "N", "LOGS/AE.LOG[1].TERM": "Cough"}) == {"AE.AEYN"}


@pytest.mark.parametrize(("sex", "expected"), [("F", True), ("M", False)])
def test_a_form_is_expected_by_what_was_taken_before(asking, index, sex, expected):
    form = at(index, "V1/PREG.HCG").form_path
    assert asking.expects(form) is False
    taken(asking, index, {"SCR/DM.SEX": sex})
    assert asking.expects(form) is expected
    assert asking.expects(at(index, "V1/VS.WEIGHT").form_path) is True
