"""From a definition folder to a MetaDataVersion in force: check everything, resolve plugins, publish."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from edc_core.check_host.running import run_check
from edc_core.check_host.running_across import run_across
from edc_core.collector import collector_resting
from edc_core.definitions import loader
from edc_core.definitions.countries import extended, redefined, warned_of
from edc_core.definitions.findings import DefinitionFinding
from edc_core.definitions.kept_rules import KeptRules
from edc_core.definitions.lint import Lint
from edc_core.definitions.lint_schedule import check_secrets
from edc_core.definitions.lint_study import reviewed_first
from edc_core.domain import metadata_json, scanner
from edc_core.domain.casebook import Casebook, Subject
from edc_core.domain.casebook_picture import CasebookPicture
from edc_core.domain.form_checks import check_oid, declared_oids
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.kept import Kept
from edc_core.domain.plugin_access import StudyCheck
from edc_core.domain.plugin_study import PluginStudy
from edc_core.expressions.examples import BadExample, example_data
from edc_core.expressions.names import StudyNames
from edc_core.expressions.plugin_calls import called_functions
from edc_core.expressions.rules import compile_rules
from edc_core.plugin_manager import NO_SETTINGS
from edc_core.services import examples_across, studies
from edc_core.services.check_list import check_rows
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from edc_core.core import Core
    from edc_core.domain.function import Function
    from edc_core.domain.metadata import CheckExample, MetaDataVersion
    from edc_core.domain.permission import Actor
    from edc_core.domain.plugin_identity import PluginFailure
    from edc_core.plugin_manager import EdcPlugins
    from edc_core.plugin_offers import RegisteredCheck, RegisteredCross, StudyChecks
    from edc_core.store.unit_of_work import Source


@dataclass(frozen=True, slots=True)
class CheckedDefinition:
    """A folder as it was found: the version it makes (with its plugins resolved), findings, and how to list its checks."""

    version: MetaDataVersion | None
    findings: tuple[DefinitionFinding, ...]
    checks: Callable[[], tuple[StudyCheck, ...]] = tuple

    @property
    def is_publishable(self) -> bool:
        return self.version is not None and all(finding.severity != "error" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Published:
    """The outcome: ``result`` is ``None`` when findings forbade it."""

    result: dict[str, Any] | None
    findings: tuple[DefinitionFinding, ...]


@collector_resting()
def check(
    plugins: EdcPlugins,
    path: Path,
    *,
    kept: Kept | None = None,
    published: Callable[[str], MetaDataVersion | None] = lambda _: None,
    settings: Mapping[str, str] = NO_SETTINGS,
) -> CheckedDefinition:
    """Load a folder and everything its plugins add; all findings in one run.

    :param kept: see ``loader.load``; a turn of it begins here. :param published: see ``loader.load``.
    :param settings: every variable ``EDC_...`` of the installation; without them plugins know nothing of what lies in it.
    """
    from edc_core.services.setting_checks import settings_checked  # which a server seldom needs

    kept = kept or Kept()
    kept.begin()
    study_file = str(path / "study.yaml")
    findings: list[DefinitionFinding] = []

    def extend(version: MetaDataVersion) -> MetaDataVersion:
        """Standards of countries, in the order of their names; none of them where two define one thing."""
        study, active = PluginStudy.of(MetaDataIndex(version), "dev"), plugins.activate(version.plugins)
        offered = plugins.country_standards(study, active)
        findings.extend(_refused(study_file, offered.problems))
        twice = list(redefined((one, identity.name) for one, identity in offered.standards))
        findings.extend(DefinitionFinding(study_file, 0, 0, "E506", text) for text in twice)
        warned = warned_of(version, [one for one, _ in offered.standards])
        findings.extend(DefinitionFinding(study_file, 0, 0, "W507", text) for text in warned)
        return version if twice else extended(version, [one for one, _ in offered.standards])

    def functions(version: MetaDataVersion) -> Mapping[str, Function]:
        active = plugins.activate(version.plugins)
        offered = plugins.functions(PluginStudy.of(MetaDataIndex(version), "dev"), active)
        findings.extend(DefinitionFinding(study_file, 0, 0, "E501", one.text) for one in active.findings)
        findings.extend(_refused(study_file, offered.problems))
        return offered.functions

    loaded = loader.load(path, published=published, functions=functions, extend=extend, kept=kept)
    if loaded.version is None:
        return CheckedDefinition(None, (*loaded.findings, *dict.fromkeys(findings)))
    active = plugins.activate(loaded.version.plugins)
    version = as_published(plugins, loaded.version, kept)
    version, said_of_settings = settings_checked(plugins, version, settings, loaded.places)
    findings += said_of_settings
    index = MetaDataIndex(version)
    offered = plugins.checks(PluginStudy.of(index, "dev"), active)
    findings += _refused(study_file, offered.problems)
    said = scanner.refusals(active.scanners, version.policy)
    findings += [DefinitionFinding(study_file, 0, 0, "E505", text) for text in said]
    if version.plugins and not (active.findings or offered.problems):
        checks = {*declared_oids(index), *(one.check.oid for one in offered.all)}
        findings += reviewed_first(version, checks, study_file)
    findings += _coded_examples(index, offered, study_file)
    return CheckedDefinition(
        version, (*loaded.findings, *dict.fromkeys(findings)), partial(check_rows, index, offered)
    )


def check_as_next(
    source: Source, plugins: EdcPlugins, path: Path, settings: Mapping[str, str]
) -> CheckedDefinition:
    """The same of the next version of what may have been published before: SAS names that were given then stay."""
    return check(plugins, path, published=partial(_newest, source), settings=settings)


def _newest(source: Source, oid: str) -> MetaDataVersion | None:
    """What was published last, in live if anything was, else in uat: the same names are then proposed for both."""
    known = {row.environment: row for row in readers.studies(source.connection) if row.oid == oid}
    row = next((known[environment] for environment in ("live", "uat", "dev") if environment in known), None)
    if row is None or not row.meta_data_version:
        return None
    return source.versions.get(source.connection, row.study_id, row.meta_data_version).version


def as_published(plugins: EdcPlugins, version: MetaDataVersion, kept: Kept | None = None) -> MetaDataVersion:
    """A version with its plugins resolved, and with what must be known of them where they are not asked."""
    resolved = replace(version, plugins=plugins.activate(version.plugins).resolved, functions=())
    return with_plugins(plugins, resolved, kept)


def with_plugins(plugins: EdcPlugins, version: MetaDataVersion, kept: Kept | None = None) -> MetaDataVersion:
    """A version with the gates of its countries, and with what its rules must know of the functions of plugins that they
    call, as far as these are there.
    """
    index, active = MetaDataIndex(version), plugins.activate(version.plugins)
    study = PluginStudy.of(index, "dev")
    standards = plugins.country_standards(study, active).standards
    gates = tuple(
        replace(fact.value, standard=one.name, countries=one.countries)
        for one, _ in standards
        for fact in one.gates
    )
    eras = tuple(
        replace(era, countries=one.countries)
        for one, _ in standards
        for fact in one.locale
        for era in fact.value.eras
    )
    version = replace(version, gates=gates, eras=eras)
    offered = plugins.functions(study, active).functions
    if not offered:
        return version
    called = called_functions(KeptRules(index, offered, kept or Kept()).book(), offered)
    return replace(version, functions=called or version.functions)


def _refused(file: str, problems: tuple[PluginFailure, ...]) -> list[DefinitionFinding]:
    return [
        DefinitionFinding(file, 0, 0, "E502", f"Plugin {failure.name} {failure.version}: {failure.text}")
        for failure in problems
    ]


def _coded_examples(index: MetaDataIndex, offered: StudyChecks, file: str) -> Iterator[DefinitionFinding]:
    """Run the examples of plugins' checks, as those of declared ones are run when a folder is read."""
    names = StudyNames(index)
    forms = {form.name: form.oid for form in index.version.forms} | {
        f.oid: f.oid for f in index.version.forms
    }

    def coded(one: RegisteredCheck, example: CheckExample) -> Any:
        data, _ = example_data(names, forms[one.check.form], (), example)
        book = Casebook(Subject("", "", "EXAMPLE", ""), forms=dict(data.forms), groups=dict(data.groups))
        book.items = dict(data.items)
        return run_check(one, CasebookPicture(book, index))

    def across(one: RegisteredCross, example: CheckExample) -> Any:
        return run_across(one, index, examples_across.cells_of(names, forms[one.check.form], example))

    runs: list[tuple[Any, Any]] = [(one.check, partial(coded, one)) for one in offered.checks]
    runs += [(one.check, partial(across, one)) for one in offered.across]
    for check, run, example in ((one, run, example) for one, run in runs for example in one.examples):
        try:
            outcome = run(example)
        except BadExample as problem:
            yield DefinitionFinding(file, 0, 0, "E232", f"{check.oid}: {problem}")
            continue
        told = [f" fails on its example: {failure.text}" for failure in outcome.failures]
        if not told and bool(outcome.found) != example.fires:
            does = "it does not fire" if example.fires else "it fires"
            shown = ", ".join(f"{address}: {text}" for address, text in example.values)
            told = [f": on its example {{{shown}}} {does}."]
        for text in told:
            yield DefinitionFinding(file, 0, 0, "E233", f"{check.oid}{text}")


def _without_examples(checks: tuple[StudyCheck, ...], file: str, environment: str) -> list[DefinitionFinding]:
    """What keeps a version out of uat and live: a check that nobody has shown to fire, or to pass (REQ-DAT-05)."""
    found = []
    for check in {check.oid: check for check in checks}.values():
        shown = {example.fires for example in check.examples}
        if lacking := [word for word, fires in (("fires", True), ("passes", False)) if fires not in shown]:
            message = f"{check.oid} has no example that {' and none that '.join(lacking)}, so it is not published to {environment}."
            found.append(DefinitionFinding(file, 0, 0, "E503", message))
    return found


def _kept_out(
    checked: CheckedDefinition, version: MetaDataVersion, file: str, environment: str
) -> list[DefinitionFinding]:
    """What keeps a version out of uat and live: checks without examples, and rules that tell a secret."""
    if environment == "dev":
        return []
    limits = {
        check_oid(item, limit)
        for item in version.items
        for limit in item.range_checks
        if limit.comparator is not None
    }
    shown = tuple(check for check in checked.checks() if check.oid not in limits)
    return _without_examples(shown, file, environment) + [
        replace(one, code="E504", message=f"{one.message} So it is not published to {environment}.")
        for one in checked.findings
        if one.code == "W314"
    ]


def imported_refusals(
    plugins: EdcPlugins, version: MetaDataVersion, environment: str
) -> list[DefinitionFinding]:
    """The same of a version that an import brings: it has no folder, so a finding names the definition."""
    study, active = PluginStudy.of(MetaDataIndex(version), environment), plugins.activate(version.plugins)
    rules = compile_rules(study.index, plugins.functions(study, active).functions)
    lint = Lint(version)
    check_secrets(lint, study.index, rules)
    rows = partial(check_rows, study.index, plugins.checks(study, active))
    return _kept_out(CheckedDefinition(version, tuple(lint.findings), rows), version, "study", environment)


def publish_folder(
    core: Core, actor: Actor, path: Path, environment: str, *, activate: bool = True
) -> Published:
    """Check a folder and publish it, when nothing forbids it.

    :param activate: put it in force at every site. In live this holds for the study's first version alone: each site
        takes an amendment on the day and with the approval that ``activating`` records (REQ-BLD-04).
    """
    with core.read() as source:
        checked = check_as_next(source, core.plugins, path, core.settings.of_plugins)
    if not checked.is_publishable or checked.version is None:
        return Published(None, checked.findings)
    refused = _kept_out(checked, checked.version, str(path / "study.yaml"), environment)
    if refused:
        return Published(None, (*checked.findings, *refused))
    digest = metadata_json.sha256(checked.version)
    op = (
        f"publish:{environment}:{hashlib.sha256(checked.version.oid.encode()).hexdigest()[:16]}:{digest[:32]}"
    )
    with core.write(actor) as uow:
        activate = activate and studies.in_force_when_published(uow, checked.version.study.oid, environment)
        command = studies.Publish(
            study_id="", op=op, environment=environment, version=checked.version, activate=activate
        )
        result = studies.publish(uow, command)
    return Published(result | {"study": f"{checked.version.study.oid}@{environment}"}, checked.findings)
