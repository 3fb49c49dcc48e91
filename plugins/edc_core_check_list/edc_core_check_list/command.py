"""``edc recheck``: every check run once more."""

from __future__ import annotations

from dataclasses import asdict

import click

from edc_core.api import CommandLine, as_option, json_option
from edc_core_check_list.again import chosen, run


@click.command()
@click.argument("study")
@click.option("--site", default="", metavar="NUMBER", help="Only subjects of this site.")
@click.option("--subject", default="", metavar="KEY", help="Only this subject.")
@as_option
@json_option
@click.pass_obj
def recheck(line: CommandLine, study: str, site: str, subject: str, as_user: str, *, as_json: bool) -> int:
    """Run every check of a study again, as a save does. What it did to the queries is said.

    It ends with exit code 1 when some subject could not be looked at whole; a worker tries again.
    """
    access = line.study_access("check-list", study, as_user=as_user)
    keys = chosen(access, site, subject)
    with line.progress("Subjects", quiet=as_json) as tell:
        done = run(access, keys, tell)
    if as_json:
        line.print_json(asdict(done))
    else:
        rows = [(name, count) for name, count in asdict(done).items() if name != "waiting"]
        line.print_table(("what", "how many"), rows, empty="")
        if done.waiting:
            click.echo(f"Not looked at whole: {', '.join(done.waiting)}.")
    return 1 if done.waiting else 0
