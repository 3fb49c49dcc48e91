"""All hooks a plugin may implement. A hook registers frozen objects; it never intercepts what the core does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click

    from edc_core.domain.dataset import Exporter
    from edc_core.domain.fact import Fact
    from edc_core.domain.finding import EditCheck
    from edc_core.domain.imported import Importer
    from edc_core.domain.page import JobKind, Page
    from edc_core.domain.plugin_study import PluginStudy
    from edc_core.domain.study_view import CrossSubjectCheck
    from edc_core.domain.widget import ItemWidget

#: Version of the set of hooks. A minor step adds hooks or arguments, a major one takes some away.
HOOK_API = "0.2"

hookspec = pluggy.HookspecMarker("edc_core")
hookimpl = pluggy.HookimplMarker("edc_core")


# Registered once, for the installation.


@hookspec
def edc_register_importers() -> Iterable[Importer]:  # type: ignore[empty-body]
    """Offer file formats that can be imported.

    Called once at start-up, for the installation.

    :returns: importers with unique names.

    .. versionadded:: 0.1
    """


@hookspec
def edc_register_exporters() -> Iterable[Exporter]:  # type: ignore[empty-body]
    """Offer file formats that can be exported.

    Called once at start-up, for the installation.

    :returns: exporters with unique names.

    .. versionadded:: 0.1
    """


@hookspec
def edc_register_commands() -> Iterable[click.Command]:  # type: ignore[empty-body]
    """Offer commands of the ``edc`` command line.

    Called once when the command line starts, for the installation. A command does its work through the services,
    as the core's own commands do.

    :returns: click commands or groups with unique names that the core does not use itself.

    .. versionadded:: 0.1
    """


@hookspec
def edc_register_study_commands() -> Iterable[click.Command]:  # type: ignore[empty-body]
    """Offer commands of ``edc study``, which work on definitions.

    Called once when the command line starts, for the installation.

    :returns: click commands with unique names that ``edc study`` does not use itself.

    .. versionadded:: 0.1
    """


@hookspec
def edc_register_pages() -> Iterable[Page]:  # type: ignore[empty-body]
    """Offer pages of every study, below ``/s/STUDY/x/PLUGIN``.

    Called once when a server starts, for the installation.

    :returns: pages; path and method are unique in the plugin.

    .. versionadded:: 0.2
    """


@hookspec
def edc_register_jobs() -> Iterable[JobKind]:  # type: ignore[empty-body]
    """Offer long work that pages of the plugin ask for and a worker does.

    Called when a job is asked for or taken, for the installation.

    :returns: kinds with names that are unique in the plugin.

    .. versionadded:: 0.2
    """


# Registered for each study that names the plugin.


@hookspec
def edc_register_checks(study: PluginStudy) -> Iterable[EditCheck | CrossSubjectCheck]:  # type: ignore[empty-body]
    """Offer the edit checks this plugin adds to a study.

    Called once when a MetaDataVersion is published, and in each process that runs checks, for studies that name the
    plugin. Checks must be pure: same picture, same findings. A ``CrossSubjectCheck`` looks across subjects.

    :param study: read-only description of the study: its definition, its sites' countries, its configuration for
        this plugin.
    :returns: checks with OIDs that are unique in the study and forms the study has; severity ``query`` or ``warning``.

    .. versionadded:: 0.1
    """


@hookspec
def edc_register_widgets() -> Iterable[ItemWidget]:  # type: ignore[empty-body]
    """Offer controls for items.

    Called once at start-up; offered to studies that name the plugin, the core's own to every study.

    :returns: widgets with unique names, each with its template.

    .. versionadded:: 0.1
    """


# Told after the fact.


@hookspec
def edc_after_commit(facts: tuple[Fact, ...]) -> None:
    """Learn what was committed in a study that names the plugin.

    Called after the transaction, in the process that runs plugin code; the result is ignored and a failure is logged.
    It may come again after a crash, so tell facts apart by ``op`` and ``path``.

    :param facts: what happened in one operation, in ledger order; without collected values.

    .. versionadded:: 0.1
    """
