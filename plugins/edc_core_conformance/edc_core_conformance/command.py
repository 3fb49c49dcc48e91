"""``edc conformance``: the environment of the engine, and whether it can be run."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import click

from edc_core.api import json_option
from edc_core_conformance.core_engine import CACHE, terminology_in
from edc_core_conformance.interpreter import PYTHON, SETTING, candidates, found, tried

PINS = Path(__file__).with_name("engine-requirements.txt")


@click.group()
def conformance() -> None:
    """Check packages with CDISC CORE."""


@conformance.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--python", "base", default="", metavar="PATH", help="A Python 3.12; without it one is looked for."
)
def prepare(folder: Path, base: str) -> int:
    """Make the environment that CDISC CORE runs in, from the package index: about 460 MB."""
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
    terminology, no_rules = terminology_in(os.environ.get(CACHE, ""))
    if as_json:
        said = {
            "python": python,
            "terminology": terminology,
            "problems": [one for one in (why, no_rules) if one],
        }
        click.echo(json.dumps(said))
    else:
        click.echo(why or f"CDISC CORE is run by {python}.")
        click.echo(no_rules or f"Its rules are of SDTMIG 3.4 with {terminology}.")
    return 1 if why or no_rules else 0
