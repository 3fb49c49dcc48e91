"""The report of acceptance testing of one version: what the ledger holds of it, in bytes that come out the same again.

It is made of the definition and of the results up to its last one, and of nothing that changes: no data of subjects, no
clock. Its SHA-256 is that of the JSON file; recorded, it stands in the chain of the study, where the release for live
finds it (REQ-BLD-01).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass
from html import escape
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Any

from edc_core.api import AddNote, Attachment, NotFound, WrongState
from edc_core_uat import results
from edc_core_uat.results import Status
from edc_core_uat.scripts import scripts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.api import StudyAccess
    from edc_core_uat.results import Result, Results
    from edc_core_uat.scripts import Script

FORMAT = "edc-core-uat-report-1"
TOPIC = "uat.report"  #: the core reads notes of this topic when a version is released for live
SOFTWARE = ("edc-core", "edc-core-uat")
COUNTED = {"passed": Status.PASSED, "failed": Status.FAILED, "untested": Status.UNTESTED}
HEADER = (
    "script",
    "kind",
    "where",
    "title",
    "status",
    "result",
    "at (UTC)",
    "who",
    "role",
    "note",
    "data showed",
    "entry",
)


@dataclass(frozen=True, slots=True)
class Report:
    """:param content: as the JSON file has it."""

    content: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The JSON file: keys in order, one line for each, UTF-8."""
        return json.dumps(self.content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def name(self) -> str:
        """Of its files, without an ending."""
        return f"acceptance-{self.content['study']}-{self.content['meta_data_version']}".replace("/", "-")

    @property
    def title(self) -> str:
        return f"Acceptance testing of {self.content['study']}, version {self.content['meta_data_version']}"

    def scripts(self, status: Status) -> list[Mapping[str, Any]]:
        """Those that stand so, in the order of the definition."""
        return [one for one in self.content["scripts"] if one["status"] == status]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A report that somebody recorded. :param n: of its entry. :param content: what the entry says of it."""

    n: int
    at: str
    who: str
    role: str
    content: Mapping[str, Any]


def again(study: StudyAccess, recorded: Recorded | None) -> Report:
    """The report as it stands, or a recorded one.

    :raises WrongState: it cannot be made again as it was, since plugins or this software are others now.
    """
    made = make(study, recorded)
    if recorded is not None and made.sha256 != recorded.content["report_sha256"]:
        then = ", ".join(f"{name} {number}" for name, number in recorded.content["software"].items())
        raise WrongState(
            f"This report was made with {then}, and what is installed now makes other scripts of the same version. Take the "
            f"file that was kept then; its SHA-256 is {recorded.content['report_sha256']}."
        )
    return made


def make(study: StudyAccess, recorded: Recorded | None = None) -> Report:
    """The report of the newest version as it stands now, or one that was recorded, made again.

    :raises NotAllowed: the person compares no versions, or reads no trail. :raises WrongState: the study is live.
    """
    if study.environment == "live":
        raise WrongState(
            f"{study.name} is live. Reports of acceptance testing are made in its uat environment."
        )
    session, at_hand = study.session()
    said = recorded.content if recorded else {}
    oid = said.get("meta_data_version") or at_hand.index.version.oid
    if oid != at_hand.index.version.oid:
        at_hand = session.study(study.name, oid)
    line = next(line for line in study.versions().versions if line.oid == oid)
    scripts = scripts_of(at_hand.index, at_hand.checks)
    found = results.read(study, oid, upto=said.get("last_entry", 0) or (recorded.n if recorded else 0))
    lines = [_script(script, found, line.published_by) for script in scripts]
    counts = Counter(one["status"] for one in lines)
    entries = [result["entry"] for one in lines for result in one["results"]]
    return Report(
        {
            "format": FORMAT,
            "study": study.name,
            "environment": study.environment,
            "meta_data_version": oid,
            "definition_sha256": line.sha256,
            "published": {"at": line.published_at, "by": line.published_by},
            "plugins": [asdict(use) for use in at_hand.index.version.plugins],
            "software": dict(said.get("software") or {name: installed(name) for name in SOFTWARE}),
            "last_entry": max(entries, default=0),
            "counts": {name: counts[str(status)] for name, status in COUNTED.items()},
            "scripts": lines,
        }
    )


def _script(script: Script, found: Results, publisher: str) -> dict[str, Any]:
    return {
        "script": script.oid,
        "kind": str(script.kind),
        "title": script.title,
        "where": script.where,
        "steps": [{"do": step.do, "expected": step.expect} for step in script.steps],
        "status": str(found.status(script)),
        "results": [_result(one, publisher) for one in found.of(script)],
    }


def _result(one: Result, publisher: str) -> dict[str, Any]:
    return {
        "entry": one.n,
        "entry_sha256": one.sha256,
        "at": one.at,
        "who": one.login,
        "role": one.role,
        "published_the_version": one.login == publisher,
        "status": str(one.status),
        "note": one.note,
        "data_showed": dict(one.seen),
    }


def record(study: StudyAccess, report: Report, *, op: str) -> None:
    """Note in the chain of the study that this is the report: its digest, of which version, and what it comes to."""
    content = {
        "meta_data_version": report.content["meta_data_version"],
        "definition_sha256": report.content["definition_sha256"],
        "report_sha256": report.sha256,
        "last_entry": report.content["last_entry"],
        "software": report.content["software"],
    } | report.content["counts"]
    study.submit(
        AddNote(
            study_id=study.study_id, op=op, topic=TOPIC, name=f"report {report.sha256[:16]}", content=content,
            shared=True,
        )
    )  # fmt: skip


def recorded_reports(study: StudyAccess) -> tuple[Recorded, ...]:
    """Those of every version, newest first."""
    return tuple(
        Recorded(
            int(str(entry.columns["n"])), str(entry.columns["at"]), entry.who, str(entry.columns["role"]),
            said["content"],
        )
        for entry, said in results.notes(study, TOPIC)
        if said.get("topic") == TOPIC
    )  # fmt: skip


def find(study: StudyAccess, n: str) -> Recorded | None:
    """A recorded report by its entry; nothing for an empty one.

    :raises NotFound: there is none.
    """
    if not n:
        return None
    found = next((one for one in recorded_reports(study) if str(one.n) == n), None)
    if found is None:
        raise NotFound("There is no such report.")
    return found


def as_csv(report: Report) -> Attachment:
    """A line for each result, and one for each script that nobody tried."""
    rows = (
        (
            one["script"], one["kind"], one["where"], one["title"], one["status"],
            *((r["status"], r["at"], r["who"], r["role"], r["note"], _seen(r), r["entry"]) if r else ("",) * 7),
        )
        for one in report.content["scripts"]
        for r in (one["results"] or [None])
    )  # fmt: skip
    return Attachment.table(f"{report.name}.csv", HEADER, rows)


def _seen(result: Mapping[str, Any]) -> str:
    return ", ".join(f"{sign} {count}" for sign, count in result["data_showed"].items())


def as_html(report: Report) -> Attachment:
    """The same as a page of its own, to read and to print."""
    return Attachment(f"{report.name}.html", "text/html", "\n".join(_html(report)) + "\n")


_STYLE = (
    "body{font:10pt sans-serif;max-width:60em;margin:2em auto}table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #999;padding:3px 6px;text-align:left;vertical-align:top}h3{margin-bottom:.2em}"
    "section{break-inside:avoid}code{overflow-wrap:anywhere}"
)


HEADINGS = (("Failed", Status.FAILED), ("Not tried", Status.UNTESTED), ("Passed", Status.PASSED))


def facts(report: Report) -> Iterator[tuple[str, str]]:
    """What stands at the top: names and values."""
    content, counts = report.content, report.content["counts"]
    yield "Scripts", f"{counts['passed']} passed, {counts['failed']} failed, {counts['untested']} not tried"
    yield "SHA-256 of the definition", content["definition_sha256"]
    yield "Published (UTC)", f"{content['published']['at']}, {content['published']['by']}"
    plugins = ", ".join(f"{p['name']} {p['version']} {p['sha256']}" for p in content["plugins"])
    yield "Plugins", plugins or "none"
    yield "Software", ", ".join(f"{name} {number}" for name, number in content["software"].items())
    yield "SHA-256 of the report (JSON)", report.sha256


def told(result: Mapping[str, Any]) -> str:
    """A result in one sentence: what, when, who, and what was found."""
    own = ", who published the version" if result["published_the_version"] else ""
    seen = f" ({_seen(result)})" if _seen(result) else ""
    who = f"{result['who']} {result['role']}{own}"
    return f"{result['status']}: {result['at']}, {who}. {result['note']}{seen}"


def _html(report: Report) -> Iterator[str]:
    title = escape(report.title)
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1><table>"
    for name, value in facts(report):
        yield from _row(name, value)
    yield "</table>"
    for heading, status in HEADINGS:
        chosen = report.scripts(status)
        yield f"<h2>{heading}: {len(chosen)}</h2>"
        for one in chosen:
            yield from _section(one)
    yield "</body></html>"


def _section(one: Mapping[str, Any]) -> Iterator[str]:
    about = ", ".join(filter(None, (one["kind"], one["where"])))
    yield f"<section><h3>{escape(one['title'])}</h3><p>{escape(about)}, <code>{escape(one['script'])}</code></p><table>"
    for step in one["steps"]:
        yield from _row(step["do"], step["expected"])
    yield "</table>"
    if one["results"]:
        yield "<ul>"
        for r in one["results"]:
            yield f"<li>{escape(told(r))} <code>{r['entry']} {r['entry_sha256']}</code></li>"
        yield "</ul>"
    yield "</section>"


def _row(name: str, value: str) -> Iterator[str]:
    yield f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
