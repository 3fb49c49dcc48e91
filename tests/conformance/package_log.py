"""What came of making packages, kept under artifacts/: counts, times, and every rule with a finding and what explains it."""

import json
import os
import time
from contextlib import contextmanager

from edc_core_conformance.words import coverage, said_of

from tests.fresh_venv import ROOT

FOLDER = ROOT / "artifacts/packages"


class PackageLog:
    """Lines of a file, begun anew; each is also one of JSON for whoever counts."""

    def __init__(self, subjects):
        FOLDER.mkdir(parents=True, exist_ok=True)
        process = os.environ.get("PYTEST_XDIST_WORKER", "")  # of several each makes packages of its own
        self.file = FOLDER / f"{subjects}-subjects{process and '-'}{process}.log"
        self.file.write_text("", encoding="utf-8")

    def say(self, **what):
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(what, ensure_ascii=False) + "\n")

    @contextmanager
    def timed(self, what):
        """Times a block and says what it was."""
        began = time.monotonic()
        yield
        self.say(what=what, seconds=round(time.monotonic() - began, 1))

    def package(self, made):
        """What an export holds."""
        files = made.manifest["files"]
        self.say(
            package=made.manifest["format"],
            files=len(files),
            megabytes=round(sum(one["bytes"] for one in files.values()) / 1e6, 2),
            records={
                name.rpartition("/")[2].removesuffix(".xpt").upper(): one["rows"]
                for name, one in files.items()
                if name.endswith(".xpt") and "rows" in one
            },
            counts=made.manifest["counts"],
            by_site=made.manifest["counts_by_site"],
            left_out=made.manifest["left_out"],
        )

    def report(self, report):
        """What engines and rules said."""
        for name, version, words in coverage(report):
            self.say(rules=name, version=version, checked=words)
        for sets in report.rule_sets:
            for one in sets.failed:
                self.say(failed=one.rule, dataset=one.dataset, error=one.is_error, why=one.why)
        kinds = {}
        for one in report.findings:
            kinds.setdefault((one.rule, one.dataset, one.explanation), []).append(one)
        for (rule, dataset, explanation), found in sorted(kinds.items()):
            self.say(
                rule=rule, dataset=dataset, findings=len(found), text=found[0].text, explanation=explanation
            )
        self.say(said=said_of(report), errors=len(report.errors), unexplained=list(report.unexplained))
