def test_importers_come_sorted_by_name(plugins):
    assert [importer.name for importer in plugins("importing").importers()] == ["a", "b"]


def test_there_are_none_without_plugins(plugins):
    assert plugins().importers() == ()
