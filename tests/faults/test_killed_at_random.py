"""A server that is killed again and again under load: after each start every acknowledged save is there, once.

``EDC_KILLS`` asks for another number of kills (with ``--timeout 3600``); releases are tried with 200 on SQLite and 40 on PostgreSQL.
"""

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

import pytest
from sqlalchemy.engine import make_url

from edc_core.ids import new_id
from tests.faults.conftest import Client

pytestmark = pytest.mark.faults

CRC = "jiwoo@site.example"
ITEMS = ("NOTE", "WEIGHT", "TEMP", "SYSBP")
SUBJECTS = 4
KILLS = {"sqlite": 20, "postgresql": 5}


class Person:
    """Somebody who enters one subject and keeps what was not acknowledged, as a page does.

    :ivar sent: (item, value) in the order of the saves, each acknowledged at the latest when it was sent again.
    """

    def __init__(self, server, key):
        self.client, self.key = Client(server.url, CRC), key
        self.sent, self.outbox, self.versions = [], None, dict.fromkeys(ITEMS, 0)

    def enter(self, stop):
        """Save until the server is gone."""
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


def test_nothing_acknowledged_is_lost_however_often_the_server_is_killed(trial):
    kind = make_url(trial.installation.database_url).get_backend_name()
    kills, dice = int(os.environ.get("EDC_KILLS", KILLS[kind])), random.Random(7)
    server = trial.installation.serve()
    people = [Person(server, key) for key in trial.add_subjects(SUBJECTS)]
    caught = 0
    for turn in range(kills):
        stop = threading.Event()
        with ThreadPoolExecutor(SUBJECTS) as pool:
            entering = [pool.submit(person.enter, stop) for person in people]
            time.sleep(dice.uniform(0.05, 0.6))
            server.kill()
            stop.set()
            for one in entering:
                one.result()
        caught += any(person.outbox for person in people)
        trial.installation.json("verify") if turn % 5 else trial.installation.verified()
        for person in people:
            stored, acknowledged = trial.stored(person.key), person.sent
            assert stored[: len(acknowledged)] == acknowledged
            assert len(stored) <= len(acknowledged) + (person.outbox is not None)
        server.start()
    assert caught > kills / 2, "most kills came while somebody waited for an answer"
    trial.installation.verified()
