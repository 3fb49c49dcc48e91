"""``edc uat report``: the report of acceptance testing as a file, without a page."""

from __future__ import annotations

from pathlib import Path

import click

from edc_core.api import Action, BadRequest, CommandLine, NotAllowed, as_option
from edc_core_uat import files, report

ENDINGS = ", ".join(f".{ending}" for ending in files.KINDS)


@click.group()
def uat() -> None:
    """Acceptance testing of a study before it goes live."""


@uat.command("report")
@click.argument("study")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help=f"The file to write; its ending says which kind: {ENDINGS}.",
)  # fmt: skip
@click.option(
    "--recorded", default="", metavar="ENTRY",
    help="A recorded report instead, by its entry in the chain of the study.",
)  # fmt: skip
@as_option
@click.pass_obj
def report_(line: CommandLine, study: str, out: Path, recorded: str, as_user: str) -> int:
    """Write the report of the newest version of STUDY as it stands now.

    Ends with 1 when a script failed or was not tried.
    """
    make = files.KINDS.get(out.suffix.removeprefix(".").lower())
    if make is None:
        raise BadRequest(f"'{out.name}' says no kind of file. Give it one of the endings {ENDINGS}.")
    access = line.study_access("uat", study, as_user=as_user)
    if not access.may(Action.COMPARE_VERSIONS):
        raise NotAllowed(f"Your role does not include: {Action.COMPARE_VERSIONS}.")
    made = report.again(access, report.find(access, recorded))
    content = make(made).content
    assert not isinstance(content, Path)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content.encode() if isinstance(content, str) else content)
    counts = made.content["counts"]
    click.echo(f"{out}: version {made.content['meta_data_version']}, {dict(report.facts(made))['Scripts']}")
    return 1 if counts["failed"] or counts["untested"] else 0
