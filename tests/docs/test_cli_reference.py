import click
import pytest

from tests.docs.reference_pages import REFERENCE, commands, written_anew

COMMANDS = [pytest.param(command, id=path) for path, command, _ in commands()]


def test_the_page_is_what_the_commands_are():
    page = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    assert page == written_anew("cli.md"), "write it anew: python -m tests.docs.reference_pages"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_says_what_it_does(command):
    assert command.help
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert [one.name for one in options if not one.help] == []
