"""The check host's side: read requests, run checks, write answers. Started by ``python -m edc_core.check_host``."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import queue
import sys
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING

from edc_core.check_host import frames
from edc_core.check_host.running import CheckResult, run_check
from edc_core.check_host.running_across import run_across
from edc_core.domain.casebook_picture import CasebookPicture
from edc_core.domain.casebook_wire import load_casebook, load_surroundings
from edc_core.domain.check_report import FailureKind
from edc_core.domain.fact import load_fact
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import MetaDataVersion
from edc_core.domain.metadata_json import load
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.study_view import StudyCells, StudySubject
from edc_core.plugin_activation import Activation
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_offers import RegisteredCheck, StudyChecks
from edc_core.plugin_source import PluginSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from edc_core.check_host.frames import Json
    from edc_core.check_host.running_declared import CallingChecks

MAX_STUDIES = 16  #: versions kept ready; the one used longest ago goes first


@dataclass(frozen=True, slots=True)
class _Ready:
    index: MetaDataIndex
    others: dict[str, MetaDataIndex]
    plugins: EdcPlugins
    active: Activation
    checks: StudyChecks
    calling: CallingChecks | None  #: where a declared check calls a function of a plugin


class _Host:
    def __init__(self, send: Callable[[Json], None]) -> None:
        self._send = send
        self._studies: OrderedDict[str, _Ready] = OrderedDict()

    def answer(self, message: Json) -> None:
        ready = None
        if message["do"] != "study":
            ready = self._studies.get(message["study"])
            if ready is None:
                self._send({"need": message["study"]})
                return
            self._studies.move_to_end(message["study"])
        # Ends this process even where a check spins in C code and no thread of ours gets a turn.
        faulthandler.dump_traceback_later(message["limit"], exit=True, file=sys.stderr)
        try:
            match message["do"], ready:
                case "study", _:
                    self._prepare(message)
                case "checks", _Ready() as study:
                    self._run(message, study)
                case "across", _Ready() as study:
                    self._run_across(message, study)
                case "facts", _Ready() as study:
                    self._tell(message, study)
        finally:
            faulthandler.cancel_dump_traceback_later()

    def _prepare(self, message: Json) -> None:
        sources = [PluginSource(*parts) for parts in message["sources"]]
        for source in sources:  # one by one first, so that the core knows who it is that hangs or crashes
            self._send({"loading": source.name})
            with contextlib.suppress(Exception, SystemExit):  # EdcPlugins meets it again and reports it
                source.load()
        self._send({"loading": ""})
        plugins = EdcPlugins(sources, strict=False)
        index = MetaDataIndex(load(MetaDataVersion, message["version"]))
        study = PluginStudy(
            index.version.study.oid,
            message["environment"],
            index,
            tuple(message["countries"]),
            message["configuration"],
        )
        identities = [identity for identity in plugins.installed if plugins.source(identity.name) in sources]
        registered: list[RegisteredCheck] = []
        for identity in identities:
            self._send({"loading": identity.name})
            registered += plugins.checks(study, Activation((identity,))).checks
            plugins.functions(study, Activation((identity,)))
        active = Activation(tuple(identities), tuple(sources))
        self._send({"loading": ""})
        checks, functions = plugins.checks(study, active), plugins.functions(study, active)
        calling = None
        if message["calls"]:
            from edc_core.check_host.running_declared import CallingChecks  # few studies need it

            calling = CallingChecks(index, functions.functions)
        others = [MetaDataIndex(load(MetaDataVersion, other)) for other in message["others"]]
        by_oid = {other.version.oid: other for other in others}
        self._studies[message["study"]] = _Ready(
            index, by_oid, plugins, active, checks, calling
        )  # fmt: skip
        while len(self._studies) > MAX_STUDIES:
            self._studies.popitem(last=False)
        failed = dict.fromkeys((*plugins.failures, *checks.problems, *functions.problems))
        self._send({"ready": [[failure.name, failure.version, failure.text] for failure in failed]})

    def _run(self, message: Json, study: _Ready) -> None:
        picture = CasebookPicture(load_casebook(message["casebook"]), study.index, study.others)
        skip = set(message["skip"])
        due: list[tuple[str, str, Callable[[], CheckResult]]] = [
            (one.check.oid, one.plugin.stamp, partial(run_check, one, picture)) for one in study.checks.checks
        ]
        if study.calling is not None:
            due += study.calling.due(picture, load_surroundings(message["around"]))
        due = sorted((one for one in due if one[0] not in skip), key=lambda one: one[0])
        self._send({"plan": [[oid, stamp] for oid, stamp, _ in due]})
        for _, _, run in due:
            self._send(_dump(run()))
        self._send({"end": True})

    def _run_across(self, message: Json, study: _Ready) -> None:
        cells = StudyCells(
            tuple(StudySubject(*parts) for parts in message["subjects"]),
            tuple((subject, path, text) for subject, path, text in message["cells"]),
        )
        skip = set(message["skip"])
        due = [registered for registered in study.checks.across if registered.check.oid not in skip]
        self._send({"plan": [[registered.check.oid, registered.plugin.stamp] for registered in due]})
        for registered in due:
            self._send(_dump(run_across(registered, study.index, cells)))
        self._send({"end": True})

    def _tell(self, message: Json, study: _Ready) -> None:
        facts = tuple(load_fact(data) for data in message["facts"])
        listening = [
            identity
            for identity in study.active.plugins
            if facts  # none only warms the process up
            and "edc_after_commit" in study.plugins.hooks_of(identity.name)
            and identity.stamp not in message["skip"]
        ]
        self._send({"plan": [["", identity.stamp] for identity in listening]})
        for identity in listening:
            failures = study.plugins.after_commit(facts, Activation((identity,)))
            self._send(
                {
                    "found": [],
                    "ran": [],
                    "answers": [],
                    "failed": [["", identity.stamp, FailureKind.RAISED, f.text, ""] for f in failures],
                }
            )
        self._send({"end": True})


def _dump(result: CheckResult) -> Json:
    return {
        "found": [
            [
                f.check_oid,
                str(f.path),
                [list(text) for text in f.message.texts],
                f.severity,
                f.fingerprint,
                f.key,
                f.plugin,
                f.subject_id,
            ]
            for f in result.found
        ],
        "failed": [[f.check_oid, f.plugin, f.kind, f.text, f.path] for f in result.failures],
        "ran": [str(path) for path in result.ran],
        "answers": [[one.key, one.spot, one.text, one.reads] for one in result.answers],
    }


def main() -> None:
    """Serve until standard input ends."""
    requests, answers = _private_streams()
    _limit_memory(int(os.environ.pop("EDC_CHECK_HOST_MEMORY_MB", "0")))
    own_pid = os.getpid()

    def send(message: Json) -> None:
        if os.getpid() != own_pid:
            os._exit(0)  # a process that a plugin forked has no say here
        answers.write(frames.encode(message))
        answers.flush()

    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def listen() -> None:
        while (body := frames.read(requests)) is not None:
            waiting.put(body)
        os._exit(0)  # the core is gone, also when a check is running: nobody waits for its answer

    threading.Thread(target=listen, name="requests", daemon=True).start()
    host = _Host(send)
    while True:
        body = waiting.get()
        if os.getpid() != own_pid:
            os._exit(0)
        host.answer(frames.decode(body))


def _private_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Take standard input and output for ourselves; plugins that read or print meet the null device."""
    requests, answers = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    sys.stdin, sys.stdout = os.fdopen(0, "r"), os.fdopen(1, "w", closefd=False)
    if hasattr(os, "register_at_fork"):

        def forget() -> None:
            for fd in (requests, answers):
                with contextlib.suppress(OSError):
                    os.close(fd)

        os.register_at_fork(after_in_child=forget)
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb")


def _limit_memory(megabytes: int) -> None:
    if megabytes <= 0:
        return
    try:
        import resource
    except ImportError:  # Windows has no such limit; the deadline stands
        return
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold collected values
