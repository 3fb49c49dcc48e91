"""What every command needs: the installation, the actor, and one way to print."""

from __future__ import annotations

import getpass
import os
import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
import orjson
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from edc_core.core import Core
from edc_core.domain.kept import Kept
from edc_core.domain.permission import Actor
from edc_core.domain.plugin_access import DefinitionAtHand, DefinitionRemark
from edc_core.errors import NotAllowed, NotSignedIn
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins, settings_of
from edc_core.services import (
    command_tokens,
    cuts,
    demo_people,
    export_tokens,
    exporting,
    importing,
    publishing,
    users,
)
from edc_core.services.notifying import Notifier
from edc_core.services.plugin_session import CorePluginSession, plugin_actor
from edc_core.services.study_access import CoreStudyAccess
from edc_core.services.version_names import find_version
from edc_core.settings import Settings
from edc_core.store import readers, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from edc_core.cli.playground import CorePlayground
    from edc_core.domain.archive import Restored, StudyArchive
    from edc_core.domain.export_choice import ExportChoice
    from edc_core.domain.imported import Imported
    from edc_core.domain.plugin_access import ImportReport, NamedVersion, PluginSession
    from edc_core.domain.study_access import StudyAccess


class Session:
    """Opened lazily, so that ``edc --help`` needs no database."""

    def __init__(self) -> None:
        self._core: Core | None = None
        self._kept = Kept()
        self.settings = Settings.from_env(os.environ)

    @property
    def core(self) -> Core:
        """The installation.

        :raises EdcError: the database was made by another release, or not at all.
        """
        core = self.bare
        schema.require_current(core.engine)
        if self.settings.mode == "production":
            with core.read() as source:
                demo_people.refuse_demo_accounts(source)
        return core

    @property
    def bare(self) -> Core:
        """The installation whatever its database looks like: for ``init`` and ``verify``."""
        if self._core is None:
            self._core = Core(self.settings, EdcPlugins(disable=self.settings.plugins_off, strict=False))
            Notifier(self._core).attach()
        return self._core

    def actor(self, as_user: str = "", *, environment: str = "dev") -> Actor:
        """Who acts: the command line itself, or a user named with ``--as`` and proved with ``EDC_TOKEN``.

        :raises NotAllowed: a live study without ``--as``. :raises NotSignedIn: no or another token.
        """
        if not as_user:
            if environment == "live":
                raise NotAllowed("A live study is changed by a person: say --as USER and set EDC_TOKEN.")
            return Actor(f"cli:{getpass.getuser()}", full_name="Command line", trusted=True)
        token = os.environ.get("EDC_TOKEN", "")
        with self.core.read() as source:
            if not token or not command_tokens.token_belongs(source, as_user, token):
                raise NotSignedIn(
                    f"EDC_TOKEN is no token of '{as_user}'. 'edc user token {as_user}' makes one."
                )
            return users.actor_of(source, as_user, users.today(self.core.clock))

    def use(self, settings: Settings) -> None:
        """Work with other settings from now on."""
        self.close()
        self._core = None
        self.settings = settings

    def settings_of(self, plugin: str) -> Mapping[str, str]:
        """See ``CommandLine``."""
        return settings_of(plugin, self.settings.of_plugins)

    def plugin_session(self, plugin: str, *, as_user: str = "") -> PluginSession:
        """See ``CommandLine``."""

        def actor(environment: str) -> Actor:
            return self.actor(as_user) if as_user else plugin_actor(plugin, environment)

        return CorePluginSession(self.core, actor)

    def definition(self, path: Path) -> DefinitionAtHand:
        """See ``CommandLine``."""
        settings = self.settings.of_plugins
        checked = publishing.check(self.bare.plugins, path, kept=self._kept, settings=settings)
        findings = tuple(
            DefinitionRemark(f.file, f.line, f.column, f.code, f.severity, f.message, f.suggestion, f.excerpt)
            for f in checked.findings
        )
        return DefinitionAtHand(checked.version if checked.is_publishable else None, findings)

    def find(self, study: str) -> readers.StudyRow:
        """A study by ``OID`` or ``OID@environment``. :raises NotFound: there is none."""
        with self.core.read() as source:
            return readers.find_study(source.connection, study)

    def study_access(self, plugin: str, study: str, *, as_user: str = "", recipe: str = "") -> StudyAccess:
        """See ``CommandLine``."""
        row = self.find(study)
        actor, _ = self._for_recipe(row, as_user, recipe)
        return CoreStudyAccess(self.core, actor, row, plugin, self._proved)

    def _proved(self, login: str, token: str) -> tuple[str, str]:
        """What proves who signs at a command line: the token of the user, once more."""
        with self.core.read() as source:
            if command_tokens.token_belongs(source, login, token):
                return "token", ""
        return "", "A signature needs --as USER and the token of that user in EDC_TOKEN."

    def seal_problems(self, sealed: Mapping[str, Any], key: str = "") -> tuple[str, ...]:
        """See ``CommandLine``."""
        from edc_core.ledger import snapshot_seal

        return snapshot_seal.problems(sealed, key)

    def _for_recipe(self, row: readers.StudyRow, as_user: str, recipe: str) -> tuple[Actor, str]:
        """Who acts, and the id of the token of the recipe by which; none for everybody else."""
        token = os.environ.get("EDC_TOKEN", "")
        if as_user or not (recipe and token):
            return self.actor(as_user, environment=row.environment), ""
        return export_tokens.bearer(self.core, row.study_id, token, recipe), export_tokens.id_of(token)

    def import_files(
        self, files: Sequence[Path], *, format_name: str, environment: str, as_user: str, with_data: bool,
        read: Callable[[Imported], None], progress: Callable[[int, int], None],
    ) -> ImportReport:  # fmt: skip
        """See ``CommandLine``."""
        staged = importing.stage(self.core, files, format_name=format_name)
        read(staged.imported)
        actor, env = self.actor(as_user, environment=environment), environment
        return importing.run(
            self.core, actor, staged, environment=env, with_data=with_data, progress=progress
        )

    def export(
        self, study: str, choice: ExportChoice, out: Path, *, as_user: str = "", recipe: str = "",
        progress: Callable[[int, int], None] = lambda done, total: None, analysis: Path | None = None,
    ) -> Mapping[str, Any]:  # fmt: skip
        """See ``CommandLine``."""
        core, row = self.core, self.find(study)
        choice = replace(choice, as_of=cuts.instant(choice.as_of)) if choice.as_of else choice
        actor, token = self._for_recipe(row, as_user, recipe)
        command = exporting.RequestExport(
            study_id=row.study_id, op=new_id(), choice=choice, recipe=recipe, token=token
        )
        return exporting.export(core, actor, command, out, progress=progress, analysis=analysis).manifest

    def restore(
        self, archive: StudyArchive, *, progress: Callable[[int, int], None] = lambda done, total: None
    ) -> Restored:
        """See ``CommandLine``."""
        from edc_core.services import restoring

        return restoring.restore(self.core, self.actor(), archive, tell=progress)

    def version(self, name: str, *, study: str = "") -> NamedVersion:
        """See ``CommandLine``."""
        with self.core.read() as source:
            row = readers.find_study(source.connection, study) if study else None
            return find_version(source, self.core.plugins, self.settings.of_plugins, name, of=row)

    def json_schemas(self) -> dict[str, dict[str, Any]]:
        """See ``CommandLine``."""
        from edc_core.definitions.json_schema import schemas

        return schemas()

    def playground(self) -> AbstractContextManager[CorePlayground]:
        """See ``CommandLine``."""
        from edc_core.cli.playground import open_playground

        return open_playground(self.settings, self.bare.plugins, self._kept)

    def progress(
        self, title: str, *, quiet: bool = False
    ) -> AbstractContextManager[Callable[[int, int], None]]:
        """See ``CommandLine``."""
        return progress(title, quiet=quiet)

    def print_json(self, value: object) -> None:
        """See ``CommandLine``."""
        print_json(value)

    def print_table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
        """See ``CommandLine``."""
        print_table(columns, rows, empty=empty)

    def close(self) -> None:
        if self._core is not None:
            self._core.close()


session_of: Callable[[Callable[..., Any]], Callable[..., Any]] = click.make_pass_decorator(Session)


def counted(number: int, one: str, many: str = "") -> str:
    """``1 chain``, ``2 chains``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def print_json(value: object) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode())


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """A plain table as wide as its cells, so that it can be cut and searched; or the sentence that says it is empty."""
    cells = [list(columns), *([str(cell) for cell in row] for row in rows)]
    if len(cells) == 1:
        click.echo(empty)
        return
    widths = [max(cell_len(row[position]) for row in cells) for position in range(len(columns))]
    for row in cells:
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


@contextmanager
def progress(title: str, *, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal; nothing where output is captured."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    done = TextColumn("{task.completed}/{task.total}")
    columns = (TextColumn("{task.description}"), BarColumn(), done, TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)
