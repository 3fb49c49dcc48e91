"""The home page of a coordinator, a data manager and a monitor: in a study full of work, beside one without a subject."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from flask.testing import FlaskClient

from bench.http_save import begin_session, percentile, sign_in
from bench.measure import Line, Measured, Note, Size
from bench.scene import sqlite_url, trial
from bench.visited import definition, fill
from edc_core.domain.permission import Role
from edc_core.domain.review_plan import ReviewGroup, ReviewRule
from edc_core.testing.fake_clock import FakeClock
from edc_core.testing.trial import Trial
from edc_core.web.app import create_app

VISITS, COME, QUERIES = 20, 10, 20
ROLES = (Role.CRC, Role.DM, Role.CRA)


class Home:
    """The page of one person, asked for as a browser does."""

    def __init__(self, made: Trial, client: FlaskClient, role: Role) -> None:
        self._made, self._client, self._role = made, client, role
        self._headers = {"Cookie": sign_in(made, role)["Cookie"]}

    def on_the_next_day(self) -> None:
        """Sign in anew, and ask for no page yet."""
        self._headers["Cookie"] = begin_session(self._made, self._role)[1]

    def seconds(self) -> float:
        start = time.perf_counter()
        answer = self._client.get("/", headers=self._headers)
        seconds = time.perf_counter() - start
        assert answer.status_code == 200, answer.text
        return seconds


def run(size: Size, folder: Path) -> Iterator[Line]:
    subjects = size.pick(tiny=3, quick=500, full=500)
    pages = size.pick(tiny=2, quick=5, full=10)
    with ExitStack() as stack:
        homes: dict[Role, list[Home]] = {role: [] for role in ROLES}
        clocks: list[FakeClock] = []
        for name, many in (("full", subjects), ("empty", 0)):
            version = replace(definition(VISITS), review_plan=(ReviewRule(ReviewGroup.SDV),))
            made = stack.enter_context(trial(sqlite_url(folder, name), version))
            fill(made, many, come=COME, queries=QUERIES)
            clock = made.core.clock = FakeClock(made.core.clock.now())
            clocks.append(clock)
            client = create_app(made.core).test_client(use_cookies=False)
            for role in ROLES:
                homes[role].append(Home(made, client, role))
        yield Note(f"{subjects} subjects, {VISITS} visits planned, {subjects * QUERIES:,} queries unfinished")
        for role, (full, empty) in homes.items():
            ratios, waits = [], []
            for number in range(size.pick(tiny=1, quick=2, full=5) + 1):
                taken = [(full.seconds(), empty.seconds()) for _ in range(pages)]
                if number:
                    much, none = (percentile(list(times), 95) for times in zip(*taken, strict=True))
                    ratios.append(much / none)
                    waits.append((much, none))
            much, none = waits[len(waits) // 2]
            yield Measured(
                "home", ratios, f"{role}: p95 {much * 1000:.1f} ms, of an empty study {none * 1000:.1f} ms"
            )
        ratios, waits = [], []
        for _ in range(size.pick(tiny=1, quick=3, full=5)):
            for clock in clocks:
                clock.advance(days=1)
            for one in homes[Role.CRC]:
                one.on_the_next_day()
            much, none = (one.seconds() for one in homes[Role.CRC])
            ratios.append(much / none)
            waits.append((much, none))
        much, none = waits[len(waits) // 2]
        yield Measured(
            "home next day", ratios, f"CRC: {much * 1000:.1f} ms, of an empty study {none * 1000:.1f} ms"
        )
