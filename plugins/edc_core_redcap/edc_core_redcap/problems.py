"""Every problem the importer reports, by stable code (docs/reference/redcap-problems.md says the same)."""

from __future__ import annotations

from dataclasses import dataclass, field

from edc_core.api import Problem

#: Code to its meaning. Codes are never reused.
CODES: dict[str, str] = {
    "RED001": "The file is not in UTF-8. Save it as CSV UTF-8, or download it again.",
    "RED002": "The file is not a readable table: a quotation mark is not closed, or stands in the wrong place.",
    "RED003": "A column of the data dictionary is missing. Download the dictionary again, with all 18 columns.",
    "RED004": "This column is no field of the project.",
    "RED005": "The file cannot be opened.",
    "RED006": "The file is not well-formed XML, or it ends too early.",
    "RED007": "The file declares a document type or entities; such files are refused.",
    "RED008": "The file is neither a data dictionary, nor a project XML of REDCap, nor a table of records.",
    "RED009": "No file holds the definition. Name the data dictionary or the project XML too.",
    "RED010": "There is more than one definition; import one project at a time.",
    "RED011": "The definition holds no field.",
    "RED012": "A row has more or fewer cells than there are columns.",
    "RED013": "A column stands twice.",
    "RED020": "A field's name is not one: lower-case letters, digits and _ only, with a letter first.",
    "RED021": "A field is defined twice.",
    "RED022": "The field type is unknown.",
    "RED023": "The choices cannot be read. Each is a code, a comma and a label; a bar stands between two.",
    "RED024": "A code stands twice among the choices.",
    "RED025": "The name of the instrument is missing or is not one.",
    "RED026": "The choices are missing.",
    "RED027": "The logic or calculation cannot be read.",
    "RED028": "The definition refers to something that it does not define.",
    "RED030": "The record has no identifier.",
    "RED031": "This record, event, instrument and instance stand twice.",
    "RED032": "The event is not one of the project.",
    "RED033": "The repeating instrument is not one of the project.",
    "RED034": "The instance is not a whole number from 1 on.",
    "RED035": "The data refer to a field, an instrument or a status that the project has not there.",
    "RED036": "The same value stands twice, differently.",
    "RED037": "The record is in two data access groups.",
    "RED040": "This could not be translated; the original is kept, and nothing is calculated or hidden by it.",
    "RED041": "This was translated, with a difference.",
    "RED042": "The logic names a field that is not there; the original is kept, and nothing is calculated or hidden by it.",
    "RED043": "An action tag is kept as a note and does nothing.",
    "RED044": "The format is kept as a note and not checked.",
    "RED045": "A limit could not be taken over; it is kept as a note.",
    "RED046": "The text shows a value of another field in REDCap; here it stands as it is written.",
    "RED047": "The project has several arms; every subject is shown the visits of all of them.",
    "RED048": "The instrument repeats in some events only; here it may repeat in all of them.",
    "RED049": "A part of the project has no place in a casebook and was left out.",
    "RED050": "A file or signature that was uploaded stays in REDCap; what the data say of it is kept as a text. Download it.",
    "RED051": "The answers come from a query or an ontology that REDCap looks up; they become text.",
    "RED052": "A site was made of a data access group that only the records name.",
    "RED053": "An instrument has data in an event that it does not belong to; it was added there.",
    "RED054": "The events were taken from the records, since a data dictionary has none.",
    "RED055": "A setting of the survey page or of its look is kept as a note.",
    "RED056": "Records have no data access group; they go to the site IMPORT.",
    "RED057": "A field for files or signatures became a text. Make it a file item, where files are to come in here.",
}
#: What cannot be read, or would be taken wrongly: nothing is imported.
FATAL = frozenset(code for code in CODES if code < "RED040")


@dataclass(slots=True)
class ProblemLog:
    """Problems of one file. The same text is listed once, with its first line and how often it occurs."""

    file: str
    _found: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def add(self, code: str, line: int, text: str = "") -> None:
        seen = self._found.setdefault((code, text), [line, 0])
        seen[1] += 1

    def problems(self) -> list[Problem]:
        return [
            Problem(self.file, line, code, _sentence(code, text, count), fatal=code in FATAL)
            for (code, text), (line, count) in sorted(
                self._found.items(), key=lambda found: (found[1][0], found[0])
            )
        ]

    @property
    def is_fatal(self) -> bool:
        return any(code in FATAL for code, _ in self._found)


def _sentence(code: str, text: str, count: int) -> str:
    times = f" ({count} times, first here)" if count > 1 else ""
    return f"{CODES[code]} {text}".rstrip() + times
