"""The scripts of the version as a list to work through, and each as a page on which what came of it is recorded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import Action, BadRequest, MenuEntry, NotFound, Page, Refused, SeeOther, WrongState
from edc_core_uat import results
from edc_core_uat.evidence import gather
from edc_core_uat.results import Status
from edc_core_uat.scripts import Kind, scripts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edc_core.api import PageRequest, StudyAccess, Times
    from edc_core_uat.evidence import Evidence
    from edc_core_uat.results import Result, Results
    from edc_core_uat.scripts import Script, Sign

SHOWN = 100  #: scripts on a page
FILTERS = ("kind", "where", "status", "words")
#: Who records results: whoever has some part in the work of the study, and not who only reads it.
TESTERS = (Action.ENTER_DATA, Action.REVIEW_DATA, Action.CREATE_QUERY, Action.SIGN, Action.RELEASE_STUDY)


@dataclass(frozen=True, slots=True)
class Material:
    """A version with everything that is known of its tests."""

    study: StudyAccess
    version: str
    scripts: tuple[Script, ...]
    results: Results
    evidence: Evidence

    def line(self, script: Script) -> Line:
        """How one script stands."""
        seen = tuple(self.evidence.of_script(script).items())
        results = self.results
        return Line(
            script, results.status(script), results.last(script), results.earlier(script), seen,
            self.evidence.is_complete(script), script.oid in self.evidence.withheld,
        )  # fmt: skip

    def find(self, oid: str) -> Script:
        found = next((script for script in self.scripts if script.oid == oid), None)
        if found is None:
            raise NotFound(f"Version {self.version} has no such script. It may be one of an earlier version.")
        return found


@dataclass(frozen=True, slots=True)
class Line:
    """A script in the list. :param seen: what the data show; ``is_seen``: every step that can show does. :param is_withheld: it is
    about items that the person does not see.
    """

    script: Script
    status: Status
    last: Result | None
    earlier: Result | None
    seen: tuple[tuple[Sign, int], ...]
    is_seen: bool
    is_withheld: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """:param counts: how many scripts stand how, and how many of those that nobody tried the data show in full.
    :param found: how many the filters leave; ``lines`` are some of them, from ``start`` (0 the first). :param message: why nothing was
    recorded.
    """

    study: str
    environment: str
    version: str
    counts: Mapping[Status, int]
    shown_by_data: int
    evidence: Evidence
    lines: tuple[Line, ...]
    found: int
    start: int
    after: int
    kinds: tuple[Kind, ...]
    statuses: tuple[Status, ...]
    places: tuple[str, ...]
    given: Mapping[str, str]
    may_record: bool
    may_report: bool
    message: str
    op: str
    times: Times


@dataclass(frozen=True, slots=True)
class ScriptPage:
    """:param attempts: newest first. :param following: the next script that nobody tried; ``None`` at the end."""

    study: str
    environment: str
    version: str
    line: Line
    attempts: tuple[Result, ...]
    following: Script | None
    may_record: bool
    message: str
    note: str
    op: str
    times: Times


def material(study: StudyAccess) -> Material:
    """The newest version of a study outside live.

    :raises WrongState: the study is live.
    """
    if study.environment == "live":
        raise WrongState(
            f"{study.name} is live. Acceptance testing is done in its uat environment, with made-up subjects; the "
            "history of this study says on which report of it a version was released."
        )
    _, at_hand = study.session()
    scripts = scripts_of(at_hand.index, at_hand.checks)
    version = at_hand.index.version.oid
    return Material(study, version, scripts, results.read(study, version), gather(study, scripts))


def look(asked: PageRequest) -> ListPage:
    """The scripts, or what the filters leave of them."""
    return _list(asked)


def _list(asked: PageRequest, message: str = "") -> ListPage:
    known = material(asked.study)
    given = {name: asked.text(name) for name in FILTERS}
    lines = [line for line in map(known.line, known.scripts) if _fits(line, given)]
    start = _start(asked.text("start"))
    statuses = Counter(known.results.status(script) for script in known.scripts)
    return ListPage(
        study=asked.study.name,
        environment=asked.study.environment,
        version=known.version,
        counts={status: statuses[status] for status in Status},
        shown_by_data=sum(
            known.evidence.is_complete(script)
            for script in known.scripts
            if known.results.status(script) is Status.UNTESTED
        ),
        evidence=known.evidence,
        lines=tuple(lines[start : start + SHOWN]),
        found=len(lines),
        start=start,
        after=start + SHOWN if start + SHOWN < len(lines) else 0,
        kinds=tuple(Kind),
        statuses=tuple(Status),
        places=tuple(dict.fromkeys(place for script in known.scripts if (place := _place(script)))),
        given=given,
        may_record=may_record(asked.study),
        may_report=asked.study.may(Action.COMPARE_VERSIONS),
        message=message,
        op=asked.op,
        times=asked.times,
    )


def _start(text: str) -> int:
    if text and not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise BadRequest("This is no place in the list. Begin with its first page again.")
    return int(text or 0)


def _place(script: Script) -> str:
    """The form a script is about, or else its visit."""
    return script.title if script.kind in (Kind.FORM, Kind.WINDOW) else script.where or script.title


def _fits(line: Line, given: Mapping[str, str]) -> bool:
    script = line.script
    text = f"{script.oid} {script.title} {script.where}".lower()
    return (
        given["kind"] in ("", script.kind.value)
        and given["status"] in ("", line.status.value)
        and given["where"] in ("", _place(script))
        and given["words"].lower() in text
    )


def may_record(study: StudyAccess) -> bool:
    return any(study.may(action) for action in TESTERS)


def one(asked: PageRequest) -> ScriptPage:
    """One script: what to do, what is expected, what was recorded."""
    return _one(asked)


def _one(asked: PageRequest, message: str = "") -> ScriptPage:
    known = material(asked.study)
    script = known.find(asked.text("script", longest=600, required=True))
    place = known.scripts.index(script)
    rest = (*known.scripts[place + 1 :], *known.scripts[:place])
    following = next((other for other in rest if known.results.status(other) is Status.UNTESTED), None)
    return ScriptPage(
        study=asked.study.name,
        environment=asked.study.environment,
        version=known.version,
        line=known.line(script),
        attempts=tuple(reversed(known.results.of(script))),
        following=following,
        may_record=may_record(asked.study),
        message=message,
        note=asked.text("note", longest=4000),
        op=asked.op,
        times=asked.times,
    )


def record(asked: PageRequest) -> SeeOther | Refused:
    """Keep what came of a script."""
    known = material(asked.study)
    script = known.find(asked.text("script", longest=600, required=True))
    status, note = _status(asked.text("status")), asked.text("note", longest=4000)
    if asked.text("version", required=True) != known.version:
        return Refused(_one(asked, _another(asked.text("version"), known.version)))
    if status is Status.FAILED and not note:
        return Refused(
            _one(asked, "Write what happened instead of what is expected; whoever mends it reads this.")
        )
    try:
        _keep(asked, known, [script], status, note)
    except BadRequest as error:
        return Refused(_one(asked, error.message))
    return SeeOther("script", {"script": script.oid}, "results")


def record_passed(asked: PageRequest) -> SeeOther | Refused:
    """Keep of several scripts at once that they passed."""
    known = material(asked.study)
    chosen = [known.find(oid) for oid in asked.texts("chosen")]
    if asked.text("version", required=True) != known.version:
        return Refused(_list(asked, _another(asked.text("version"), known.version)))
    if not chosen:
        return Refused(_list(asked, "Choose at least one script that you tried and that passed."))
    try:
        _keep(asked, known, chosen, Status.PASSED, asked.text("note", longest=4000))
    except BadRequest as error:
        return Refused(_list(asked, error.message))
    return SeeOther("", {name: value for name in FILTERS if (value := asked.text(name))}, "scripts")


def _keep(asked: PageRequest, known: Material, scripts: Iterable[Script], status: Status, note: str) -> None:
    chosen = list(scripts)
    seen = {script.oid: known.evidence.of_script(script) for script in chosen}
    op = asked.text("op", required=True)
    results.record(asked.study, chosen, status, note, version=known.version, op=op, seen=seen)


def _status(text: str) -> Status:
    if text not in (Status.PASSED, Status.FAILED):
        raise BadRequest("Say whether it passed or failed.")
    return Status(text)


def _another(seen: str, now: str) -> str:
    return (
        f"You tried version {seen}; meanwhile version {now} is the newest one of this study. Nothing was recorded. "
        "Look at the script again and try it in the new version."
    )


PAGES = (
    Page(
        path="", action=Action.READ_TRAIL, handler=look, template="scripts.html",
        menu=MenuEntry("Acceptance", outside=("live",)),
    ),
    Page(path="", action=TESTERS, handler=record_passed, template="scripts.html", method="POST"),
    Page(path="script", action=Action.READ_TRAIL, handler=one, template="script.html"),
    Page(path="script", action=TESTERS, handler=record, template="script.html", method="POST"),
)  # fmt: skip
