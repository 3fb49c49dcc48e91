import pytest

from edc_core.domain.metadata import DataType, ItemDef
from edc_core.domain.site_time import SiteTime, site_time

SEEN = ItemDef("SEEN", "SEEN", DataType.DATETIME)


@pytest.mark.parametrize(
    ("value", "zone", "offset", "clock"),
    [
        ("2026-03-04T09:15", "Asia/Seoul", "+09:00", ""),
        ("2026-07-01T09:15:30", "America/New_York", "-04:00", ""),
        ("2026-01-01T09:15", "Asia/Kolkata", "+05:30", ""),
        ("2026-10-25T02:30", "Europe/Berlin", "+02:00", "repeated"),
        ("2026-10-25T03:00", "Europe/Berlin", "+01:00", ""),
        ("2026-03-29T02:30", "Europe/Berlin", "+01:00", "absent"),
        ("2026-03-29T03:00", "Europe/Berlin", "+02:00", ""),
        ("1905-01-01T12:00", "Asia/Seoul", "+08:28", ""),
    ],
)
def test_the_site_had_this_offset_then(value, zone, offset, clock):
    assert site_time(SEEN, value, zone) == SiteTime(zone, offset, clock)


@pytest.mark.parametrize(
    ("item", "value", "zone"),
    [
        (SEEN, None, "Asia/Seoul"),
        (SEEN, "2026-03-04T09:15", ""),
        (SEEN, "2026-03-04T09:15+01:00", "Asia/Seoul"),
        (SEEN, "2026-03-04T09:15Z", "Asia/Seoul"),
        (ItemDef("D", "D", DataType.DATE), "2026-03-04", "Asia/Seoul"),
    ],
)
def test_other_values_have_no_offset_of_the_site(item, value, zone):
    assert site_time(item, value, zone) is None


@pytest.mark.parametrize(
    ("value", "day", "clock"),
    [
        ("02:30", "2026-10-25", "repeated"),
        ("02:30:10", "2026-03-29", "absent"),
        ("02:30", "2026-07-01", ""),
        ("02:30", "2026-10", None),
        ("02:30", "", None),
        (None, "2026-10-25", None),
        ("02", "2026-10-25", None),
    ],
)
def test_a_time_is_looked_at_with_its_day(value, day, clock):
    found = site_time(ItemDef("T", "T", DataType.TIME), value, "Europe/Berlin", day)
    assert (found and found.clock) == clock
