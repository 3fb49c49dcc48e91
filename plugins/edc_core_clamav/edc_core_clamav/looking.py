"""Which files clamd is asked about, and when again; what it says new of one stands in the ledger of the study.

A file comes first when nothing is known of it. One that could not be judged comes again after an hour, and every file
comes again when clamd knows more than it did. A worker remembers how far it has read and what was said; another one, or
this one when it begins anew, finds that in the ledger.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any

from edc_core.api import (
    FILE_SCAN,
    AddNote,
    EdcError,
    FileScan,
    FileValue,
    JobRequest,
    NotFound,
    StudyAccess,
)
from edc_core_clamav.clamd import Clamd, NoAnswer

log = logging.getLogger("edc.clamav")

ROUND = "clamav.round"  #: topic of the note that all files of a study were looked through anew
AGAIN_S = 3600.0  #: after so long a file that could not be judged is tried again
TURN_S = 10.0  #: after so long the worker goes on with its other work
OVERLAP = timedelta(hours=1)  #: how far before the last reading the next one begins


@dataclass(slots=True)
class Known:
    """What a worker knows of the files of a study, by SHA-256.

    :param read: until when the ledger was read, UTC ISO 8601. :param said: what the ledger has of each.
    :param by: with what each was looked through last. :param tried: when one could not be judged, in seconds.
    :param silent: files of which the round that is under way found nothing new, so that no note of their own tells.
    """

    read: str = ""
    files: dict[str, FileValue] = field(default_factory=dict)
    said: dict[str, FileScan] = field(default_factory=dict)
    by: dict[str, str] = field(default_factory=dict)
    tried: dict[str, float] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)

    def due(self, by: str, now: float) -> list[str]:
        """Files that nobody has looked at, then those that could not be judged, then those looked through with less."""
        new = (one for one in self.files if one not in self.by)
        failed = (
            one for one, scan in self.said.items() if scan.state == "failed" and self._is_again(one, now)
        )
        older = (one for one in self.files if self.by.get(one, by) != by)
        return list(dict.fromkeys((*new, *failed, *older)))

    def _is_again(self, sha256: str, now: float) -> bool:
        return sha256 not in self.tried or self.tried[sha256] + AGAIN_S <= now


class LookingThrough:
    """The standing work of one worker. :param now: seconds that only grow."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._known: dict[str, Known] = {}

    def look(self, asked: JobRequest) -> Mapping[str, Any]:
        """Have what is due looked through; where clamd does not answer it stays due.

        :returns: ``{"files": n}``, those that clamd has answered of.
        """
        address, study, done = asked.request.get("SOCKET", ""), asked.study, 0
        if not address:
            return {"files": 0}
        known, open_file = self._read(study)
        clamd, until = Clamd(address), self._now() + TURN_S
        try:
            by = clamd.version() if known.files else ""
            for sha256 in known.due(by, self._now()):
                if self._now() > until:
                    return {"files": done}
                try:
                    with open_file(sha256) as stream:
                        verdict = clamd.scan(stream)
                except NotFound:
                    continue  # 'edc verify' and exports name what is missing; restored, it is still due
                self._keep(study, known, sha256, FileScan(verdict.state, by, verdict.found, study.now))
                done += 1
        except NoAnswer as error:
            log.warning("%s", error)
        else:
            _end_round(study, known, by)
        return {"files": done}

    def _read(self, study: StudyAccess) -> tuple[Known, Callable[[str], IO[bytes]]]:
        known, now = self._known.setdefault(study.study_id, Known()), study.now
        news = study.files_since(_a_little_before(known.read))
        known.files.update(news.files)
        for sha256, scan in news.scans.items():
            if known.said.get(sha256) != scan:
                known.said[sha256], known.by[sha256] = scan, scan.by
        if not known.read:
            _take_up(study, known)
        known.read = now
        return known, news.open

    def _keep(self, study: StudyAccess, known: Known, sha256: str, scan: FileScan) -> None:
        before = known.said.get(sha256)
        if before is None or (before.state, before.found) != (scan.state, scan.found):
            content = {"state": scan.state, "by": scan.by, "found": scan.found}
            _submit(study, f"{sha256}:{_digest(*content.values())}", FILE_SCAN, sha256, content)
        elif known.by[sha256] != scan.by:
            known.silent.add(sha256)
        known.by[sha256] = scan.by
        known.tried.pop(sha256, None)
        if scan.state == "failed":
            known.tried[sha256] = self._now()


def _a_little_before(at: str) -> str:
    """An entry is seen when its transaction ends, and servers' clocks differ."""
    if not at:
        return ""
    before = datetime.fromisoformat(at) - OVERLAP
    return before.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _end_round(study: StudyAccess, known: Known, by: str) -> None:
    """Note that every file was looked through with what clamd knows now: a note of each would say nothing new."""
    if not known.silent or any(known.by.get(sha256) != by for sha256 in known.files):
        return  # nothing to tell, or a file is missing, which is no longer so when it was restored
    many = "1 file" if len(known.silent) == 1 else f"{len(known.silent)} files"
    content = {"by": by, "files": len(known.silent)}
    _submit(
        study,
        f"round:{_digest(by)}",
        ROUND,
        f"{many} looked through again, nothing new ({by})"[:100],
        content,
    )
    known.silent.clear()


def _take_up(study: StudyAccess, known: Known) -> None:
    """What had been looked through before the last round ended, was so with what that round knew."""
    last = max(study.notes(ROUND), key=lambda note: note.n, default=None)
    if last is not None:
        earlier = (sha256 for sha256, scan in known.said.items() if scan.at <= last.at)
        known.by.update(dict.fromkeys(earlier, last.content["by"]))


def _submit(study: StudyAccess, op: str, topic: str, name: str, content: Mapping[str, Any]) -> None:
    note = AddNote(
        study_id=study.study_id, op=f"clamav:{op}", topic=topic, name=name, content=content, shared=True
    )
    try:
        study.submit(note)
    except EdcError as error:  # another worker was quicker, or the words hold what a study refuses
        log.warning("what was found in %s could not be noted: %s", name, error.message)


def _digest(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:24]
