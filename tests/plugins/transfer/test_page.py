"""The page of transfers: a file is sent, looked at, stored by a worker, sent again, stopped, given up. On both databases."""

import hashlib
import io
import re

import pytest
from edc_core_transfer.jobs import STORE

from edc_core.api import JobRequest
from edc_core.core import Core
from edc_core.domain.permission import Role
from edc_core.errors import WrongState
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import users
from edc_core.services.study_access import CoreStudyAccess
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import readers
from edc_core.web.app import create_app
from tests.plugins.transfer.conftest import PK_MAP
from tests.web.trial import CLI, PASSWORD

HERE = "/s/TRIAL-1/x/transfer"
HEADER = "SUBJID;VISIT;REFID;SAMPDT;RESULT;UNIT\n"
ONE = HEADER + "S-001;Visit 1;R1;01.03.2026;12.5;microg/mL\n"
TWO = ONE + "S-002;Visit 1;R2;01.03.2026;7;microg/mL\n"


@pytest.fixture
def core(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(), clock)
    yield core
    core.close()


@pytest.fixture
def client_as(lab, core):
    app = create_app(core)
    app.config.update(WTF_CSRF_ENABLED=False)
    lab.sample("S-001", "R1")
    lab.sample("S-002", "R2")

    def signed_in(login="dana", role=Role.DM):
        with core.write(CLI) as uow:
            users.add_user(uow, users.AddUser(study_id="@system", op=new_id(), login=login, full_name=login))
            users.add_grant(uow, users.grant_for_sites(uow, login, role, lab.trial.study_id, ()))
            users.set_password(uow, login, PASSWORD)
        client = app.test_client()
        assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 303
        return client

    return signed_in


def send(client, content=ONE, *, text=PK_MAP, name="pk.csv", **more):
    data = {"op": new_id(), "file": (io.BytesIO(content.encode()), name), **more}
    if text:
        data["map"] = (io.BytesIO(text.encode()), "pk.yaml")
    return client.post(HERE, data=data)


def looked(client, core, content=ONE, **more):
    """The id of a look that is done, and its page."""
    answer = send(client, content, **more)
    assert answer.status_code == 303, answer.text
    Worker(core).run(once=True)
    look = re.search(r"look=([0-9a-f]+)", answer.headers["Location"])[1]
    return look, client.get(f"{HERE}?look={look}").text


def decide(client, look, do="store", **more):
    return client.post(f"{HERE}/decide", data={"op": new_id(), "look": look, "do": do, **more})


def counts(page):
    return [int(n) for n in re.findall(r'<td class="r">(\d+)</td>', page)]


def test_a_file_is_looked_at_and_stored_and_again_changes_nothing(client_as, lab, core):
    """REQ-EXP-05, REQ-AUD-13."""
    client = client_as()
    look, page = looked(client, core, ONE + "S-001;Visit 1;R9;01.03.2026;1;ug/mL\n")
    assert counts(page) == [
        2,
        1,
        0,
        0,
        1,
        0,
        1,
        0,
    ]  # rows, new, changed, same, rejected, empty, subjects, queries
    assert "Nobody entered this reference id. Ask the site, or correct the file." in page
    assert "12.50 ug/mL" in page
    part = client.get(f"{HERE}?look={look}", headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="at-hand"')
    assert "12.50 ug/mL" in part.text
    assert lab.value("S-001", "PC.RES") is None
    rejects = client.get(f"{HERE}/looks/{look}/rejects.csv")
    assert "3,TRF106,S-001," in rejects.text
    assert decide(client, look).status_code == 303
    Worker(core).run(once=True)
    assert lab.value("S-001", "PC.RES").value == "12.50"
    page = client.get(f"{HERE}?look={look}").text
    assert "Stored " in page
    (start,) = [e["payload"] for e in lab.trial.entries() if e["kind"] == "import.start"]
    digest = hashlib.sha256((ONE + "S-001;Visit 1;R9;01.03.2026;1;ug/mL\n").encode()).hexdigest()
    assert (start["files"], start["sha256"], start["map_text"]) == (["pk.csv"], digest, PK_MAP)
    home = client.get(HERE).text
    assert digest in home
    assert "1 added, 0 changed, 1 rejected rows" in home
    entries = verify(core, rebuild=True)
    assert entries.ok, entries.problems
    _, page = looked(client, core, ONE)
    assert counts(page) == [1, 0, 0, 1, 0, 0, 0, 0]
    assert "There is nothing to store" in page
    assert 'value="store"' not in page
    assert verify(core, rebuild=True).entries == entries.entries


def test_a_map_that_was_used_is_offered_and_taken(client_as, lab, core):
    client = client_as()
    look, _ = looked(client, core)
    assert 'name="kept"' not in client.get(HERE).text
    decide(client, look)
    Worker(core).run(once=True)
    kept = hashlib.sha256(PK_MAP.encode()).hexdigest()
    assert f'<option value="{kept}">PK-LAB: pk.yaml' in client.get(HERE).text
    _, page = looked(client, core, TWO, text="", kept=kept)
    assert counts(page)[:4] == [2, 1, 0, 1]


def test_a_change_needs_a_reason_which_every_entry_keeps(client_as, lab, core):
    client = client_as()
    look, _ = looked(client, core)
    decide(client, look)
    Worker(core).run(once=True)
    look, page = looked(client, core, ONE.replace("12.5", "13.5"))
    assert "12.50 ug/mL" in page
    refused = decide(client, look)
    assert refused.status_code == 422
    assert "Values that are there change. Say why" in refused.text
    decide(client, look, reason="Lab corrected it")
    Worker(core).run(once=True)
    last = [e for e in lab.trial.entries("S-001") if e["path"].endswith("PC.RES")][-1]
    assert (last["payload"]["value"], last["reason_text"], last["actor"]) == (
        "13.50",
        "Lab corrected it",
        "dana",
    )


def test_what_changed_since_the_look_is_looked_at_again(client_as, lab, core):
    client = client_as()
    look, _ = looked(client, core)
    lab.run(lab.file("S-001;Visit 1;R1;01.03.2026;99;ug/mL"))
    decide(client, look)
    Worker(core).run(once=True)
    assert "is not what was approved" in client.get(f"{HERE}?look={look}").text
    assert lab.value("S-001", "PC.RES").value == "99.00"


def test_what_was_given_up_is_gone_and_stored_by_nobody(client_as, lab, core):
    client = client_as()
    look, _ = looked(client, core)
    assert decide(client, look, "give up").status_code == 303
    assert not [one for one in core.settings.files_dir.glob("staged/*/??/*") if b"12.5" in one.read_bytes()]
    page = client.get(f"{HERE}?look={look}").text
    assert "It was given up" in page
    assert decide(client, look).status_code == 422
    assert client.get(f"{HERE}/looks/{look}/changes.csv").status_code == 404
    assert lab.value("S-001", "PC.RES") is None


def test_a_store_that_is_stopped_keeps_whole_subjects_and_goes_on_when_sent_again(client_as, lab, core):
    client = client_as()
    look, _ = looked(client, core, TWO)
    decide(client, look)
    with core.read() as source:
        dana = users.actor_of(source, "dana", users.today(core.clock))
        study = readers.study_by_id(source.connection, lab.trial.study_id)
    access = CoreStudyAccess(core, dana, study, "transfer")
    (job,) = access.jobs(STORE.name)

    def tell(done, total):
        if done == 1:
            decide(client, look, "give up")

    with pytest.raises(WrongState, match="It was stopped after 1 of 2 subjects; these are stored"):
        STORE.carry_out(JobRequest(access, job.request, tell))
    assert lab.value("S-001", "PC.RES").value == "12.50"
    assert lab.value("S-002", "PC.RES") is None
    look, page = looked(client, core, TWO)  # the worker meets the job that was stopped, too
    assert counts(page)[:4] == [2, 1, 0, 1]
    assert decide(client, look).status_code == 303
    Worker(core).run(once=True)
    assert lab.value("S-002", "PC.RES").value == "7.00"
    assert verify(core, rebuild=True).ok


def test_a_map_that_does_not_fit_says_where(client_as, core):
    _, page = looked(client_as(), core, text=PK_MAP.replace("item: RES", "item: NOPE"))
    assert "This file cannot be looked at with this map." in page
    assert "TRF002" in page


@pytest.mark.parametrize(
    ("content", "name", "text", "says"),
    [
        (ONE, "pk.pdf", PK_MAP, "is of another kind"),
        ("%PDF-1.7", "pk.csv", PK_MAP, "does not hold what its name says"),
        (ONE, "pk.csv", "", "Choose the map"),
    ],
)
def test_what_cannot_be_looked_at_is_refused_at_once(client_as, content, name, text, says):
    answer = send(client_as(), content, name=name, text=text)
    assert answer.status_code == 422
    assert says in answer.text


def test_nobody_sees_what_another_sent(client_as, core):
    look, _ = looked(client_as(), core)
    other = client_as("erik")
    assert other.get(f"{HERE}?look={look}").status_code == 404
    assert other.get(f"{HERE}/looks/{look}/changes.csv").status_code == 404
    assert decide(other, look).status_code == 404
    assert client_as("mona", Role.CRA).get(HERE).status_code == 403
