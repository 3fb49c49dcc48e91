"""What ``edc --help`` and the helps of its groups say of each command is a sentence, not the beginning of one."""

import click
import pytest

from edc_core.cli.main import edc
from edc_core.cli.session import Session


def groups(context=None):
    """``edc`` and every group below it, those of plugins among them, with its context."""
    context = context or click.Context(edc, info_name="edc", obj=Session())
    yield pytest.param(context, id=context.command_path)
    for name in context.command.list_commands(context):
        command = context.command.get_command(context, name)
        if isinstance(command, click.Group):
            yield from groups(click.Context(command, info_name=name, parent=context, obj=context.obj))


@pytest.mark.parametrize("group", [*groups()])
def test_no_description_is_cut_in_the_middle(group):
    formatter = click.HelpFormatter(width=78)  # as on a terminal of 80 columns
    group.command.format_commands(group, formatter)
    assert [line for line in formatter.getvalue().splitlines() if line.endswith("...")] == []
