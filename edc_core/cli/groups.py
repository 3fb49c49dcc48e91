"""Groups of commands that plugins add to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from edc_core.cli.session import Session

if TYPE_CHECKING:
    from edc_core.plugin_manager import EdcPlugins


class PluginGroup(click.Group):
    """Our commands, and those of installed plugins that do not take one of our names."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._offered(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or self._offered(ctx).get(cmd_name)

    def offered(self, plugins: EdcPlugins) -> tuple[click.Command, ...]:
        """What plugins add to this group."""
        return plugins.commands()

    def _offered(self, ctx: click.Context) -> dict[str, click.Command]:
        session = ctx.ensure_object(Session)
        return {command.name or "": command for command in self.offered(session.bare.plugins)}


class StudyGroup(PluginGroup):
    """``edc study``."""

    def offered(self, plugins: EdcPlugins) -> tuple[click.Command, ...]:
        return plugins.study_commands()
