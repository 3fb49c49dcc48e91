from dataclasses import replace


def test_functions_come_by_name_with_the_stamp_of_their_plugin(plugins, active, study):
    manager = plugins("speaking")
    result = manager.functions(study, active(manager, "speaking"))
    assert sorted(result.functions) == ["shout", "whisper"]
    (identity,) = [one for one in manager.installed if one.name == "speaking"]
    assert result.functions["shout"].plugin == identity.stamp
    assert result.functions["shout"].signature() == "shout(a text)"
    assert result.problems == ()


def test_plugins_of_other_studies_are_not_asked(plugins, active, study):
    manager = plugins("speaking", "speaking_too", "speaking_nonsense")
    result = manager.functions(study, active(manager, "speaking"))
    assert (sorted(result.functions), result.problems) == (["shout", "whisper"], ())
    assert manager.functions(study, active(manager)).functions == {}


def test_a_name_that_two_plugins_have_is_used_by_neither_and_both_are_named(plugins, active, study):
    manager = plugins("speaking", "speaking_too")
    result = manager.functions(study, active(manager, "speaking", "speaking_too"))
    assert sorted(result.functions) == ["sing", "whisper"]
    assert {problem.name for problem in result.problems} == {"speaking", "speaking_too"}
    assert "'shout' is registered more than once, by speaking 0 " in result.problems[0].text


def test_names_of_the_language_and_functions_that_cannot_be_called_are_refused(plugins, active, study):
    manager = plugins("speaking_badly")
    result = manager.functions(study, active(manager, "speaking_badly"))
    assert list(result.functions) == ["fine"]
    texts = [problem.text for problem in result.problems]
    for name in ("coalesce", "sum", "today", "own"):
        assert f"Function '{name}' has the name of a word of the language. Give it another name." in texts
    for name in ("Upper", "not", ""):
        assert any(text.startswith(f"'{name}' is no name for a function") for text in texts), name
    for name in ("typed", "listed", "answers", "many", "uncallable"):
        assert any(
            text.startswith(f"Function '{name}' is registered with a tuple of Kinds") for text in texts
        ), name
    assert len(texts) == 12


def test_a_plugin_that_registers_something_else_gives_no_half_set(plugins, active, study):
    manager = plugins("speaking_nonsense")
    result = manager.functions(study, active(manager, "speaking_nonsense"))
    assert result.functions == {}
    assert "where a Function is expected" in result.problems[0].text


def test_a_plugin_gets_its_own_configuration(plugins, active, study):
    manager = plugins("speaking")
    configured = replace(study, configuration={"speaking": {"quiet": True}})
    assert manager.functions(configured, active(manager, "speaking")).functions == {}
