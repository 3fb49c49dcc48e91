"""Put together what came back over one or more attempts, and name the culprit when an attempt was cut short."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edc_core.domain.check_report import CheckFailure, CheckReport, FailureKind
from edc_core.domain.finding import Found, Severity
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import TranslatedText
from edc_core.domain.rule_answer import RuleAnswer

if TYPE_CHECKING:
    from edc_core.check_host.frames import Json
    from edc_core.plugin_source import PluginSource

_WORDS = {
    FailureKind.TIMEOUT: "It did not answer in time and was stopped.",
    FailureKind.CRASHED: "Its process ended under it.",
}
PATIENCE = 3  #: attempts that may end before any plugin can be blamed


@dataclass(slots=True)
class Collected:
    """The state of one request.

    :param skip: checks, and stamps of plugins, that are left out of the next attempt.
    :param sources: plugins that are still in.
    """

    skip: set[str]
    sources: list[PluginSource]
    is_over: bool = False
    _plan: list[tuple[str, str]] | None = None
    _done: int = 0
    _loading: str | None = None
    _blameless: int = 0
    _found: list[Found] = field(default_factory=list)
    _failures: list[CheckFailure] = field(default_factory=list)
    _ran: list[tuple[str, ItemPath]] = field(default_factory=list)
    _settled: set[str] = field(default_factory=set)
    _unfinished: list[str] = field(default_factory=list)
    _answers: list[RuleAnswer] = field(default_factory=list)

    @property
    def is_running(self) -> bool:
        """Whether a check is at work, so its deadline counts."""
        return self._plan is not None

    def asking(self) -> None:
        """A request goes out."""
        self._plan, self._done, self._loading = None, 0, None

    def loading(self, name: str) -> None:
        """A plugin is being loaded; empty while our own code is at work."""
        self._loading = name

    def loaded(self, failed: list[list[str]]) -> None:
        """The study is ready; these plugins, or checks of them, are not part of it."""
        self._loading = None
        new = [CheckFailure("", f"{n} {v}".strip(), FailureKind.RAISED, text) for n, v, text in failed]
        self._failures += [failure for failure in new if failure not in self._failures]

    def take(self, answer: Json) -> None:
        """A plan, or the answer of the next check in it."""
        if "plan" in answer:
            self._plan = [(oid, stamp) for oid, stamp in answer["plan"]]
            return
        assert self._plan is not None
        oid, stamp = self._plan[self._done]
        self._done += 1
        self.skip.add(oid or stamp)
        self._answers += [
            RuleAnswer(key, spot, text, tuple(reads)) for key, spot, text, reads in answer["answers"]
        ]
        self._found += [_load_found(data) for data in answer["found"]]
        self._ran += [(oid, ItemPath.parse(path)) for path in answer["ran"]]
        self._failures += [
            CheckFailure(check, plugin, FailureKind(kind), text, path)
            for check, plugin, kind, text, path in answer["failed"]
        ]
        if oid and not answer["failed"]:
            self._settled.add(oid)

    def stopped(self, kind: FailureKind, *, overall_is_over: bool) -> None:
        """The attempt ended early: blame the plugin at work and leave it out of the next attempt."""
        plan, loading = self._plan, self._loading
        if plan is not None and self._done < len(plan):
            oid, stamp = plan[self._done]
            # Cut off by the overall deadline is not the check's fault; a crash is, whatever the time.
            if not (overall_is_over and kind is FailureKind.TIMEOUT):
                self._failures.append(CheckFailure(oid, stamp, kind, _WORDS[kind]))
                self.skip.add(oid or stamp)
                plan = plan[: self._done] + plan[self._done + 1 :]
            if overall_is_over:
                self._unfinished = [check for check, _ in plan[self._done :] if check]
        elif loading:
            text = f"While it was loaded: {_WORDS[kind]}"
            self._failures.append(CheckFailure("", loading, kind, text))
            self.sources = [source for source in self.sources if source.name != loading]
        else:
            if overall_is_over:
                self._unfinished = [""]
            self._blameless += 1
            if self._blameless >= PATIENCE:
                self._failures.append(CheckFailure("", "", kind, "The check host could not be started."))
                overall_is_over = True
        self.is_over = overall_is_over

    def report(self) -> CheckReport:
        """Everything, in the order of check OIDs."""
        return CheckReport(
            tuple(
                sorted(self._found, key=lambda found: found.check_oid)
            ),  # stable: places stay in the study's order
            tuple(self._failures),
            tuple(sorted(self._ran, key=lambda pair: pair[0])),
            frozenset(self._settled),
            tuple(self._unfinished),
            tuple(self._answers),
        )


def _load_found(data: Json) -> Found:
    oid, path, texts, severity, fingerprint, key, plugin, subject_id = data
    message = TranslatedText(tuple((language, text) for language, text in texts))
    return Found(oid, ItemPath.parse(path), message, Severity(severity), fingerprint, key, plugin, subject_id)
