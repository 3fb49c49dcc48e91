"""``edc study ranges``: reads the options, loads, prints."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from edc_core.api import BadRequest, CommandLine, RangesLoaded, as_option, json_option
from edc_core_lab_ranges.reading import read_ranges


@click.command()
@click.argument("study_name", metavar="STUDY")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_option
@json_option
@click.pass_obj
def ranges(line: CommandLine, study_name: str, file: Path, as_user: str, *, as_json: bool) -> int:
    """Put the reference ranges of a CSV file in force. They replace those before, and every result is judged anew.

    With a problem in any line nothing changes, and each is listed by its line.
    """
    study = line.study_access("lab-ranges", study_name, as_user=as_user)
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"{file} is not UTF-8 text. Save it as CSV in UTF-8.") from error
    read, loaded = read_ranges(text, study.ranged_tests()), RangesLoaded()
    if not read.problems:
        with line.progress("Subjects", quiet=as_json) as tell:
            loaded = study.load_ranges(read.rows, progress=tell)
    if as_json:
        problems = [asdict(problem) for problem in read.problems]
        line.print_json({"study": study.name} | asdict(loaded) | {"problems": problems})
        return 1 if read.problems else 0
    for problem in read.problems:
        click.echo(f"{file}:{problem.line} {problem.text}", err=True)
    if read.problems:
        click.echo(f"{study.name}: nothing was loaded; {_counted(len(read.problems), 'problem')}.", err=True)
        return 1
    state = "in force now" if loaded.changed else "in force already"
    count, forms = _counted(loaded.ranges, "range"), _counted(loaded.forms, "form")
    click.echo(f"{study.name}: {count} {state}, {forms} judged otherwise.")
    if loaded.protected:
        click.echo(f"{_counted(loaded.protected, 'form')} frozen or locked and left as they are.")
    return 0


def _counted(number: int, one: str) -> str:
    return f"{number} {one if number == 1 else one + 's'}"
