import re
from pathlib import Path


def test_roles_are_listed_in_words(edc):
    edc("study", "new", "DEMO-01")
    edc("study", "publish", "forms/demo-01")
    edc("user", "add", "kim", "--name", "Kim Minji", "--role", "CRC", "--study", "DEMO-01", "--site", "01")
    edc("user", "grant", "kim", "UAD")
    (row,) = edc("user", "list", "--json").json
    assert row == {
        "login": "kim",
        "name": "Kim Minji",
        "active": True,
        "roles": ["CRC in DEMO-01@dev, site 01", "UAD"],
    }
    assert "kim    Kim Minji  yes     CRC in DEMO-01@dev, site 01; UAD" in edc("user", "list").out


def test_a_role_is_given_for_the_sites_of_a_country(edc):
    edc("study", "new", "DEMO-01")
    study = Path("forms/demo-01/study.yaml")
    study.write_text(re.sub("country: [A-Z]{2}", "country: KR", study.read_text()))
    edc("study", "publish", "forms/demo-01")
    assert edc("user", "add", "kim", "--role", "CRC", "--study", "DEMO-01", "--country", "KR").code == 0
    assert edc("user", "grant", "kim", "CRA", "--study", "DEMO-01", "--country", "KR").code == 0
    (row,) = edc("user", "list", "--json").json
    assert row["roles"] == ["CRC in DEMO-01@dev, KR", "CRA in DEMO-01@dev, KR"]
    refused = edc("user", "grant", "kim", "DM", "--study", "DEMO-01", "--country", "FR")
    assert (refused.code, "No site is in a country 'FR'." in refused.err) == (2, True)


def test_an_inspector_is_let_in_by_one_command_for_the_days_of_the_inspection(edc):
    edc("study", "new", "DEMO-01")
    edc("study", "publish", "forms/demo-01")
    role = ("--role", "AUD", "--study", "DEMO-01")
    assert edc("user", "add", "insp", *role, "--from", "2020-03-02", "--to", "2999-12-31").code == 0
    (line,) = edc("user", "review", "DEMO-01", "--json").json
    assert [line[name] for name in ("login", "role", "where", "from", "to")] == [
        "insp", "AUD", "all sites", "2020-03-02", "2999-12-31"
    ]  # fmt: skip
    edc("user", "grant", "insp", "SRO", "--study", "DEMO-01", "--from", "2999-12-31")
    assert [one["role"] for one in edc("user", "review", "DEMO-01", "--json").json] == ["AUD"]
    refused = edc("user", "grant", "insp", "SRO", "--study", "DEMO-01", "--to", "soon")
    assert (refused.code, "'soon'" in refused.err) == (2, True)


def test_a_site_is_closed_and_opened_again(edc):
    edc("study", "new", "DEMO-01")
    edc("study", "publish", "forms/demo-01")
    assert [one["closed"] for one in edc("site", "list", "DEMO-01", "--json").json] == [""]
    assert "Site 01 is closed." in edc("site", "close", "DEMO-01", "01", "--reason", "It ended").out
    (site,) = edc("site", "list", "DEMO-01", "--json").json
    assert (site["number"], site["closed"] != "") == ("01", True)
    assert edc("site", "close", "DEMO-01", "02", "--reason", "It ended").code == 2
    assert edc("site", "open", "DEMO-01", "01", "--reason", "It goes on").code == 0
    assert edc("verify", "--rebuild").code == 0
