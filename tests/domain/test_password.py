from datetime import timedelta

import pytest

from edc_core.domain.password import MIN_LENGTH, wait_after, weakness


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "12 characters"),
        ("a" * (MIN_LENGTH - 1), "12 characters"),
        ("aaaaaaaaaaaa", "repeats"),
        ("abababababab", "repeats"),
        ("password1234", "tried first"),
        ("P@ssw0rd!2026", "tried first"),
        ("Welcome2026!!", "tried first"),
        ("qwertyuiop12", "tried first"),
        ("letmeinletmein", "tried first"),
        ("839201746529", "tried first"),
        ("ClinicalTrial01", "tried first"),
        ("jiwoo is here 1", "login or name"),
        ("the Minji train", "login or name"),
    ],
)
def test_what_is_tried_first_is_refused_and_the_reason_said(password, why):
    assert why in weakness(password, "jiwoo@site.example", "Kim Minji")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "wind mill over Busan",
        "ochre-tulip-41-drawer",
        "부산에서 만난 파란 우산 둘",
        "x7#Vq9!mWz2$",
    ],
)
def test_what_only_one_person_thinks_of_is_taken(password):
    assert weakness(password, "jiwoo@site.example", "Kim Jiwoo") == ""


def test_the_wait_doubles_up_to_a_day():
    waits = [wait_after(n) for n in (1, 2, 3, 7, 8, 1000)]
    minutes = [wait // timedelta(minutes=1) for wait in waits]
    assert minutes == [15, 30, 60, 960, 1440, 1440]
