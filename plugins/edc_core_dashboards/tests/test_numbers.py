"""What the dashboards count, and that their pictures hold the same numbers as their tables."""

import pytest
from edc_core_dashboards import numbers as count
from edc_core_dashboards.charts import LABEL, WIDTH, chart_of

from edc_core.api import (
    EntryStatus,
    ItemPath,
    ListedForm,
    ListedSubject,
    Protection,
    QueryFact,
    QuerySource,
    QueryState,
    SignatureState,
)


def subject(key, site, at):
    return ListedSubject(key, site, "KR", "", at)


def form(site="KR-01", status=EntryStatus.COMPLETE, **fields):
    path = ItemPath.parse("V1[1]/VS[1]")
    return ListedForm(
        subject_key="S-1", site=site, country="KR", path=path, visit="V1", title="Vital signs", status=status,
        **fields,
    )  # fmt: skip


def query(state, days):
    words = {"where": "V1", "form": "VS", "check_oid": "", "text": "Why?", "who": "site"}
    return QueryFact(
        query_id="q", subject_key="S-1", site="KR-01", state=state, source=QuerySource.SITE_MONITOR,
        opened_at="2026-03-01T00:00:00.000000Z", days=days, modified_after_close=False, led_to_change=False, **words,
    )  # fmt: skip


def test_enrolment_has_every_month_and_adds_up():
    months = ["2025-11-03", "2026-02-01", "2026-02-28", "2026-02-28"]
    found = count.enrolment([subject(str(n), "KR-01", at) for n, at in enumerate(months)])
    assert found.rows == (("2025-11", 1, 1), ("2025-12", 0, 1), ("2026-01", 0, 1), ("2026-02", 3, 4))
    assert count.enrolment([]).rows == ()


def test_forms_are_counted_by_site_and_state_and_all_together_first():
    forms = [
        form(),
        form("US-01", EntryStatus.IN_PROGRESS),
        form("US-01", EntryStatus.NOT_STARTED, visit_begun=True),
        form("US-01", EntryStatus.NOT_STARTED),  # its visit is not awaited yet
        form("US-01", EntryStatus.NOT_STARTED, standing="overdue"),
    ]
    found = count.forms_by_state(forms)
    assert found.header == ("Site", "Missing", "In progress", "Complete", "Not done")
    assert found.rows == (("All", 2, 1, 1, 0), ("KR-01", 0, 0, 1, 0), ("US-01", 2, 1, 0, 0))


def test_signatures_and_protection_are_of_complete_forms():
    forms = [
        form(signature=SignatureState.SIGNED, protection=Protection.LOCKED),
        form(signature=SignatureState.BROKEN, protection=Protection.FROZEN),
        form(signature=SignatureState.UNSIGNED),
        form(status=EntryStatus.IN_PROGRESS),
    ]
    assert count.signatures(forms).rows[0] == ("All", 1, 1, 1)
    assert count.protection(forms).rows[0] == ("All", 1, 1, 1)


def test_verification_is_of_what_the_plan_asks_for():
    forms = [form(to_verify=10, verified=4), form("US-01", to_verify=5, verified=5), form("DE-01")]
    assert count.verification(forms).rows == (("All", 9, 6), ("KR-01", 4, 6), ("US-01", 5, 0))


@pytest.mark.parametrize(
    ("days", "band"), [(0, 0), (7, 0), (8, 1), (14, 1), (15, 2), (30, 2), (31, 3), (4000, 3)]
)
def test_a_query_is_in_the_band_of_its_age(days, band):
    rows = count.queries_by_age([query(QueryState.OPEN, days)]).rows
    assert [row[1] for row in rows] == [int(n == band) for n in range(4)]


def test_queries_that_wait_for_nobody_are_not_counted():
    states = [
        QueryState.OPEN,
        QueryState.ANSWERED,
        QueryState.ANSWERED,
        QueryState.CLOSED,
        QueryState.RESOLVED,
    ]
    rows = count.queries_by_age([query(state, 1) for state in states]).rows
    assert rows[0] == ("0 to 7 days", 1, 2)


def test_bars_are_as_long_as_their_numbers_and_say_the_same_in_words():
    table = count.forms_by_state([form(), form(), form("US-01", EntryStatus.IN_PROGRESS)])
    chart = chart_of(table)
    assert [bar.total for bar in chart.bars] == [3, 2, 1]
    assert [[part.value for part in bar.segments] for bar in chart.bars] == [[1, 2], [2], [1]]
    assert sum(part.width for part in chart.bars[0].segments) == pytest.approx(WIDTH)
    assert chart.bars[0].segments[0].x == LABEL
    assert chart.says.endswith("All: 0 missing, 1 in progress, 2 complete, 0 not done.")
    assert len({fill for fill, _ in chart.legend}) == len(chart.legend)


def test_a_line_ends_at_its_last_number():
    chart = chart_of(count.enrolment([subject("1", "A", "2026-01-01"), subject("2", "A", "2026-02-01")]))
    assert chart.points == f"40.0,80.0 {40.0 + WIDTH},20.0"
    assert chart.last == (40.0 + WIDTH, 20.0, 2)
