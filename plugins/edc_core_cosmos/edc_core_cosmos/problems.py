"""Every problem the importer reports, by stable code (docs/how-to/use-the-library.md says the same)."""

from __future__ import annotations

from dataclasses import dataclass, field

from edc_core.api import Problem

#: Code to its meaning. Codes are never reused.
CODES: dict[str, str] = {
    "COS001": "The file cannot be opened.",
    "COS002": "The file is not UTF-8 text.",
    "COS003": "The file is not JSON, or it ends too early.",
    "COS004": "The file is not YAML, or it uses anchors.",
    "COS005": "The file is not CSV with the columns of a terminology package.",
    "COS006": "The file is neither a list of specializations, a terminology package nor an arrangement of forms.",
    "COS007": "A key is missing.",
    "COS008": "A value is of another kind than expected.",
    "COS009": "The data type is not known.",
    "COS010": "The same thing is defined twice.",
    "COS011": "A key stands twice in a mapping.",
    "COS012": "The files hold nothing to make forms of.",
    "COS013": "Something is named that is not in the files.",
    "COS014": "A code list is not in the terminology.",
    "COS015": "A term is not in the terminology; it was taken as a sponsor's addition.",
    "COS016": "A term is not in a list that cannot be extended; it was left out.",
    "COS017": "A key is not known here.",
}
#: What is still imported; everything else leaves nothing of the import.
TOLERATED = frozenset({"COS015", "COS016"})


@dataclass(slots=True)
class ProblemLog:
    """Problems of one file, in the order found."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def add(self, code: str, line: int, text: str) -> None:
        problem = Problem(self.file, line, code, f"{CODES[code]} {text}", fatal=code not in TOLERATED)
        if problem not in self.found:
            self.found.append(problem)

    @property
    def is_fatal(self) -> bool:
        return any(problem.fatal for problem in self.found)
