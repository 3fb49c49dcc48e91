def test_commands_come_sorted_by_name(plugins):
    assert [command.name for command in plugins("commanding").commands()] == ["preview", "tracer"]
