"""The page of transfers: send a file, look at what it would do, store it with a reason, and what was stored before."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    Action,
    Attachment,
    FileRules,
    FileValue,
    MenuEntry,
    NotFound,
    Page,
    Refused,
    SeeOther,
)
from edc_core_transfer.jobs import GIVEN_UP, LOOK, STORE, given_up
from edc_core_transfer.past import Past, past

if TYPE_CHECKING:
    from edc_core.api import Job, PageRequest, StudyAccess, Times

SHOWN = 200  #: rows of a list on the page; the file holds all of them
LOOKS = 20  #: of a person, on the page
FILE = FileRules(("table",), max_mb=50)
MAP = FileRules(("yaml",), max_mb=1)


@dataclass(frozen=True, slots=True)
class Rows:
    """The beginning of a list. :param total: how many there are."""

    columns: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    total: int


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that was sent and what came of it.

    :param store: the last job that stores it. :param is_there: what was sent is staged still.
    """

    look: Job
    store: Job | None
    file: FileValue
    map: FileValue
    is_there: bool
    changes: Rows
    rejects: Rows

    @property
    def polls(self) -> bool:
        return any(job is not None and not job.is_over for job in (self.look, self.store))

    @property
    def is_stored(self) -> bool:
        return self.store is not None and self.store.is_done

    @property
    def found(self) -> bool:
        """Whether the look came to counts, so that there may be something to store."""
        return self.look.is_done and "problems" not in self.look.result

    @property
    def offers(self) -> bool:
        return self.found and self.is_there and not self.is_stored and not self.polls


@dataclass(frozen=True, slots=True)
class TransfersPage:
    """:param at_hand: the one looked at. :param message: why nothing was begun. :param reason: as it was given then."""

    study: str
    at_hand: Looked | None
    looks: tuple[Looked, ...]
    past: Past
    reads_past: bool
    message: str
    reason: str
    takes: str
    op: str
    times: Times


def transfers(asked: PageRequest) -> TransfersPage:
    """What can be sent, what was; and one look, where it is named."""
    return _page(asked)


def _page(asked: PageRequest, message: str = "", *, job_id: str = "", reason: str = "") -> TransfersPage:
    study, job_id = asked.study, job_id or asked.text("look")
    looks = tuple(_looked(study, job) for job in study.jobs(LOOK.name)[:LOOKS])
    at_hand = next((one for one in looks if one.look.job_id == job_id), None)
    if job_id and at_hand is None:
        raise NotFound("This transfer is not there (any more). Send the file again.")
    if at_hand and at_hand.found and at_hand.is_there:
        at_hand = _with_rows(study, at_hand)
    return TransfersPage(
        study=study.name,
        at_hand=at_hand,
        looks=looks,
        past=past(study),
        reads_past=study.may(Action.READ_TRAIL),
        message=message,
        reason=reason,
        takes=FILE.words(),
        op=asked.op,
        times=asked.times,
    )


NO_ROWS = Rows((), (), 0)


def _looked(study: StudyAccess, look: Job) -> Looked:
    file, used = (FileValue.parse(look.request[part]) for part in ("file", "map"))
    store = next((job for job in study.jobs(STORE.name) if job.request["look"] == look.job_id), None)
    staged = study.staged
    is_there = staged.holds(file) and staged.holds(used) and not staged.holds(given_up(look.job_id))
    return Looked(look, store, file, used, is_there, NO_ROWS, NO_ROWS)


def _with_rows(study: StudyAccess, one: Looked) -> Looked:
    changes, rejects = (_rows(study, one.look.result[name]) for name in ("changes", "rejects"))
    return Looked(one.look, one.store, one.file, one.map, one.is_there, changes, rejects)


def _rows(study: StudyAccess, name: str) -> Rows:
    file = FileValue.parse(name)
    if not study.staged.holds(file):
        return NO_ROWS
    with study.staged.open(file) as stream:
        reader = csv.reader(io.TextIOWrapper(stream, "utf-8-sig", newline=""))
        columns = tuple(next(reader))
        lines, total = [], 0
        for total, cells in enumerate(reader, start=1):
            if total <= SHOWN:
                lines.append(tuple(cells))
    return Rows(columns, tuple(lines), total)


def send(asked: PageRequest) -> SeeOther | Refused:
    """Take a file and its map, and ask for the look."""
    file, used = asked.files.get("file"), asked.files.get("map")
    if asked.refused:
        return Refused(_page(asked, " ".join(asked.refused.values())))
    if chosen := asked.text("kept"):
        kept = next((one for one in past(asked.study).maps if one.sha256 == chosen), None)
        if used is None and kept is not None:
            used = asked.study.staged.keep(kept.name, kept.text.encode(), "yaml")
    if file is None:
        return Refused(_page(asked, "Choose the file that was sent."))
    if used is None:
        return Refused(_page(asked, "Choose the map: one that was used before, or its file."))
    job_id = asked.study.ask(LOOK.name, {"file": str(file), "map": str(used)})
    return SeeOther("", {"look": job_id}, "at-hand")


def decide(asked: PageRequest) -> SeeOther | Refused:
    """Store what was looked at, stop, or give it up."""
    job_id = asked.text("look", required=True)
    one = _page(asked, job_id=job_id).at_hand
    assert one is not None, "or it was not found"
    if asked.text("do", required=True) == "give up":
        asked.study.staged.keep(GIVEN_UP, job_id.encode(), "table")
        asked.study.staged.drop(one.file, *(_results(one) if one.found else ()))
        return SeeOther("", {"look": job_id}, "at-hand")
    reason = asked.text("reason", longest=2000)
    if not one.offers or not one.look.result["subjects"]:
        return Refused(_page(asked, "There is nothing to store here (any more).", job_id=job_id))
    if one.look.result["changed"] and not reason:
        text = "Values that are there change. Say why; it is kept with each of them."
        return Refused(_page(asked, text, job_id=job_id))
    request = {**one.look.request, "look": job_id, "approve": one.look.result["transfer"], "reason": reason}
    asked.study.ask(STORE.name, request)
    return SeeOther("", {"look": job_id}, "at-hand")


def _results(one: Looked) -> tuple[FileValue, ...]:
    return tuple(FileValue.parse(one.look.result[name]) for name in ("changes", "rejects"))


def table(asked: PageRequest) -> Attachment:
    """What would be added and changed, or what is not taken, as a file."""
    job = asked.study.job(LOOK.name, asked.arguments["look"])
    held = job.result.get(asked.arguments["file"].removesuffix(".csv"), "")
    if not held or asked.arguments["file"] not in ("changes.csv", "rejects.csv"):
        raise NotFound("There is no such list. Go back and follow the link again.")
    with asked.study.staged.open(FileValue.parse(held)) as stream:
        return Attachment(asked.arguments["file"], "text/csv", stream.read().decode())


NEEDED = Action.IMPORT_DATA
PAGES = (
    Page(
        path="", action=NEEDED, handler=transfers, template="transfers.html", block="at_hand",
        menu=MenuEntry("Transfers", "t"),
    ),
    Page(
        path="", action=NEEDED, handler=send, template="transfers.html", method="POST",
        uploads={"file": FILE, "map": MAP},
    ),
    Page(path="decide", action=NEEDED, handler=decide, template="transfers.html", method="POST"),
    Page(path="looks/<look>/<file>", action=NEEDED, handler=table, leaves=True),
)  # fmt: skip
