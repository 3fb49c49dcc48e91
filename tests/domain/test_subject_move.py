"""What a site that gave a subject away keeps."""

import pytest

from edc_core.domain.subject_move import SubjectMove, last_kept


def move(n, old, new, *, worked=True):
    return SubjectMove("s", n, "2026-03-04T09:15:00.000000Z", old, new, "2026-03-04", worked)


@pytest.mark.parametrize(("sites", "n"), [
    ({"A"}, 5), ({"B"}, 9), ({"A", "B"}, 9), ({"C"}, None), (set(), None),
])  # fmt: skip
def test_a_site_keeps_what_stood_before_its_last_transfer(sites, n):
    """From A to B to C: people of C have the subject itself."""
    kept = last_kept([move(9, "B", "C"), move(5, "A", "B")], sites)
    assert (kept.n if kept else None) == n


def test_a_site_that_wrote_nothing_keeps_nothing():
    assert last_kept([move(5, "A", "B", worked=False)], {"A"}) is None
    assert last_kept([move(5, "A", "B"), move(9, "A", "B", worked=False)], {"A"}).n == 5
