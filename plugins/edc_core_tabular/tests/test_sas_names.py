"""Names of at most eight characters: well formed, unique, and those that were frozen as they are."""

import re

from edc_core_tabular.forms.sas_names import sas_name, sas_names
from hypothesis import given
from hypothesis import strategies as st

ENDINGS = ("", "_L", "_M", "_SU", "_12", "_1234")
WISHES = st.lists(st.tuples(st.text(max_size=12), st.sampled_from(ENDINGS)), max_size=40)


@given(st.sets(st.sampled_from(["STUDYID", "AE_M", "X"])), WISHES)
def test_names_are_unique_and_what_sas_takes(keys, wishes):
    names = sas_names(keys, wishes)
    assert len({*names, *keys}) == len(names) + len(keys)
    assert all(re.fullmatch("[A-Z_][A-Z0-9_]{0,7}", name) for name in names)


@given(st.lists(st.from_regex("[A-Z_][A-Z0-9_]{0,7}", fullmatch=True), unique=True), WISHES)
def test_frozen_names_of_values_stay_whatever_stands_beside_them(frozen, others):
    beside = [(wish, ending) for wish, ending in others if ending]
    wishes = [*beside, *((name, "") for name in frozen)]
    assert sas_names((), wishes)[len(beside) :] == frozen


def test_an_ending_tells_what_stands_beside_a_value():
    wishes = [("SYSBPSTD", ""), ("SYSBPSTD", "_U"), ("SYSBPS_U", ""), ("WEIGHT", "_M"), ("WEIGHT", "_M")]
    assert sas_names((), wishes) == ["SYSBPSTD", "SYSBP2_U", "SYSBPS_U", "WEIGHT_M", "WEIGH2_M"]


def test_an_item_that_is_called_like_a_key_gets_a_number():
    assert sas_names(["SITEID"], [("SITEID", "")]) == ["SITEID2"]


def test_what_has_no_letter_has_a_name_nevertheless():
    assert (sas_name("한글", set()), sas_name("2nd", set())) == ("X", "_2ND")
