"""What an authority rejects in the findings of CDISC CORE keeps its package from being made: whole exports of a study."""

import dataclasses
import re

import pypdf
import pytest
from edc_core_conformance.core_runner import read
from edc_core_country_jp.grades import GRADES

from edc_core.api import ConformanceReport
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.metadata import DataType
from edc_core.domain.permission import Role
from edc_core.domain.translated_text import Alias
from edc_core.errors import ExportRefused
from edc_core.ids import new_id
from edc_core.services import exporting, users
from edc_core.store import readers
from tests.conformance.core_environment import core_python  # noqa: F401 - a fixture
from tests.rendering.vital_signs import version
from tests.requirements import shared_folder  # noqa: F401 - a fixture
from tests.web.annotated import annotated
from tests.web.browsers import open_app, signing_in
from tests.web.trial import CLI, STUDY, SUBJECT, limited, make_core

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(600)]
BOOK, FORM = f"/s/{STUDY}/subjects/{SUBJECT}", "V2[1]/VS[1]"
OTHER = "DE01-0001"
WHY = "The study follows the children of its subjects."


def with_items(definition, **places):
    """The definition with other items of an adverse event. :param places: the variable of SDTM of each, by its name."""
    dated = next(one for one in definition.items if one.oid == "AESTDAT")
    first, events = definition.item_groups
    items = tuple(
        dataclasses.replace(
            dated, oid=name, name=name, aliases=(Alias("SDTM", f"AE.{place}"),),
            data_type=dated.data_type if place.endswith("DTC") else DataType.TEXT,
        )
        for name, place in places.items()
    )  # fmt: skip
    refs = tuple(dataclasses.replace(events.item_refs[-1], item_oid=name) for name in places)
    return dataclasses.replace(
        definition,
        items=(*definition.items, *items),
        item_groups=(first, dataclasses.replace(events, item_refs=(*events.item_refs, *refs))),
    )


def about_children():
    """Adverse events of a fetus, annotated with a variable that SDTM has for preclinical studies alone (SDTMIG 3.4, 2.2.1)."""
    definition = annotated(limited(version()), "edc-core-country-jp", "edc-core-country-us", CORE_000057=WHY)
    return with_items(definition, FETUS="FETUSID")


def coded(**explanations):
    """Adverse events that are coded and have an end, so that PMDA rejects nothing of them."""
    definition = annotated(limited(version()), "edc-core-country-jp", **explanations)
    return with_items(definition, DECOD="AEDECOD", SER="AESER", END="AEENDTC")


@pytest.fixture(scope="module")
def filled(core_python, shared_folder, tmp_path_factory):  # noqa: F811
    """Opens a core on a definition, with an adverse event of the subject. :param everybody: the sex of the other one is given too."""
    cores = []
    cache = shared_folder / "standards/core-cache"

    def fill(definition, event, *, everybody=False):
        engine = {"EDC_CORE_PYTHON": core_python, "EDC_CORE_CACHE": str(cache)}
        core = make_core(tmp_path_factory.mktemp("rejected"), definition, of_plugins=engine)
        cores.append(core)
        if everybody:
            work_at(core, "DE-01")
        entering = signing_in(open_app(core))("jiwoo@site.example")
        for subject in (SUBJECT, OTHER) if everybody else (SUBJECT,):
            place = f"/s/{STUDY}/subjects/{subject}/items/{FORM}/IG.VS[1]/SEX"
            done(entering.post(place, data={"op": new_id(), "value": "F", "base": "0"}))
        done(entering.post(f"{BOOK}/rows/{FORM}/IG.AE", data={"op": new_id()}))
        for name, value in event.items():
            sent = {"op": new_id(), "value": value, "base": "0"}
            done(entering.post(f"{BOOK}/items/{FORM}/IG.AE[1]/{name}", data=sent))
        return core

    yield fill
    for core in cores:
        core.close()


def work_at(core, number):
    """The nurse of the other site enters data at this one too."""
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        sites = {one.number: one.site_id for one in readers.sites(source.connection, study.study_id).values()}
    with core.write(CLI) as uow:
        users.add_grant(
            uow,
            users.AddGrant(
                study_id="@system", op=new_id(), login="jiwoo@site.example", role=Role.CRC,
                granted_study_id=study.study_id, scope="sites", site_ids=frozenset({sites[number]}),
            ),
        )  # fmt: skip


def done(response):
    assert response.status_code < 400, response.text


def export(core, name, out):
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
    choice = ExportChoice(name, unlocked=True)
    asked = exporting.RequestExport(study_id=study_id, op=new_id(), choice=choice)
    return exporting.export(core, CLI, asked, out)


def test_pmda_takes_no_package_in_which_core_finds_what_it_rejects(filled, tmp_path):
    """JP-B6: an explanation does not lift a Reject, and nothing is written."""
    core = filled(about_children(), {"AETERM": "Fetal distress", "AESTDAT": "2026-03-04", "FETUS": "F1"})
    with pytest.raises(
        ExportRefused, match=r"JP-PMDA does not take this package:\nCORE-000057 reject AE"
    ) as refused:
        export(core, "package-pmda", tmp_path / "out")
    said = refused.value.message
    assert re.search(r"CORE-00035[56] reject AE, ", said), "it is not coded, and AEDECOD is required"
    assert re.search(r"CORE-000356 reject DM, record \d, SEX: ", said), (
        "of the other subject it is empty (SD0002)"
    )
    assert not list(tmp_path.rglob("*.xpt"))


BACKWARDS = {
    "AETERM": "Headache",
    "AESTDAT": "2026-03-04",
    "DECOD": "Headache",
    "SER": "N",
    "END": "2026-03-01",
}
AGE = "The age is not collected in this trial."
LATE = "The end was typed before the beginning; a query stands open on it."


def test_pmda_wants_a_word_on_each_error_that_core_finds_and_then_takes_the_package(filled, tmp_path):
    core = filled(coded(CORE_001043=AGE), BACKWARDS, everybody=True)
    with pytest.raises(ExportRefused, match=r"JP-PMDA wants an explanation of each error\.") as refused:
        export(core, "package-pmda", tmp_path / "refused")
    assert "by the name of the rule (CORE-000718):\nCORE-000718 error AE, record 1, " in refused.value.message
    assert not list(tmp_path.rglob("*.xpt"))

    core = filled(coded(CORE_001043=AGE, CORE_000718=LATE), BACKWARDS, everybody=True)
    made = export(core, "package-pmda", tmp_path / "taken")
    report = ConformanceReport.of_json((made.folder / "reports/conformance.json").read_bytes())
    assert {one.rule for one in report.findings if one.severity == "error"} == {"CORE-000718", "CORE-001043"}
    open_ones = {one.severity for one in report.findings if not one.explanation}
    assert open_ones == {"warning", ""}, "what PMDA calls a warning and what has no grade stop nothing"
    guide = pypdf.PdfReader(next(made.folder.rglob("sdrg.pdf")))
    text = " ".join("".join(page.extract_text() for page in guide.pages).replace("\u200b", "").split())
    for words in ("CORE-000718 (SD0013)", LATE, "Not graded: PMDA has no grade", "PMDA rules 6.0"):
        assert words in text


def test_what_pmda_grades_are_rules_that_core_runs(shared_folder):  # noqa: F811
    rules = read(shared_folder / "standards/core-cache/rules.json.xz").values()
    assert {one.value.rule for one in GRADES} <= {one["core_id"] for one in rules}
