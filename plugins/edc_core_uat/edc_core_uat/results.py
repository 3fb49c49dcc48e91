"""Who tried a script when, and what came of it: notes in the study's own chain, each an entry that nothing changes.

A result holds for the version it was recorded in. The last one of a script counts; those before it stay and are told.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from edc_core.api import AddNote, TrailWanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from edc_core.api import StudyAccess, TrailEntry
    from edc_core_uat.scripts import Script, Sign

TOPIC = "uat.result"
AT_ONCE = 1000  #: entries read at once


class Status(StrEnum):
    """How a script stands."""

    FAILED = "failed"
    UNTESTED = "not tried"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Result:
    """:param n: of its entry in the chain of the study, which has ``sha256``. :param at: UTC ISO 8601.
    :param login: who tried it; ``who`` as people read it. :param status: passed or failed. :param note: what was found.
    :param seen: how often each sign was found in the data then.
    """

    n: int
    sha256: str
    at: str
    login: str
    who: str
    role: str
    script: str
    version: str
    status: Status
    note: str
    seen: Mapping[str, int]


class Results:
    """Every result of a study. :param found: oldest first. :param version: OID of the one that is tested."""

    def __init__(self, found: Iterable[Result], version: str) -> None:
        self.version = version
        self._of_script: dict[str, list[Result]] = defaultdict(list)
        for one in found:
            self._of_script[one.script].append(one)

    def of(self, script: Script) -> Sequence[Result]:
        """What was recorded of a script in the version, oldest first."""
        return [one for one in self._of_script.get(script.oid, ()) if one.version == self.version]

    def last(self, script: Script) -> Result | None:
        """The one that counts."""
        return next(reversed(self.of(script)), None)

    def status(self, script: Script) -> Status:
        last = self.last(script)
        return last.status if last else Status.UNTESTED

    def earlier(self, script: Script) -> Result | None:
        """The last one in another version, which does not count."""
        others = [one for one in self._of_script.get(script.oid, ()) if one.version != self.version]
        return others[-1] if others else None


def read(study: StudyAccess, version: str, *, upto: int = 0) -> Results:
    """The results of a study. :param upto: leave out entries after this one; 0 takes all.

    :raises NotAllowed: the person reads no trail.
    """
    found = [
        _result(entry, said["content"])
        for entry, said in notes(study, TOPIC)
        if said.get("topic") == TOPIC and (not upto or int(str(entry.columns["n"])) <= upto)
    ]
    return Results(sorted(found, key=lambda one: one.n), version)


def _result(entry: TrailEntry, content: Mapping[str, Any]) -> Result:
    columns = entry.columns
    return Result(
        n=int(str(columns["n"])), sha256=str(columns["hash"]), at=str(columns["at"]),
        login=str(columns["actor"]), who=entry.who, role=str(columns["role"]),
        script=content["script"], version=content["version"], status=Status(content["status"]),
        note=content["note"], seen=content["seen"],
    )  # fmt: skip


def notes(study: StudyAccess, words: str) -> Iterator[tuple[TrailEntry, dict[str, Any]]]:
    """Notes of the trail with these words in them, newest first, each with its payload."""
    before = ""
    while True:
        page = study.trail(TrailWanted(kinds=("note.add",), words=words, before=before, limit=AT_ONCE))
        for entry in page.entries:
            if not entry.is_withheld:
                yield entry, json.loads(str(entry.columns["payload"]))
        before = page.older
        if not before:
            return


def record(
    study: StudyAccess, scripts: Sequence[Script], status: Status, note: str, *, version: str, op: str,
    seen: Mapping[str, Mapping[Sign, int]],
) -> None:  # fmt: skip
    """Keep the same result of some scripts, all of them or none, each as an entry of its own.

    :raises BadRequest: the note holds an identifier of a person, or is too long.
    """
    study.submit(
        *(
            AddNote(
                study_id=study.study_id,
                op=f"{op}:{number}",
                topic=TOPIC,
                name=script.note_name,
                content={
                    "script": script.oid,
                    "version": version,
                    "status": str(status),
                    "note": note,
                    "seen": {str(sign): count for sign, count in seen.get(script.oid, {}).items()},
                },
                shared=True,
            )
            for number, script in enumerate(scripts)
        )
    )
