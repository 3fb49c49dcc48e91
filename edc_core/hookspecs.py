"""All hooks a plugin may implement. A hook registers frozen objects; it never intercepts what the core does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import click

    from edc_core.domain.authenticator import Authenticator
    from edc_core.domain.conformance import ConformanceEngine
    from edc_core.domain.country import CountryStandard
    from edc_core.domain.dataset import Exporter
    from edc_core.domain.fact import Fact
    from edc_core.domain.finding import EditCheck
    from edc_core.domain.function import Function
    from edc_core.domain.imported import Importer
    from edc_core.domain.lock_check import LockCheck
    from edc_core.domain.page import InstallationPage, JobKind, Page, Panel
    from edc_core.domain.plugin_study import PluginStudy
    from edc_core.domain.scanner import Scanner
    from edc_core.domain.study_settings import StudySettings
    from edc_core.domain.study_view import CrossSubjectCheck
    from edc_core.domain.widget import ItemWidget

#: Version of the set of hooks. A minor step adds hooks or arguments, a major one takes some away.
HOOK_API = "0.7"

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
def edc_register_exporters(settings: Mapping[str, str]) -> Iterable[Exporter]:  # type: ignore[empty-body]
    """Offer file formats that can be exported.

    Called when formats are listed or written, for the installation.

    :param settings: the variables ``EDC_PLUGIN_...`` of this plugin by the rest of their names, and ``BASE_URL``; empty where
        formats are only listed.
    :returns: exporters with unique names.

    .. versionadded:: 0.1
    .. versionchanged:: 0.7 ``settings``
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
def edc_register_pages() -> Iterable[Page | InstallationPage]:  # type: ignore[empty-body]
    """Offer pages of every study, below ``/s/STUDY/x/PLUGIN``, and above all studies, below ``/x/PLUGIN``.

    Called once when a server starts, for the installation.

    :returns: pages; path and method are unique in the plugin.

    .. versionadded:: 0.2
    .. versionchanged:: 0.3 ``InstallationPage``, scripts and styles, several blocks
    """


@hookspec
def edc_register_panels() -> Iterable[Panel]:  # type: ignore[empty-body]
    """Offer parts of pages of the core.

    Called once when a server starts. A panel at home is shown to everybody with its action, one on a page of a study
    where the study names the plugin.

    :returns: panels with names that are unique in the plugin.

    .. versionadded:: 0.3
    """


@hookspec
def edc_register_jobs() -> Iterable[JobKind]:  # type: ignore[empty-body]
    """Offer long work that pages of the plugin ask for and a worker does.

    Called when a job is asked for or taken, for the installation.

    :returns: kinds with names that are unique in the plugin.

    .. versionadded:: 0.2
    """


@hookspec
def edc_register_authenticators(settings: Mapping[str, str]) -> Iterable[Authenticator]:  # type: ignore[empty-body]
    """Offer ways to prove who one is besides the password.

    Called once when a server starts, for the installation.

    :param settings: the variables ``EDC_PLUGIN_...`` of this plugin by the rest of their names, and ``BASE_URL``.
    :returns: authenticators with unique names; none where the settings do not ask for any.

    .. versionadded:: 0.3
    """


@hookspec
def edc_register_conformance_engines(settings: Mapping[str, str]) -> Iterable[ConformanceEngine]:  # type: ignore[empty-body]
    """Offer what looks through the files of an export by the rules of a standard.

    Called when an export is made, for the installation. An engine that cannot run is offered all the same: its report says why.

    :param settings: the variables of the installation that begin with ``EDC_CONFORMANCE_`` or ``EDC_CORE_`` (CDISC CORE), by
        their whole names.
    :returns: engines with unique names.

    .. versionadded:: 0.6
    """


# Registered for each study that names the plugin.


@hookspec
def edc_register_checks(  # type: ignore[empty-body]
    study: PluginStudy,
) -> Iterable[EditCheck | CrossSubjectCheck | LockCheck]:
    """Offer the edit checks this plugin adds to a study.

    Called once when a MetaDataVersion is published, and in each process that runs checks, for studies that name the
    plugin. Checks must be pure: same picture, same findings. A ``CrossSubjectCheck`` looks across subjects, a
    ``LockCheck`` says what is not settled when the study is to be locked.

    :param study: read-only description of the study: its definition, its sites' countries, its configuration for
        this plugin.
    :returns: checks with OIDs that are unique in the study and forms the study has; severity ``query`` or ``warning``.

    .. versionadded:: 0.1
    .. versionchanged:: 0.5 ``LockCheck``
    """


@hookspec
def edc_register_functions(study: PluginStudy) -> Iterable[Function]:  # type: ignore[empty-body]
    """Offer functions that the expressions of a study may call, in checks that ask.

    Called when a definition is checked or published, and in each process that runs checks, for studies that name the
    plugin. A function is pure: the same arguments, the same answer. A check that calls one runs after the value is
    stored, as the plugin's own checks do.

    :param study: as for ``edc_register_checks``; its definition may have faults still.
    :returns: functions with names that neither the language nor another plugin of the study has.

    .. versionadded:: 0.1
    """


@hookspec
def edc_register_country_standards(study: PluginStudy) -> Iterable[CountryStandard]:  # type: ignore[empty-body]
    """Offer what authorities ask of a study, as data.

    Called when a definition is checked or published, and where the standards of a study are shown or used, for studies
    that name the plugin. What is asked of forms and gates is written into the MetaDataVersion, so a version that was
    published stays as it is.

    :param study: as for ``edc_register_checks``; its definition may have faults still.
    :returns: standards with unique names; two plugins do not define one item.

    .. versionadded:: 0.5
    """


@hookspec
def edc_register_widgets() -> Iterable[ItemWidget]:  # type: ignore[empty-body]
    """Offer controls for items.

    Called once at start-up; offered to studies that name the plugin, the core's own to every study.

    :returns: widgets with unique names, each with its template.

    .. versionadded:: 0.1
    """


@hookspec
def edc_register_study_settings() -> Iterable[StudySettings]:  # type: ignore[empty-body]
    """Offer what looks at the settings that a study has for this plugin.

    Called when a definition is checked or published, for studies that name the plugin. What it fixes (a digest, for
    example) is published with the definition.

    :returns: at most one object.

    .. versionadded:: 0.7
    """


@hookspec
def edc_register_scanners() -> Iterable[Scanner]:  # type: ignore[empty-body]
    """Offer what tells identifiers of persons in texts.

    Called once at start-up; used in studies that name the plugin. The core evaluates them inside a write, so a scanner
    is data: a pattern and a rule of check digits.

    :returns: scanners with unique names.

    .. versionadded:: 0.4
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
