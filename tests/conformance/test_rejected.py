"""What an authority rejects in the findings of CDISC CORE keeps its package from being made: whole exports of a study."""

import dataclasses

import pytest
from edc_core_conformance.core_runner import read
from edc_core_country_jp.grades import GRADES

from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.metadata import DataType
from edc_core.domain.translated_text import Alias
from edc_core.errors import ExportRefused
from edc_core.ids import new_id
from edc_core.services import exporting
from edc_core.store import readers
from tests.conformance.core_environment import core_python  # noqa: F401 - a fixture
from tests.rendering.vital_signs import version
from tests.requirements import shared_folder  # noqa: F401 - a fixture
from tests.web.annotated import annotated
from tests.web.browsers import open_app, signing_in
from tests.web.trial import CLI, STUDY, SUBJECT, limited, make_core

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(600)]
BOOK, FORM = f"/s/{STUDY}/subjects/{SUBJECT}", "V2[1]/VS[1]"
WHY = "The study follows the children of its subjects."


def about_children():
    """Adverse events of a fetus, annotated with a variable that SDTM has for preclinical studies alone (SDTMIG 3.4, 2.2.1)."""
    definition = annotated(limited(version()), "edc-core-country-jp", "edc-core-country-us", CORE_000057=WHY)
    item = next(one for one in definition.items if one.oid == "AESTDAT")
    fetus = dataclasses.replace(
        item, oid="FETUS", name="FETUS", data_type=DataType.TEXT, aliases=(Alias("SDTM", "AE.FETUSID"),)
    )
    first, events = definition.item_groups
    ref = dataclasses.replace(events.item_refs[-1], item_oid="FETUS")
    return dataclasses.replace(
        definition,
        items=(*definition.items, fetus),
        item_groups=(first, dataclasses.replace(events, item_refs=(*events.item_refs, ref))),
    )


@pytest.fixture(scope="module")
def core(core_python, shared_folder, tmp_path_factory):  # noqa: F811
    standards = shared_folder / "standards"
    engine = {"EDC_CORE_PYTHON": core_python, "EDC_CORE_CACHE": str(standards / "core-cache")}
    core = make_core(tmp_path_factory.mktemp("rejected"), about_children(), of_plugins=engine)
    site = signing_in(open_app(core))("jiwoo@site.example")
    done(site.post(f"{BOOK}/items/{FORM}/IG.VS[1]/SEX", data={"op": new_id(), "value": "F", "base": "0"}))
    done(site.post(f"{BOOK}/rows/{FORM}/IG.AE", data={"op": new_id()}))
    for name, value in (("AETERM", "Fetal distress"), ("AESTDAT", "2026-03-04"), ("FETUS", "F1")):
        sent = {"op": new_id(), "value": value, "base": "0"}
        done(site.post(f"{BOOK}/items/{FORM}/IG.AE[1]/{name}", data=sent))
    yield core
    core.close()


def done(response):
    assert response.status_code < 400, response.text


def export(core, name, out):
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
    choice = ExportChoice(name, unlocked=True)
    asked = exporting.RequestExport(study_id=study_id, op=new_id(), choice=choice)
    return exporting.export(core, CLI, asked, out)


def test_pmda_takes_no_package_in_which_core_finds_what_it_rejects(core, tmp_path):
    """JP-B6: an explanation does not lift a Reject, and nothing is written."""
    with pytest.raises(ExportRefused, match=r"JP-PMDA does not take this package:\nCORE-000057 reject AE"):
        export(core, "package-pmda", tmp_path / "out")
    assert not list(tmp_path.rglob("*.xpt"))


def test_what_pmda_grades_are_rules_that_core_runs(shared_folder):  # noqa: F811
    rules = read(shared_folder / "standards/core-cache/rules.json.xz").values()
    assert {one.value.rule for one in GRADES} <= {one["core_id"] for one in rules}
    assert len({one.value.rule for one in GRADES}) == len(GRADES)
