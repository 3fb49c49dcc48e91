import click

from edc_core.cli.groups import StudyGroup
from edc_core.cli.session import Session


def test_study_commands_come_sorted_by_name(plugins):
    assert [command.name for command in plugins("commanding").study_commands()] == ["check", "look", "print"]


def test_they_join_the_group_and_take_no_name_of_ours(plugins):
    group = StudyGroup("study", commands={"check": click.Command("check", help="Ours.")})
    session = Session()
    session.bare.plugins = plugins("commanding")
    context = click.Context(group, obj=session)
    assert group.list_commands(context) == ["check", "look", "print"]
    assert group.get_command(context, "check").help == "Ours."
    assert group.get_command(context, "print").help == "On paper."
    session.close()
