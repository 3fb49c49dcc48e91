"""One decision who may do what: the person with the most grants asks, at the last place and in vain."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from bench.measure import Line, Measured, Size
from edc_core.domain.permission import Action, Actor, Grant, Place, Role

STUDIES, COUNTRIES, SITES = 20, ("KR", "DE", "US"), 40


def people() -> dict[str, Actor]:
    """A coordinator of one site, and somebody with three roles in each of 20 studies."""
    site = Grant("study-0", Role.CRC, "sites", site_ids=frozenset({"site-0"}), live=True)
    many = tuple(
        grant
        for n in range(STUDIES)
        for grant in (
            Grant(f"study-{n}", Role.CRA, "sites", site_ids=frozenset(f"site-{i}" for i in range(SITES)), live=True),
            Grant(f"study-{n}", Role.MED, "countries", countries=frozenset(COUNTRIES), live=True),
            Grant(f"study-{n}", Role.PVG, live=True),
        )
    )  # fmt: skip
    return {
        "one role": Actor("crc.kim", grants=(site,)),
        f"{len(many)} roles": Actor("cra.park", grants=many),
    }


def places() -> list[Place]:
    found = [Place(f"study-{n}", f"site-{n % SITES}", COUNTRIES[n % 3]) for n in range(STUDIES)]
    return [*found, Place("study-0"), Place.every_site("study-0"), Place.record("study-0")]


def run(size: Size, folder: Path) -> Iterator[Line]:
    asked = list(product(Action, places()))
    rounds = size.pick(tiny=1, quick=5, full=15)
    for name, actor in people().items():
        times = []
        for _ in range(rounds):
            start = time.perf_counter()
            for action, place in asked:
                actor.may(action, place)
            times.append((time.perf_counter() - start) / len(asked) * 1e6)
        words = f"{name}, every action at {len(places())} places"
        yield Measured("permission", times, words)
