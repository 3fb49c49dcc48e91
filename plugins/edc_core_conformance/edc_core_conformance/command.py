"""``edc conformance``: the environment of the engine, whether it can be run, and a run of every rule over a study."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edc_core.api import CommandLine, ConformanceReport, ExportChoice, as_option, json_option
from edc_core_conformance.core_engine import CACHE, terminologies_in
from edc_core_conformance.exporter import FORMAT
from edc_core_conformance.findings import ORDER, Wanted, narrowed
from edc_core_conformance.interpreter import PYTHON, SETTING, candidates, found, tried
from edc_core_conformance.report_files import JSON
from edc_core_conformance.words import coverage, said_of, severity_words

if TYPE_CHECKING:
    from edc_core.api import ConformanceFinding

PINS = Path(__file__).with_name("engine-requirements.txt")


@click.group()
def conformance() -> None:
    """Check SDTM datasets with CDISC CORE and authorities' rules."""


@conformance.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--python", "base", default="", metavar="PATH", help="A Python 3.12; without it one is looked for."
)
def prepare(folder: Path, base: str) -> int:
    """Make the environment that CDISC CORE runs in. It comes from the package index: about 460 MB."""
    known = (tried(path) for path in ([base] if base else candidates(Path.home())))
    one = next((one for one in known if one is not None and one.python == PYTHON), None)
    if one is None:
        said = f"'{base}' is no Python 3.12" if base else "There is no Python 3.12 here"
        click.echo(f"{said}, which CDISC CORE needs. Install it, or name it with --python.", err=True)
        return 2
    subprocess.run([one.path, "-m", "venv", str(folder)], check=True)  # noqa: S603 - a Python that was just tried
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [str(python), "-m", "pip", "install", "--quiet", "--prefer-binary", "-r", str(PINS)]
    if subprocess.run(install, check=False).returncode:  # noqa: S603 - our own pins
        click.echo(f"pip could not install what {PINS.name} names; its words stand above.", err=True)
        return 2
    click.echo(f"Made. Set {SETTING}={python.absolute()}")
    return 0


@conformance.command()
@json_option
def status(*, as_json: bool) -> int:
    """Say whether CDISC CORE can be run here: 1 when it cannot."""
    python, why = found(os.environ.get(SETTING, ""), candidates(Path.home()))
    terminologies, no_rules = terminologies_in(os.environ.get(CACHE, ""))
    if as_json:
        said = {
            "python": python,
            "terminologies": terminologies,
            "problems": [one for one in (why, no_rules) if one],
        }
        click.echo(json.dumps(said))
    else:
        click.echo(why or f"CDISC CORE is run by {python}.")
        click.echo(no_rules or f"Its rules are of SDTMIG 3.4 with {', '.join(terminologies)}.")
    return 1 if why or no_rules else 0


@conformance.command()
@click.argument("study")
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder to write into."
)
@click.option("--snapshot", default="", help="Name of a snapshot, or the root of a cut.")
@click.option(
    "--as-of", default="", metavar="TIME", help="State at a time, UTC ISO 8601, at least a minute ago."
)
@click.option("--unlocked", is_flag=True, help="Include data that are not locked.")
@click.option("--severity", type=click.Choice(ORDER), default=None, help="List these findings alone.")
@click.option("--agency", default="", metavar="NAME", help="List what this agency cares for, as FDA.")
@click.option("--dataset", default="", metavar="NAME", help="List findings on this dataset, as AE.")
@as_option
@json_option
@click.pass_obj
def run(
    line: CommandLine, study: str, out: Path, snapshot: str, as_of: str, severity: str | None, agency: str, dataset: str,
    as_user: str, *, unlocked: bool, as_json: bool,
) -> int:  # fmt: skip
    """Make the SDTM datasets of a study and ask every rule of them.

    The report lies in OUT/report as JSON, CSV and a page, beside the datasets. What is listed is narrowed by the options; the report
    holds everything. Ends with 1 when a finding is not explained or an engine broke on a rule.
    """
    choice = ExportChoice(FORMAT, snapshot, as_of, unlocked=unlocked)
    with line.progress("Check", quiet=as_json) as tell:
        line.export(study, choice, out, as_user=as_user, progress=tell)
    report = ConformanceReport.of_json((out / JSON).read_bytes())
    found_here = narrowed(report.findings, Wanted(severity or "", agency, dataset))
    if as_json:
        click.echo(ConformanceReport(report.rule_sets, tuple(found_here)).as_json().decode(), nl=False)
    else:
        _print(line, report, found_here)
    for broken in report.errors:
        click.echo(
            f"Execution error: {broken.rule} {broken.dataset}: {broken.why}. Whether the rule holds is not known.",
            err=True,
        )
    return 1 if report.unexplained or report.errors else 0


def _print(line: CommandLine, report: ConformanceReport, found_here: list[ConformanceFinding]) -> None:
    columns = (
        "severity",
        "rule",
        "agency",
        "dataset",
        "record",
        "subject",
        "variable",
        "value",
        "finding",
        "explained",
    )
    rows = (
        (severity_words(one.severity), one.rule, ",".join(one.agencies), one.dataset, one.record or "", one.subject,
         one.variable, one.value, one.text, "yes" if one.explanation else "no")
        for one in found_here
    )  # fmt: skip
    line.print_table(columns, rows, empty="No finding.")
    for name, version, words in coverage(report):
        click.echo(f"{name} {version}: {words}")
    failed = [one for sets in report.rule_sets for one in sets.failed if not one.is_error]
    for one in failed:
        click.echo(f"Could not be carried out: {one.rule} {one.dataset}: {one.why}")
    click.echo(said_of(report))
