"""Certified copies: an export, what it is a copy of, and who verified it when and how (REQ-EXP-04).

Source: ICH E6(R3), glossary, "certified copy"; EMA guideline on computerised systems and electronic data in clinical trials,
6.5. Each verification is a note of the study, so that the ledger has it; no exported file has a clock or a name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edc_core.api import (
    ROLE_WORDS,
    Action,
    AddNote,
    Attachment,
    BadRequest,
    NotFound,
    Page,
    Refused,
    Role,
    SeeOther,
)
from edc_core_exports.verification import verify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import ExportLine, PageRequest, StudyAccess, StudyNote, Times

TOPIC = "exports.copy"
BY_HASH, BY_REVIEW = "hash", "review"
LONGEST = 1000  #: letters of what was compared
SAYS = {
    BY_HASH: "automatic: every file against the SHA-256 that was noted when it was made",
    BY_REVIEW: "reviewed by a person",
}


@dataclass(frozen=True, slots=True)
class CopyPage:
    """:param manifest: of the export. :param records: verifications of it, newest first. :param method_words: by method.

    :param typed: what was compared, to be put right; ``message`` is why it was not taken.
    """

    study: str
    line: ExportLine
    manifest: Mapping[str, Any]
    records: tuple[StudyNote, ...]
    roles: Mapping[str, str]
    method_words: Mapping[str, str]
    is_certified: bool
    typed: str
    message: str
    longest: int
    op: str
    times: Times


def copy(asked: PageRequest) -> CopyPage:
    """An export as a copy, and how it was verified."""
    return _page(asked)


def _page(asked: PageRequest, *, typed: str = "", message: str = "") -> CopyPage:
    study, line = asked.study, _line(asked)
    records = _records(study, line)
    return CopyPage(
        study=study.name,
        line=line,
        manifest=line.job.result["manifest"],
        records=records,
        roles={str(role): words for role, words in ROLE_WORDS.items()},
        method_words=SAYS,
        is_certified=_certified(records),
        typed=typed,
        message=message,
        longest=LONGEST,
        op=asked.op,
        times=asked.times,
    )


def _line(asked: PageRequest) -> ExportLine:
    """:raises NotFound: no finished export of this study that is for the person."""
    name = asked.arguments["job_id"]
    for line in asked.study.exports().lines:
        if line.job.job_id == name and line.job.is_done and line.may_take:
            return line
    raise NotFound("There is no finished export of this name for you in this study.")


def _records(study: StudyAccess, line: ExportLine) -> tuple[StudyNote, ...]:
    """Of the very manifest: what was verified of another file under the same name does not count."""
    if not study.may(Action.VIEW_DATA):
        return ()
    digest = line.job.result["manifest_sha256"]
    return tuple(
        note
        for note in study.notes(TOPIC)
        if note.name == line.job.job_id and note.content.get("manifest_sha256") == digest
    )


def _certified(records: tuple[StudyNote, ...]) -> bool:
    """Whether the newest look at its bytes found no problem."""
    newest = next((one.content for one in records if one.content["method"] == BY_HASH), None)
    return newest is not None and not newest["problems"]


def certify(asked: PageRequest) -> SeeOther | Refused:
    """Read the export again, or note what a person compared."""
    line = _line(asked)
    method = asked.text("method", required=True)
    if method not in SAYS:
        raise BadRequest("A copy is verified by its hashes, or by a person who compared it.")
    said: dict[str, Any] = {"manifest_sha256": line.job.result["manifest_sha256"], "method": method}
    if method == BY_REVIEW:
        compared = asked.text("compared", longest=LONGEST)
        if not compared:
            return Refused(_page(asked, message="Say what you compared with what, and with which result."))
        said |= {"compared": compared, "problems": []}
    else:
        said |= _looked(asked.study, line)
    note = AddNote(
        study_id=asked.study.study_id,
        op=asked.text("op", longest=150, required=True),
        topic=TOPIC,
        name=line.job.job_id,
        content=said,
        shared=True,
    )
    try:
        asked.study.submit(note)
    except BadRequest as error:
        return Refused(_page(asked, typed=str(said.get("compared", "")), message=error.message))
    return SeeOther(f"copy/{line.job.job_id}")


def _looked(study: StudyAccess, line: ExportLine) -> dict[str, Any]:
    archive = study.take_export(line.job.job_id, why="verified").content
    assert isinstance(archive, Path), "an export is a file"
    found = verify(archive, str(line.job.result["manifest_sha256"]))
    return {
        "archive_sha256": found.sha256, "files": found.files, "bytes": found.bytes, "rows": found.rows,
        "problems": list(found.problems),
    }  # fmt: skip


def record(asked: PageRequest) -> Attachment:
    """The verification record, to be kept beside the copy; of one that nobody verified it says so."""
    study, line = asked.study, _line(asked)
    records = _records(study, line)
    manifest = line.job.result["manifest"]
    content = {
        "copy_of": {
            "study": study.name,
            "format": manifest["format"],
            "cut": manifest["cut"],
            "data_until": manifest["data_until"],
            "meta_data_versions": manifest["meta_data_versions"],
            "locked_data_only": not manifest["unlocked"],
            "left_out": manifest["left_out"],
            "software": manifest["software"],
        },
        "asked_for": {
            "by": line.who,
            "login": line.job.actor,
            "at": line.job.created_at,
            "why": line.job.request.get("why", ""),
        },
        "manifest_sha256": line.job.result["manifest_sha256"],
        "content_sha256": manifest["content_sha256"],
        "certified": _certified(records),
        "verifications": [
            {
                "by": one.full_name,
                "login": one.actor,
                "role": ROLE_WORDS.get(Role(one.role), one.role) if one.role else "",
                "at": one.at,
                "ledger_entry": one.n,
                "how": SAYS[one.content["method"]],
                **{name: value for name, value in one.content.items() if name != "manifest_sha256"},
            }
            for one in records
        ],
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    name = f"{study.name.replace('@', '-')}-{manifest['format']}-{line.job.created_at[:10]}.verification.json"
    return Attachment(name, "application/json", text)


EXPORT = (Action.EXPORT_WORKING, Action.EXPORT_LOCKED)
COPY_PAGES = (
    Page(path="copy/<job_id>", action=EXPORT, handler=copy, template="copy.html"),
    Page(path="copy/<job_id>", action=EXPORT, handler=certify, template="copy.html", method="POST"),
    Page(path="copy/<job_id>/record", action=EXPORT, handler=record),
)
