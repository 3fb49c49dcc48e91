"""CDISC CORE asks its rules of the terminology that the study states: whole exports, with the engine itself."""

import dataclasses
import json
import lzma
import shutil

import pypdf
import pytest

from edc_core.api import ConformanceReport
from edc_core.domain.metadata import PluginUse
from edc_core.domain.translated_text import Alias
from edc_core.ids import new_id
from tests.conformance.core_environment import core_python  # noqa: F401 - a fixture
from tests.conformance.nci_evs import as_published
from tests.conformance.test_rejected import BOOK, FORM, done, export
from tests.rendering.vital_signs import version
from tests.requirements import shared_folder  # noqa: F401 - a fixture
from tests.web.annotated import annotated
from tests.web.browsers import open_app, signing_in
from tests.web.trial import limited, make_core

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(600)]
STATED, NEWER = "2025-03-28", "2026-03-27"
YES, UNKNOWN = "C49488", "C999999"
#: Rules of SDTMIG 3.4 that look something up in a terminology: TSVCDVER, DOMAIN and TSVALCD.
NEED_TERMS = {"CORE-000761", "CORE-000929", "CORE-001080"}


def stating():
    """The small trial. It states a terminology and says two values of TS with codes: one is in it, the other in none."""
    definition = annotated(limited(version()), "edc-core-country-us")
    summary = Alias("SDTM.TS", f"RANDOM = Y; TPHASE = PHASE III TRIAL ({UNKNOWN})")
    uses = (*definition.plugins, PluginUse("edc-core-sdtm", "", settings=(("terminology", STATED),)))
    return dataclasses.replace(
        definition, protocol_aliases=(*definition.protocol_aliases, summary), plugins=uses
    )


def cache_of(folder, standards, *releases):
    """The cache of the engine with other terminologies: of a newer one the code of "Y" is gone."""
    shutil.copytree(standards / "core-cache", folder)
    folder.chmod(0o755)
    whole = folder / f"sdtmct-{STATED}.json.xz"
    text = lzma.decompress(whole.read_bytes()).decode()
    whole.unlink()
    for release in releases:
        changed = text if release == STATED else text.replace(f'"{YES}"', '"C1"')
        (folder / f"sdtmct-{release}.json.xz").write_bytes(lzma.compress(changed.encode(), preset=0))
    return folder


@pytest.fixture(scope="module")
def report_with(core_python, shared_folder, tmp_path_factory):  # noqa: F811
    """Makes a package of the trial with a cache that has some terminologies: its report, manifest and guide."""
    standards, folder = shared_folder / "standards", tmp_path_factory.mktemp("stating")

    def make(*releases):
        here = folder / "-".join(releases)
        here.mkdir()
        of_plugins = {
            "EDC_CORE_PYTHON": core_python,
            "EDC_CORE_CACHE": str(cache_of(here / "cache", standards, *releases)),
            "EDC_SDTM_TERMINOLOGY": str(as_published(standards / f"ct/sdtmct-{STATED}.csv", here, STATED)),
        }
        core = make_core(here, stating(), of_plugins=of_plugins)
        site = signing_in(open_app(core))("jiwoo@site.example")
        done(site.post(f"{BOOK}/items/{FORM}/IG.VS[1]/SEX", data={"op": new_id(), "value": "F", "base": "0"}))
        made = export(core, "package-fda", here / "out")
        core.close()
        report = ConformanceReport.of_json((made.folder / "reports/conformance.json").read_bytes())
        guide = pypdf.PdfReader(next(made.folder.rglob("csdrg.pdf")))
        text = "".join(page.extract_text() for page in guide.pages)
        return report, made.manifest, " ".join(text.replace("\u200b", "").split())

    return make


def core_of(report):
    return next(one for one in report.rule_sets if one.name == "CDISC CORE")


def test_findings_are_against_the_terminology_of_the_study_where_the_cache_has_a_newer_one(report_with):
    report, manifest, guide = report_with(STATED, NEWER)
    rules = core_of(report)
    assert rules.version == f"0.17.1, SDTMIG 3.4, sdtmct-{STATED}"
    assert report.errors == ()
    found = [one for one in report.findings if one.rule in NEED_TERMS]
    assert [(one.rule, one.dataset) for one in found] == [("CORE-001080", "TS")]
    assert UNKNOWN in found[0].value
    assert YES not in found[0].value
    assert manifest["made_with"][f"CDISC CORE {rules.version}"] == rules.sha256
    assert f"sdtmct-{STATED}" in guide
    assert f"sdtmct-{NEWER}" not in json.dumps(manifest) + guide


def test_where_the_cache_lacks_it_no_other_is_taken_and_what_was_not_asked_is_said(report_with):
    report, _, guide = report_with(NEWER)
    rules = core_of(report)
    assert rules.version.endswith(f"without sdtmct-{STATED}, which the cache of rules does not have")
    assert {one.rule for one in rules.failed if f"terminology sdtmct-{STATED}" in one.why} == NEED_TERMS
    assert not NEED_TERMS & {one.rule for one in report.findings}
    assert rules.run > 100, "and every other rule"
    assert set(guide.split()) >= NEED_TERMS
    assert f"It needs the terminology sdtmct-{STATED}, which define.xml names" in guide
