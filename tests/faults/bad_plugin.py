"""A plugin with one check that answers and, when named, one that does not; written into a distribution by the test."""

SOURCE = """
import time

from edc_core.api import EditCheck, Finding, Severity, hookimpl


def answers(form):
    return Finding("SYSBP", "Please look at the cuff size.") if form.number("SYSBP") else None


def sleeps(form):
    time.sleep(3600)


def raises(form):
    raise ValueError(form.text("SYSBP"))


def nonsense(form):
    return 42


@hookimpl
def edc_register_checks(study):
    for check in (answers, {bad}):
        if check:
            yield EditCheck(check.__name__, check.__name__, form="VS", check=check, severity=Severity.QUERY)
"""


def install(folder, bad):
    """Make an installed distribution in a folder, to be put on the import path."""
    package = folder / "edc_bad"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "plugin.py").write_text(SOURCE.replace("{bad}", bad))
    info = folder / "edc_bad-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: edc-bad\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[edc_core]\nbad = edc_bad.plugin\n")
    return folder
