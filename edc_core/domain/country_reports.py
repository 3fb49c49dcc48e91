"""A check made of the safety clocks of a country: the report of an unexpected serious event is due soon, or is late (EC62).

Items go by the names that the form ``SAE`` of the library gives them; a study that asks for them otherwise has a check of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.country import CountryCheck
from edc_core.domain.metadata import CheckExample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edc_core.domain.country import SafetyClock
    from edc_core.domain.plugin_study import PluginStudy
    from edc_core.domain.translated_text import TranslatedText

FORM, NUMBER, REPORTED = "SAE", "SAEE2B", "SAEREPDT"
ITEMS = frozenset({"SAEAWARE", "SAEEXP", "SAEDTH", NUMBER})
NEAR = 2  #: days before the last one from which it is asked
_LEARNT = "2026-03-02T09:30+00:00"


def report_checks(
    rule: str, clocks: Iterable[SafetyClock], study: PluginStudy, message: TranslatedText
) -> Iterator[CountryCheck]:
    """The check, where the study has what it reads and the clocks of a death and of other events are there.

    Day zero is the day on which the sponsor learnt of the event: when it was reported before it was entered, else when it was
    entered; the days are those of the site's calendar. It stands at every site of the study, for an authority is told of events
    wherever they are, until the event has the number of its safety report.

    :param rule: of the requirements, ``KR-B8``.
    """
    days = {one.event: one.days for one in clocks}
    form = next((one for one in study.index.version.forms if one.name == FORM), None)
    known = {placed.item.name for placed in study.index.placed_items(form.oid)} if form else set()
    if not (known >= ITEMS and {"fatal", "susar"} <= days.keys()):
        return
    fatal, other = days["fatal"] - NEAR, days["susar"] - NEAR
    learnt = f"coalesce({REPORTED}, entered_at(SAEAWARE))" if REPORTED in known else "entered_at(SAEAWARE)"
    yield CountryCheck(
        f"{rule}.EC62", FORM, NUMBER,
        f"present({NUMBER}) or missing(SAEEXP) or SAEEXP == 'Y' "
        f"or days(day_of(clock.tick), day_of({learnt})) < if_(SAEDTH == 'Y', {fatal}, {other})",
        message,
        examples=(
            _example(fires=True, died="Y", days=fatal), _example(fires=False, died="Y", days=fatal - 1),
            _example(fires=True, died="N", days=other), _example(fires=False, died="N", days=fatal),
        ),
        everywhere=True,
    )  # fmt: skip


def _example(*, fires: bool, died: str, days: int) -> CheckExample:
    """So many days after the event was entered."""
    return CheckExample(
        fires,
        (
            ("SAEEXP", "N"), ("SAEDTH", died), ("SAEAWARE", "2026-03-02T09:00"), ("entered_at(SAEAWARE)", _LEARNT),
            ("clock.tick", f"2026-03-{2 + days:02d}T12:00+00:00"),
        ),
    )  # fmt: skip
