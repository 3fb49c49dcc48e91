"""Servers that are killed, meet in one file, or have no room: what was acknowledged is there, once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

import pytest

from edc_core.ids import new_id
from tests.faults.conftest import Client, on_sqlite
from tests.web.trial import SUBJECT

pytestmark = pytest.mark.faults

CRC = "jiwoo@site.example"
ITEMS = ["NOTE", "WEIGHT", "TEMP", "SYSBP"]


def test_acknowledged_saves_outlive_a_kill_and_the_others_are_sent_again(trial):
    server = trial.installation.serve()
    clients = {key: Client(server.url, CRC) for key in trial.add_subjects(4)}
    acknowledged, unanswered = [], []
    enough = threading.Event()

    def enter(key):
        for n in range(10_000):
            item, op = ITEMS[n % len(ITEMS)], new_id()
            sent = (key, item, str(100 + n % 100)), n // len(ITEMS), op
            try:
                answer = clients[key].save(*sent[0], base=sent[1], op=op)
            except (OSError, HTTPException):
                unanswered.append(sent)
                return
            assert answer.status == 200, answer.text
            acknowledged.append(sent[0])
            if len(acknowledged) >= 60:
                enough.set()

    with ThreadPoolExecutor(len(clients)) as pool:
        entering = [pool.submit(enter, key) for key in clients]
        assert enough.wait(60)
        server.kill()
        for one in entering:
            one.result()
    trial.installation.verified()
    kept = trial.stored(*clients)
    assert not set(acknowledged) - set(kept)
    assert len(acknowledged) <= len(kept) <= len(acknowledged) + len(unanswered)

    server.start()
    for sent, base, op in unanswered:
        assert clients[sent[0]].save(*sent, base=base, op=op).status == 200
    everything = trial.stored(*clients)
    assert sorted(everything) == sorted([*acknowledged, *(sent for sent, _, _ in unanswered)])
    trial.installation.verified()


@on_sqlite
def test_two_servers_on_one_file_lose_nothing_and_store_nothing_twice(trial):
    servers = [trial.installation.serve(threads=8) for _ in range(2)]
    keys = trial.add_subjects(4)
    client = Client(servers[0].url, CRC)
    doors = [client.at(server.url) for server in servers]
    rounds = 8

    def enter(number):
        """One person at one item; every save goes to both servers at the same moment, as a retry would."""
        key, item = keys[number % 4], ITEMS[number // 4]
        with ThreadPoolExecutor(2) as both:
            for n in range(rounds):
                op = new_id()
                sent = [both.submit(d.save, key, item, str(100 + n), base=n, op=op) for d in doors]
                answers = [one.result() for one in sent]
                assert {a.status for a in answers} == {200}, [a.text for a in answers]
                assert {a.headers["Edc-Version"] for a in answers} == {str(n + 1)}

    with ThreadPoolExecutor(16) as pool:
        for one in [pool.submit(enter, number) for number in range(16)]:
            one.result()
    stored = trial.stored(*keys)
    assert len(stored) == len(set(stored)) == 16 * rounds
    trial.installation.verified()


@on_sqlite
def test_disk_that_is_full_costs_nothing_that_was_saved_and_is_told_in_words(trial, tmp_path):
    room = sum(file.stat().st_size for file in tmp_path.glob("edc.db*")) // 1024 + 200
    server = trial.installation.serve(before=("bash", "-c", f'ulimit -f {room}; exec "$@"', "edc"))
    client = Client(server.url, CRC)
    for saved in range(2000):
        op = new_id()
        answer = client.save(SUBJECT, "NOTE", f"{saved} " + "x" * 400, base=saved, op=op)
        if answer.status != 200:
            break
    assert answer.status == 503
    assert "Nothing was stored" in answer.text
    assert "xxx" not in answer.text
    assert client.get("/healthz").status == 200
    server.kill()
    trial.installation.verified()
    assert len(trial.stored(SUBJECT)) == saved

    roomy = trial.installation.serve()
    again = client.at(roomy.url).save(SUBJECT, "NOTE", f"{saved} " + "x" * 400, base=saved, op=op)
    assert again.status == 200
    assert len(trial.stored(SUBJECT)) == saved + 1
    trial.installation.verified()


@on_sqlite
def test_server_starts_again_quickly_after_a_kill(trial):
    """Nothing is to be repaired by hand: no lock file, no journal, no port stands in the way."""
    server = trial.installation.serve()
    for _ in range(2):
        server.kill()
        begun = time.monotonic()
        server.start()
        assert time.monotonic() - begun < 20
