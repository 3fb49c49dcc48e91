def test_standards_come_by_name_each_with_its_plugin(plugins, active, study):
    manager = plugins("of_two_countries")
    found = manager.country_standards(study, active(manager, "of_two_countries"))
    assert [(one.name, plugin.name) for one, plugin in found.standards] == [
        ("AA-ONE", "of_two_countries"),
        ("BB-TWO", "of_two_countries"),
    ]
    assert found.problems == ()


def test_plugins_of_other_studies_are_not_asked(plugins, active, study):
    manager = plugins("of_two_countries")
    assert manager.country_standards(study, active(manager)).standards == ()


def test_a_name_that_two_plugins_have_is_used_by_neither_and_both_are_named(plugins, active, study):
    manager = plugins("of_two_countries", "of_one_country")
    found = manager.country_standards(study, active(manager, "of_two_countries", "of_one_country"))
    assert [one.name for one, _ in found.standards] == ["BB-TWO"]
    assert {problem.name for problem in found.problems} == {"of_two_countries", "of_one_country"}
    assert "Country standard 'AA-ONE' is registered more than once" in found.problems[0].text


def test_a_plugin_that_chooses_what_there_is_not_is_a_problem_of_the_study(plugins, active, study):
    manager = plugins("of_no_country")
    found = manager.country_standards(study, active(manager, "of_no_country"))
    assert found.standards == ()
    assert "no such mode" in found.problems[0].text
