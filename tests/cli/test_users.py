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
