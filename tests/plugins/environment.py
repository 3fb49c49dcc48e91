"""A check that tells which secrets it can see in its environment."""

import os

from edc_core.api import EditCheck, Finding, hookimpl


def look(form):
    seen = [name for name in os.environ if "TOKEN" in name or "DATABASE" in name]
    return Finding("SYSBP", ",".join(seen) or "none")


@hookimpl
def edc_register_checks(study):
    yield EditCheck("ENV", "Environment", form="VS", check=look)
