"""What a line of a late form says."""

import pytest
from edc_core_listings.late import LateLine

from edc_core.api import EntryStatus, ItemPath, ListedForm


@pytest.mark.parametrize(
    ("collected", "shown"), [("2026-03-04", "04 MAR 2026"), ("2026-03", "UN MAR 2026"), ("", "")]
)
def test_dates_are_shown_as_on_every_page(collected, shown):
    path = ItemPath.parse("V1[1]/VS[1]")
    form = ListedForm(
        subject_key="S-1", site="KR-01", country="KR", path=path, visit="V1", title="Vital signs",
        status=EntryStatus.NOT_STARTED, visit_date=collected, last_day="2026-08-29",
    )  # fmt: skip
    assert (LateLine(form).visit_date, LateLine(form).last_day) == (shown, "29 AUG 2026")
