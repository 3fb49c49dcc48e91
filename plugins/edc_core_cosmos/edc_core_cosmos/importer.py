"""Reading the files of one import: all of them whole, then forms, or every problem and no form."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from edc_core.api import Imported, MetaDataVersion
from edc_core_cosmos import arrangement
from edc_core_cosmos.arrangement import Arrangement
from edc_core_cosmos.build import version_of
from edc_core_cosmos.lined import Lined, NotReadable, read_json, read_yaml
from edc_core_cosmos.problems import ProblemLog
from edc_core_cosmos.specializations import Specializations
from edc_core_cosmos.terminology import Terminology

OWN = "library.yaml"  #: our arrangement, used where the files bring none


def recognises(name: str, head: bytes) -> bool:
    """A JSON list of CRF or dataset specializations."""
    return head.lstrip()[:1] == b"[" and b'"domain"' in head and (b'"items"' in head or b'"vars"' in head)


def read(paths: Sequence[Path]) -> Imported:
    """Forms of CRF specializations, dataset specializations, terminology packages and an arrangement, in any order."""
    found, terminology = Specializations(), Terminology()
    logs: list[ProblemLog] = []
    arrangements: list[Arrangement] = []
    for path in paths:
        log = ProblemLog(path.name)
        logs.append(log)
        text = _text(path, log)
        if text is not None:
            _file(path, text, found, terminology, arrangements, log)
    if not arrangements:
        log = ProblemLog(OWN)
        logs.append(log)
        _arrangement(
            files("edc_core_cosmos").joinpath(OWN).read_text(encoding="utf-8"), found, arrangements, log
        )
    for more in arrangements[1:]:
        more.log.add("COS010", 1, "One arrangement is taken in an import.")
    if logs and not any(log.is_fatal for log in logs):
        _complete(found, terminology, logs[0])
    versions: tuple[MetaDataVersion, ...] = ()
    if not any(log.is_fatal for log in logs):
        versions = (version_of(arrangements[0], found, terminology),)
    if any(log.is_fatal for log in logs):
        versions = ()
    return Imported(versions=versions, problems=tuple(problem for log in logs for problem in log.found))


def _complete(found: Specializations, terminology: Terminology, log: ProblemLog) -> None:
    if not found.collection:
        log.add("COS012", 0, "Add a file of CRF specializations.")
    elif not found.datasets and any(each.dataset for each in found.collection.values()):
        log.add("COS012", 0, "Add a file of SDTM dataset specializations, to which the others refer.")
    if not terminology.lists:
        log.add("COS012", 0, "Add a terminology package as CSV.")


def _text(path: Path, log: ProblemLog) -> str | None:
    try:
        data = path.read_bytes()
    except OSError as error:
        log.add("COS001", 0, f"{error.strerror}.")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        log.add("COS002", data.count(b"\n", 0, error.start) + 1, f"Byte {error.start + 1}.")
        return None


def _file(
    path: Path,
    text: str,
    found: Specializations,
    terminology: Terminology,
    arrangements: list[Arrangement],
    log: ProblemLog,
) -> None:
    if path.suffix == ".csv":
        terminology.read(text, log)
    elif path.suffix in (".yaml", ".yml"):
        _arrangement(text, found, arrangements, log)
    elif path.suffix == ".json":
        try:
            document = read_json(text)
        except NotReadable as error:
            log.add("COS003", error.line, error.text)
            return
        if isinstance(document, list):
            found.read(document, log)
        else:
            log.add("COS006", 1, "The JSON is no list.")
    else:
        log.add("COS006", 0, "Its name ends neither in .json, .csv nor .yaml.")


def _arrangement(text: str, found: Specializations, arrangements: list[Arrangement], log: ProblemLog) -> None:
    try:
        document = read_yaml(text)
    except NotReadable as error:
        log.add("COS004", error.line, error.text)
        return
    if not isinstance(document, Lined):
        log.add("COS006", 1, "The YAML is no mapping.")
        return
    arrangements.append(arrangement.read(document, log))
    found.read(arrangements[-1].own, log, closed=True)
