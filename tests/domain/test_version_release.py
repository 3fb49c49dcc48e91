"""Who signs a version before it is used in live: one table of cases."""

import pytest

from edc_core.domain.permission import Role
from edc_core.domain.version_release import STEPS, ReleaseStep, missing, refusal
from edc_core.errors import NotAllowed, SecondPersonRequired, WrongState

MEDICAL, SPONSOR, RELEASE = ReleaseStep


@pytest.mark.parametrize(
    ("approvals", "publishers", "lacking"),
    [
        ({}, {"pub"}, ["medical", "sponsor"]),
        ({MEDICAL: "ann"}, {"pub"}, ["sponsor"]),
        ({SPONSOR: "ben"}, {"pub"}, ["medical"]),
        ({MEDICAL: "ann", SPONSOR: "ben"}, {"pub"}, []),
        ({MEDICAL: "ann", SPONSOR: "ann"}, {"pub"}, ["sponsor"]),
        ({MEDICAL: "pub", SPONSOR: "ben"}, {"pub"}, ["medical"]),
        ({MEDICAL: "ann", SPONSOR: "tester"}, {"pub", "tester"}, ["sponsor"]),
    ],
)
def test_what_the_release_lacks(approvals, publishers, lacking):
    told = missing(approvals, publishers)
    assert [text.split()[1] for text in told] == lacking
    for text, name in zip(told, lacking, strict=True):
        assert STEPS[ReleaseStep(name)].who in text


@pytest.mark.parametrize(
    ("step", "login", "role", "approvals", "error"),
    [
        (MEDICAL, "ann", Role.MED, {}, None),
        (MEDICAL, "ann", Role.PVG, {}, None),
        (MEDICAL, "ann", Role.DM, {}, NotAllowed),
        (MEDICAL, "pub", Role.MED, {}, SecondPersonRequired),
        (MEDICAL, "ann", Role.MED, {MEDICAL: "ben"}, WrongState),
        (MEDICAL, "ann", Role.MED, {SPONSOR: "ann"}, SecondPersonRequired),
        (MEDICAL, "ann", Role.MED, {SPONSOR: "ben"}, None),
        (SPONSOR, "ann", Role.DM, {}, None),
        (SPONSOR, "ann", Role.SPO, {MEDICAL: "ben"}, None),
        (SPONSOR, "ann", Role.MED, {}, NotAllowed),
        (RELEASE, "ann", Role.SPO, {}, WrongState),
        (RELEASE, "ann", Role.SPO, {MEDICAL: "ben", SPONSOR: "ann"}, None),
        (RELEASE, "pub", Role.SPO, {MEDICAL: "ben", SPONSOR: "ann"}, SecondPersonRequired),
    ],
)
def test_who_signs_what(step, login, role, approvals, error):
    found = refusal(step, login, [role], approvals, {"pub"})
    assert type(found) is (error or type(None))


def test_nobody_signs_without_a_role_that_releases():
    assert isinstance(refusal(RELEASE, "ann", [], {MEDICAL: "ben", SPONSOR: "cho"}, ()), NotAllowed)
