"""Ask the check host: send a picture, collect findings, stop what takes too long, and start again."""

from __future__ import annotations

import hashlib
import os
import threading
import time
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import orjson

from edc_core.check_host import frames
from edc_core.check_host.collecting import Collected
from edc_core.check_host.process import Gone, HostProcess, TooLate
from edc_core.domain.casebook import Casebook
from edc_core.domain.casebook_wire import Surroundings, dump_casebook, dump_surroundings
from edc_core.domain.check_report import CheckFailure, CheckReport, FailureKind
from edc_core.domain.fact import Fact, dump_fact
from edc_core.domain.metadata_json import canonical_bytes
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.study_view import StudyCells
from edc_core.plugin_source import PluginSource

if TYPE_CHECKING:
    from types import TracebackType

    from edc_core.check_host.frames import Json
    from edc_core.domain.index import MetaDataIndex

GRACE_S = 5.0  #: after this much more than its deadline the process ends itself, should nobody else do it


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """One casebook to look at.

    :param study: the study in the version the casebook is judged by.
    :param sources: the study's active plugins (``Activation.sources``).
    :param skip: OIDs of checks to leave out, as quarantine says; a plugin is left out by leaving out its source.
    :param others: further versions that forms of the casebook keep: seen as those define them, not judged here.
    :param around: for declared checks that call functions of plugins.
    """

    study: PluginStudy
    sources: tuple[PluginSource, ...]
    casebook: Casebook
    skip: frozenset[str] = field(default=frozenset())
    others: tuple[MetaDataIndex, ...] = ()
    around: Surroundings = field(default=Surroundings())


class CheckHost:
    """The check host of one worker process. Threads may share it; requests are served one after another.

    :param deadline_s: seconds for one check on one casebook.
    :param overall_s: seconds for all checks of a request, time for restarts included.
    :param load_s: seconds for loading one plugin, once per process.
    :param memory_mb: address space the process may use (where the system can limit it); 0 for no limit.
    """

    def __init__(
        self, *, deadline_s: float = 2.0, overall_s: float = 10.0, load_s: float = 20.0, memory_mb: int = 2048
    ) -> None:
        self._deadline_s = deadline_s
        self._overall_s = overall_s
        self._load_s = load_s
        self._memory_mb = memory_mb
        self._lock = threading.Lock()
        self._processes: list[HostProcess] = []  # one or none
        self._versions: weakref.WeakKeyDictionary[MetaDataIndex, tuple[str, bytes]] = (
            weakref.WeakKeyDictionary()
        )
        self._end = weakref.finalize(self, _end_all, self._processes)  # also at exit

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process; the next request starts another."""
        with self._lock:
            _end_all(self._processes)

    @property
    def pid(self) -> int | None:
        """Number of the process, for reports; ``None`` while there is none."""
        return self._processes[0].pid if self._processes else None

    def run(self, request: CheckRequest, *, overall_s: float | None = None) -> CheckReport:
        """Run the checks of a study's plugins on a casebook. Never raises for what a plugin does.

        :param overall_s: another limit for this request, once the study is loaded.
        """
        message = {
            "do": "checks",
            "casebook": dump_casebook(request.casebook, with_queries=False),
            "around": dump_surroundings(request.around),
        }
        return self._ask(
            request.study,
            request.sources,
            message,
            skip=request.skip,
            others=request.others,
            overall_s=overall_s,
        )

    def run_across(
        self,
        study: PluginStudy,
        sources: tuple[PluginSource, ...],
        cells: StudyCells,
        *,
        skip: frozenset[str] = frozenset(),
    ) -> CheckReport:
        """Run the checks across subjects on what they read of a study; each finding names its subject."""
        message = {
            "do": "across",
            "subjects": [[s.subject_id, s.subject_key, s.site, s.zone] for s in cells.subjects],
            "cells": cells.cells,
        }
        return self._ask(study, sources, message, skip=skip)

    def notify(
        self, study: PluginStudy, sources: tuple[PluginSource, ...], facts: tuple[Fact, ...]
    ) -> tuple[CheckFailure, ...]:
        """Tell a study's plugins what was committed; what failed is returned for the log."""
        message = {"do": "facts", "facts": [dump_fact(fact) for fact in facts]}
        return self._ask(study, sources, message, skip=frozenset()).failures

    def _ask(
        self,
        study: PluginStudy,
        sources: tuple[PluginSource, ...],
        message: dict[str, Json],
        *,
        skip: frozenset[str],
        others: tuple[MetaDataIndex, ...] = (),
        overall_s: float | None = None,
    ) -> CheckReport:
        if not sources:
            return CheckReport()
        collected = Collected(skip=set(skip), sources=list(sources))
        overall = self._overall_s if overall_s is None else overall_s
        with self._lock:
            started = time.monotonic()
            while collected.sources and not collected.is_over:
                # Loading has a limit of its own: a cold start must not eat the time of the checks.
                loading_until = time.monotonic() + self._load_s
                process = self._process()
                try:
                    if not self._exchange(process, study, others, message, collected, started + overall):
                        started += self._load(process, study, others, collected, loading_until)
                        continue
                except TooLate:
                    late = time.monotonic() >= started + overall
                    collected.stopped(FailureKind.TIMEOUT, overall_is_over=late)
                except Gone:
                    collected.stopped(
                        FailureKind.CRASHED, overall_is_over=time.monotonic() >= started + overall
                    )
                else:
                    break
                _end_all(self._processes)
        return collected.report()

    def _exchange(
        self,
        process: HostProcess,
        study: PluginStudy,
        others: tuple[MetaDataIndex, ...],
        message: dict[str, Json],
        collected: Collected,
        overall: float,
    ) -> bool:
        """One request; false when the process does not know the study yet."""
        key, _ = self._wire_of(study, others, collected.sources)
        limit = max(overall - time.monotonic(), 0) + GRACE_S
        collected.asking()
        process.send(frames.encode({**message, "study": key, "skip": sorted(collected.skip), "limit": limit}))
        while True:
            patience = self._deadline_s if collected.is_running else self._load_s
            answer = process.receive(min(time.monotonic() + patience, overall))
            if "need" in answer:
                return False
            if "end" in answer:
                return True
            collected.take(answer)

    def _load(
        self,
        process: HostProcess,
        study: PluginStudy,
        others: tuple[MetaDataIndex, ...],
        collected: Collected,
        until: float,
    ) -> float:
        """Make the process ready for a study; answers the seconds it took."""
        from edc_core.expressions.rules import rules_of  # the process itself starts sooner without it

        began = time.monotonic()
        key, version = self._wire_of(study, others, collected.sources)
        rules = rules_of(study.index)
        process.send(
            frames.encode(
                {
                    "do": "study",
                    "study": key,
                    "version": orjson.Fragment(version),
                    "others": [orjson.Fragment(self._written(other)[1]) for other in others],
                    "environment": study.environment,
                    "calls": bool(rules.after_commit or rules.calls),
                    "countries": study.countries,
                    "configuration": dict(study.configuration),
                    "sources": [[s.name, s.target, s.distribution, s.version] for s in collected.sources],
                    "limit": self._load_s * (len(collected.sources) + 1) + GRACE_S,
                }
            )
        )
        collected.loading("")
        while True:
            answer = process.receive(until)
            if "ready" in answer:
                collected.loaded(answer["ready"])
                return time.monotonic() - began
            collected.loading(answer["loading"])
            until = time.monotonic() + self._load_s

    def _written(self, index: MetaDataIndex) -> tuple[str, bytes]:
        """Digest and canonical bytes of a definition, written and hashed once per version."""
        known = self._versions.get(index)
        if known is None:
            version = canonical_bytes(index.version)
            known = self._versions[index] = (hashlib.sha256(version).hexdigest(), version)
        return known

    def _wire_of(
        self, study: PluginStudy, others: tuple[MetaDataIndex, ...], sources: list[PluginSource]
    ) -> tuple[str, bytes]:
        """Key and definition of a study with its plugins and the other versions its casebooks hold."""
        known = self._written(study.index)
        parts = [
            known[0],
            [self._written(other)[0] for other in others],
            study.environment,
            list(study.countries),
            dict(study.configuration),
            [[s.name, s.target, s.distribution, s.version] for s in sources],
        ]
        return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest(), known[1]

    def _process(self) -> HostProcess:
        if self._processes and self._processes[0].owner != os.getpid():
            self._processes.clear()  # we were forked: that process serves our parent
        if not self._processes:
            self._processes.append(HostProcess(memory_mb=self._memory_mb))
        return self._processes[0]


def _end_all(processes: list[HostProcess]) -> None:
    while processes:
        processes.pop().end()
