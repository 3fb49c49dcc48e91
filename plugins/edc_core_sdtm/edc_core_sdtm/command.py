"""``edc study sdtm``: what the annotations of a definition make, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from edc_core.api import CommandLine, MetaDataIndex
from edc_core_sdtm.plan import RecordPlan, StudyPlan
from edc_core_sdtm.planning import plan_of
from edc_core_sdtm.releases import terminology_of


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--records", is_flag=True, help="List every kind of record with what gives its variables.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
@click.pass_obj
def sdtm(line: CommandLine, path: Path, *, records: bool, as_json: bool) -> int:
    """Check the SDTM annotations of a definition. Ends with 1 when there are errors, for which an export is refused."""
    read = line.definition(path)
    if read.version is None:
        errors = sum(finding.severity == "error" for finding in read.findings)
        click.echo(f"{path} has {errors} errors; 'edc study check {path}' names them.", err=True)
        return 1
    terms = terminology_of(read.version, line.settings_of("sdtm"))
    plan = plan_of(MetaDataIndex(read.version), terms)
    if as_json:
        click.echo(json.dumps(_facts(plan), ensure_ascii=False))
    else:
        _print(plan, records=records)
    return 1 if plan.errors else 0


def _print(plan: StudyPlan, *, records: bool) -> None:
    for one in plan.all_records if records else ():
        click.echo(_described(one))
    for finding in plan.findings:
        click.echo(f"{finding.severity} {finding}")
    domains = sorted({record.domain for record in plan.all_records} | {"DM"})
    warnings = len(plan.findings) - len(plan.errors)
    found = f"{_counted(len(plan.errors), 'error')}, {_counted(warnings, 'warning')}"
    click.echo(f"{_counted(len(domains), 'domain')} ({', '.join(domains)}): {found}")


def _counted(number: int, one: str) -> str:
    return f"{number} {one if number == 1 else one + 's'}"


def _described(one: RecordPlan) -> str:
    given = [f"{name} <- {', '.join(s.place for s in sources)}" for name, sources in one.sources.items()]
    given += [f"{name} = {text}" for name, text in one.constants.items() if name not in one.sources]
    given += [f"SUPP{one.domain}.{name} <- {source.place}" for name, source in one.qualifiers.items()]
    return f"{one.domain} {one.key} from {'/'.join((one.form_oid, *one.rows))}:\n  " + "\n  ".join(given)


def _facts(plan: StudyPlan) -> dict[str, object]:
    return {
        "meta_data_version": plan.version,
        "domains": sorted({record.domain for record in plan.all_records} | {"DM"}),
        "findings": [
            {"severity": f.severity, "code": f.code, "place": f.place, "message": f.message}
            for f in plan.findings
        ],
    }
