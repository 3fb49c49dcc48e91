"""Implements a hook that does not exist."""

from edc_core.api import hookimpl


@hookimpl
def edc_register_chekcs(study):
    return ()
