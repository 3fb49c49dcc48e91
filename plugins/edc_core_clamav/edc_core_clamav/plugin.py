"""What this plugin registers."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from edc_core.api import FILE_SCAN, Action, AddNote, EdcError, JobKind, JobRequest, hookimpl
from edc_core_clamav.clamd import Clamd, NoAnswer

log = logging.getLogger("edc.clamav")


def look_through(asked: JobRequest) -> Mapping[str, Any]:
    """Have every file looked through that was not yet; where clamd does not answer they stay so, and are tried again.

    :returns: ``{"files": n}``.
    """
    address, done = asked.request.get("SOCKET", ""), 0
    if not address:
        return {"files": 0}
    clamd, study = Clamd(address), asked.study
    try:
        for file, stream in study.unscanned_files():
            verdict, by = clamd.scan(stream), clamd.version()
            content = {"state": verdict.state, "by": by, "found": verdict.found}
            note = AddNote(
                study_id=study.study_id,
                op=f"clamav:{file.sha256}",
                topic=FILE_SCAN,
                name=file.sha256,
                content=content,
                shared=True,
            )
            try:
                study.submit(note)
            except EdcError as error:  # another worker was quicker, or the words hold what a study refuses
                log.warning("what was found in %s could not be noted: %s", file.sha256, error.message)
            else:
                done += 1
    except NoAnswer as error:
        log.warning("%s", error)
    return {"files": done}


@hookimpl
def edc_register_jobs() -> Iterable[JobKind]:
    """One that the worker does by itself."""
    yield JobKind("look-through", (Action.VIEW_DATA,), look_through, standing=True)
