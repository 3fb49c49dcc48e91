"""What made-up subjects of HERSC-301 answer because the standard of their country asks it, by the definition with all six standards."""

import pytest
from edc_core_simulate import hersc301_countries as countries
from edc_core_simulate import hersc301_logs as logs
from edc_core_simulate.case import BASE_DATE, make_case
from edc_core_simulate.chance import Chance
from edc_core_simulate.forms import CAREFUL, Filling
from edc_core_simulate.hersc301 import Hersc301
from edc_core_simulate.run import scheduled

from edc_core.domain.era import in_common_calendar
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.plugin_access import StudySite
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import publishing
from tests.plugins.simulate.conftest import HERSC_301

SITES = ("US-01", "DE-01", "FR-01", "GB-01", "KR-01", "JP-01", "CN-01")


@pytest.fixture(scope="module")
def index():
    return MetaDataIndex(publishing.check(EdcPlugins(), HERSC_301).version)


@pytest.fixture(scope="module")
def casebooks(index):
    """Of each country, the answers of six subjects by item: a list of each."""
    profile = Hersc301()
    filling = Filling(index, profile, CAREFUL)
    found = {}
    for site in SITES:
        answers = found[site[:2]] = {}
        for number in range(6):
            case = make_case(
                Chance("of the test"), number, StudySite("s", site, site[:2], "UTC"), scheduled(index), BASE_DATE, frozenset(),
                profile.days_to,
            )  # fmt: skip
            for event in filling.casebook(case):
                for form in event.forms:
                    for path, given in form.items.items():
                        answers.setdefault(path.item.rpartition(".")[2], []).append(given.raw)
    return found


def test_a_date_of_birth_is_as_exact_as_it_may_be_in_the_country(casebooks):
    lengths = {country: {len(day) for day in of["BRTHDAT"]} for country, of in casebooks.items()}
    assert lengths == lengths | {"DE": {4}, "FR": {7}, "GB": {7}, "KR": {7}, "US": {10}, "CN": {10}}


def test_a_date_of_birth_in_japan_is_typed_by_the_era_and_can_be_read(casebooks, index):
    typed = casebooks["JP"]["BRTHDAT"]
    assert {day[0] for day in typed} <= {"S", "H"}
    assert all(len(in_common_calendar(day, index.version.eras)) == 10 for day in typed)


def test_race_is_asked_nowhere_it_may_not_be(casebooks):
    assert {country for country, of in casebooks.items() if "RACE" in of} == {"KR", "JP"}
    own = {"US": {"USRACE", "USETHNIC"}, "GB": {"GBETHNIC"}, "CN": {"CNETHNIC"}}
    for country, of in casebooks.items():
        asked = {"USRACE", "USETHNIC", "GBETHNIC", "CNETHNIC"} & set(of)
        assert asked == own.get(country, set()), country


def test_every_consent_of_the_country_has_its_version_and_the_day_of_the_consent(casebooks):
    asked = {
        "KR": {"KRCT", "KRSEN", "KROVS", "KRHDM"}, "CN": {"CNPI", "CNSEN", "CNXB"}, "JP": {"JPSPC", "JPXFR"},
    }  # fmt: skip
    for country, of in casebooks.items():
        for one in (*countries.CONSENTS, *countries.TRANSFERS):
            versions, days = of.get(f"{one}VER", []), of.get(f"{one}DAT", [])
            assert bool(versions) is bool(days) is (one in asked.get(country, ())), (country, one)
            assert set(versions) <= {countries.VERSION}
            assert set(days) <= {day[:10] for day in of["RFICDAT"]}


def test_every_term_of_the_logs_has_its_word_and_its_code():
    events = {term for term, *_ in logs.EVENTS} | {
        *logs.BEFORE_TREATMENT,
        "Septic shock",
        "Pulmonary embolism",
    }
    assert set(countries.CHINESE) == events | {name for name, *_ in logs.MEDICINES}
    assert set(countries.DISEASES) == {term for term, _ in logs.HISTORY}


def test_codes_of_the_country_are_as_long_as_they_are(casebooks):
    lengths = {"KR": {"CMEDI": 9, "CMKDSTD": 13}, "JP": {"CMYJ": 12, "JLACLBHEM": 17}}
    for country, of in lengths.items():
        for name, length in of.items():
            assert {len(code) for code in casebooks[country][name]} == {length}, name
