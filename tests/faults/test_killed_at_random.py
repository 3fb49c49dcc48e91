"""A server that is killed again and again under load: after each start every acknowledged save is there, once.

``EDC_KILLS`` asks for another number of kills; releases are tried with 200 on SQLite and 40 on PostgreSQL.
Each kill leaves a line in ``artifacts/faults/kills-DATABASE.log``.
"""

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from edc_core.ids import new_id
from tests.faults.conftest import Client

#: Of the kills, that come when the server has acknowledged a save; the others may come before its first.
AFTER_AN_ANSWER = 0.8
MOST_SECONDS = 20  #: of one kill, with verifying what is there and starting again
pytestmark = [pytest.mark.faults, pytest.mark.timeout(MOST_SECONDS * int(os.environ.get("EDC_KILLS", "20")))]

CRC = "jiwoo@site.example"
ITEMS = ("NOTE", "WEIGHT", "TEMP", "SYSBP")
SUBJECTS = 4
KILLS = {"sqlite": 20, "postgresql": 5}
LOGS = Path(__file__).parents[2] / "artifacts" / "faults"


class Person:
    """Somebody who enters one subject and keeps what was not acknowledged, as a page does.

    :ivar sent: (item, value) in the order of the saves, each acknowledged at the latest when it was sent again.
    """

    def __init__(self, server, key):
        self.client, self.key = Client(server.url, CRC), key
        self.sent, self.outbox, self.versions = [], None, dict.fromkeys(ITEMS, 0)

    def enter(self, stop, answered):
        """Save until the server is gone; ``answered`` is set from the first acknowledgement on."""
        while not stop.is_set():
            if self.outbox is None:
                item, number = ITEMS[len(self.sent) % len(ITEMS)], len(self.sent)
                self.outbox = (item, str(100 + number % 100), new_id())
            item, value, op = self.outbox
            try:
                answer = self.client.save(self.key, item, value, base=self.versions[item], op=op)
            except (OSError, HTTPException):
                return
            assert answer.status == 200, answer.text
            assert answer.headers["Edc-Version"] == str(self.versions[item] + 1)
            self.versions[item] += 1
            self.sent.append((self.key, item, value))
            self.outbox = None
            answered.set()


def begin_log(kind):
    LOGS.mkdir(parents=True, exist_ok=True)
    file = LOGS / f"kills-{kind}.log"
    file.write_text("kill  waiting  acknowledged  entries, all there and verified clean\n")
    return file


def test_nothing_acknowledged_is_lost_however_often_the_server_is_killed(trial):
    kind = make_url(trial.installation.database_url).get_backend_name()
    kills, dice = int(os.environ.get("EDC_KILLS", KILLS[kind])), random.Random(7)
    server = trial.installation.serve()
    people = [Person(server, key) for key in trial.add_subjects(SUBJECTS)]
    caught, log = 0, begin_log(kind)
    for turn in range(kills):
        stop, answered = threading.Event(), threading.Event()
        with ThreadPoolExecutor(SUBJECTS) as pool:
            entering = [pool.submit(person.enter, stop, answered) for person in people]
            if dice.random() < AFTER_AN_ANSWER:
                answered.wait(MOST_SECONDS / 2)
            time.sleep(dice.uniform(0.05, 0.6))
            server.kill()
            stop.set()
            for one in entering:
                one.result()
        caught += any(person.outbox for person in people)
        report = trial.installation.verified() if turn % 5 == 0 else trial.installation.json("verify")
        assert report["ok"], report["problems"]
        for person in people:
            stored, acknowledged = trial.stored(person.key), person.sent
            assert stored[: len(acknowledged)] == acknowledged
            assert len(stored) <= len(acknowledged) + (person.outbox is not None)
        waiting = sum(person.outbox is not None for person in people)
        there = sum(len(person.sent) for person in people)
        with log.open("a") as lines:
            lines.write(f"{turn + 1:4} {waiting:8} {there:13} {report['entries']:8}\n")
        server.start()
    assert caught > kills / 2, "most kills came while somebody waited for an answer"
    trial.installation.verified()
