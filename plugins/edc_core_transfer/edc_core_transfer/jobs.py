"""The long work behind the page: look at what was sent, and store what was looked at."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edc_core.api import Action, FileValue, ImportRefused, JobKind, WrongState
from edc_core_transfer import column_map as maps
from edc_core_transfer import tables
from edc_core_transfer.run import Transfer
from edc_core_transfer.staging import Staging, staging

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.api import JobRequest

GIVEN_UP = "given-up.csv"
NEEDS = (Action.IMPORT_DATA, Action.VIEW_DATA)


@contextmanager
def _begun(asked: JobRequest) -> Iterator[tuple[Transfer, Staging]]:
    session, study = asked.study.session()
    with tempfile.TemporaryDirectory(prefix="edc-transfer-") as folder:
        column_map = maps.load(_laid_out(asked, Path(folder), "map"))
        file = _laid_out(asked, Path(folder), "file")
        with staging(column_map.columns()) as staged:
            yield Transfer(session, study, column_map, file, staged), staged


def _laid_out(asked: JobRequest, folder: Path, part: str) -> Path:
    """A staged file under the name it was sent with, which goes into the ledger."""
    file = FileValue.parse(asked.request[part])
    place = folder / part / file.name
    place.parent.mkdir()
    with asked.study.staged.open(file) as source, place.open("xb") as target:
        shutil.copyfileobj(source, target)
    return place


def _look(asked: JobRequest) -> Mapping[str, Any]:
    """Nothing is stored, and no collected value is in the result: it stands in files that are staged like the sent ones."""
    try:
        with _begun(asked) as (transfer, staged):
            report = transfer.check(asked.tell)
            keep = asked.study.staged.keep
            found = {
                "changes": str(keep("changes.csv", tables.changes(staged), "table")),
                "rejects": str(keep("rejects.csv", tables.rejects(staged), "table")),
            }
    except ImportRefused as refused:
        problems = refused.details["problems"]
        return {"problems": [[one.file, one.line, one.code, one.text] for one in problems]}  # type: ignore[attr-defined]
    return report.as_json() | found


def given_up(look: str) -> FileValue:
    """What is staged beside the files of a look that was given up: the same file may be sent again for another look."""
    return FileValue(hashlib.sha256(look.encode()).hexdigest(), len(look), GIVEN_UP)


def _store(asked: JobRequest) -> Mapping[str, Any]:
    def is_given_up() -> bool:
        return asked.study.staged.holds(given_up(asked.request["look"]))

    if is_given_up():
        raise WrongState("It was given up before it began. Nothing is stored.")

    def tell(done: int, total: int) -> None:
        asked.tell(done, total)
        if done < total and is_given_up():
            text = f"It was stopped after {done} of {total} subjects; these are stored. Send the file again to store the rest."
            raise WrongState(text)

    with _begun(asked) as (transfer, _):
        transfer.check()
        return transfer.store(asked.request["approve"], asked.request["reason"], tell).as_json()


LOOK = JobKind("look", NEEDS, _look)
STORE = JobKind("store", NEEDS, _store)
