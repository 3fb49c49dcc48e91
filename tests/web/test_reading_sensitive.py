"""Who is shown values that not everybody may see leaves a line in the access log, at whichever door (REQ-AUD-14)."""

import csv
import io

import pytest
from sqlalchemy import select

from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Role
from edc_core.domain.signature import Meaning
from edc_core.ids import new_id
from edc_core.services import exporting, signing, users
from edc_core.services.to_sign import Desk
from edc_core.store import readers
from edc_core.store.ledger_tables import access_log
from tests.rendering.vital_signs import ITEMS, item, version
from tests.web.browsers import open_app
from tests.web.one_of_each import account, client_of, open_core
from tests.web.route_rights import BOOK, HOME
from tests.web.trial import STUDY, SUBJECT, fill, limited

FORM = f"{BOOK}/V2/VS"
PLACE = "V2[1]/VS[1]"
INITIALS, SYSBP = (ItemPath.parse(f"{PLACE}/IG.VS[1]/{oid}") for oid in ("INITIALS", "SYSBP"))
SECRET = "Zebra"
HX = {"HX-Request": "true"}
#: What a coordinator or a monitor opens, and what the line says of it after the subject.
DOORS = {
    FORM: PLACE,
    f"{FORM}/history?item={INITIALS}": f"history {INITIALS}",
    f"{BOOK}/history": "history",
    f"{HOME}/x/trail": "trail",
    f"{HOME}/x/listings/items?part=[%22VS%22,%22%22]&column=INITIALS": "listing VS",
    f"{HOME}/x/listings/items.csv?part=[%22VS%22,%22%22]": "listing VS",
}


@pytest.fixture
def core(tmp_path):
    core = open_core(tmp_path)
    fill(core, limited(version((*ITEMS, item("INITIALS", question="Initials", sensitivity="identifying")))))
    for role in (Role.CRC, Role.CRA, Role.DM, Role.PI, Role.AUD):
        account(core, role)
    yield core
    core.close()


@pytest.fixture
def app(core):
    return open_app(core)


def save(client, path, value, base=0, **more):
    data = {"op": new_id(), "value": value, "base": base} | more
    assert client.post(f"{BOOK}/items/{path}", data=data, headers=HX).status_code == 200


def lines(core, login=""):
    with core.read() as source:
        rows = source.connection.execute(select(access_log).order_by(access_log.c.id)).all()
        study_id = readers.find_study(source.connection, STUDY).study_id
        subject = readers.subject_by_key(source.connection, study_id, SUBJECT).subject_id
    return [
        (row.login, row.detail.replace(f"subject:{subject} ", ""))
        for row in rows
        if row.action == "read identifying" and login in ("", row.login)
    ]


@pytest.mark.parametrize("door", DOORS)
def test_each_door_leaves_one_line_and_no_value(core, app, door):
    site, monitor, manager = (client_of(core, app, role) for role in (Role.CRC, Role.CRA, Role.DM))
    save(site, INITIALS, SECRET)
    assert lines(core) == [], "what a person types is no look at it"
    assert SECRET in site.get(door).text
    assert lines(core) == [("x.CRC", DOORS[door])]
    assert SECRET in monitor.get(door).text
    assert SECRET not in manager.get(door).text
    assert lines(core) == [("x.CRC", DOORS[door]), ("x.CRA", DOORS[door])]


@pytest.mark.parametrize("door", DOORS)
def test_nothing_is_noted_where_no_such_value_stands(core, app, door):
    site = client_of(core, app, Role.CRC)
    save(site, SYSBP, "120")
    assert site.get(door).status_code == 200
    assert lines(core) == []


def test_a_page_that_shows_one_costs_one_statement_more(core, app, count_statements):
    site = client_of(core, app, Role.CRC)
    save(site, SYSBP, "120")
    site.get(FORM)
    with count_statements() as without:
        site.get(FORM)
    save(site, INITIALS, SECRET)
    with count_statements() as with_one:
        site.get(FORM)
    more = [one for one in with_one if "access_log" in one]
    assert (len(more), len(with_one) - len(without)) == (1, 1)


def test_signing_and_verifying_are_looks_too(core, app):
    site, investigator, monitor = (client_of(core, app, role) for role in (Role.CRC, Role.PI, Role.CRA))
    save(site, INITIALS, SECRET)
    assert SECRET in investigator.get(f"{BOOK}/signature?scope={PLACE}").text
    assert SECRET in monitor.get(f"{HOME}/x/review/desk?subject={SUBJECT}&at=all").text
    assert lines(core) == [("x.PI", f"signature {PLACE}"), ("x.CRA", "review")]


def test_an_export_with_such_items_is_a_look_and_one_without_is_none(core, app, tmp_path):
    save(client_of(core, app, Role.CRC), INITIALS, SECRET)
    for role in (Role.DM, Role.AUD):
        with core.read() as source:
            study_id = readers.find_study(source.connection, STUDY).study_id
            actor = users.actor_of(source, f"x.{role}", users.today(core.clock))
        command = exporting.RequestExport(
            study_id=study_id, op=new_id(), choice=ExportChoice("csv", unlocked=role is Role.DM)
        )
        exporting.export(core, actor, command, tmp_path / role)
    assert lines(core) == [("x.AUD", "export csv")]


def test_the_access_log_shows_it_with_the_subjects_number(core, app):
    site, manager = client_of(core, app, Role.CRC), client_of(core, app, Role.DM)
    save(site, INITIALS, SECRET)
    site.get(FORM)
    page = manager.get(f"{HOME}/x/trail/access?what=read+identifying").text
    assert f"{SUBJECT} {PLACE}" in page
    text = manager.get(f"{HOME}/x/trail/access.csv?what=read+identifying").data.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["login"], row["detail"]) == ("x.CRC", f"{SUBJECT} {PLACE}")


def test_who_may_see_all_that_was_signed_takes_it_and_nobody_else(core, app):
    """A data manager views data (domain model 4.7), and so what was signed of them; where the study has an identifying
    item, what was signed holds one, and the data manager takes nothing of it.
    """
    site, investigator = client_of(core, app, Role.CRC), client_of(core, app, Role.PI)
    save(site, INITIALS, SECRET)
    form = f"{BOOK}/forms/{PLACE}/complete"
    assert (
        site.post(form, data={"op": new_id(), "version": "v1", "go": "stay"}, headers=HX).status_code == 200
    )
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        signer = users.actor_of(source, f"x.{Role.PI}", users.today(core.clock))
        subject = readers.subject_by_key(source.connection, study.study_id, SUBJECT)
        at = readers.sites(source.connection, study.study_id)[subject.site_id]
        sha256 = Desk(source, signer, study, subject, at).lay_out(ItemPath.parse(PLACE)).manifest.sha256
    command = signing.Sign(
        study_id=study.study_id, op=new_id(), subject_key=SUBJECT, path=ItemPath.parse(PLACE), sha256=sha256,
        meaning=Meaning.RESPONSIBILITY, component="password", accepts=True,
    )  # fmt: skip
    with core.write(signer) as uow:
        signing.sign(uow, command, core.files)
    taken = f"{BOOK}/signature/manifest?scope={PLACE}"
    assert SECRET in investigator.get(taken).text
    assert client_of(core, app, Role.CRA).get(taken).status_code == 200
    assert client_of(core, app, Role.DM).get(taken).status_code == 404
