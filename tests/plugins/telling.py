"""A plugin that writes what it is told to a file in the folder of the user; for the test of notifications."""

import os
from pathlib import Path

from edc_core.api import hookimpl


@hookimpl
def edc_after_commit(facts):
    with Path(os.environ["HOME"], "told.txt").open("a") as file:
        file.writelines(
            f"{type(fact).__name__} {fact.subject_key} {fact.path} {fact.actor}\n" for fact in facts
        )
