"""Every problem the importer reports, by stable code (docs/reference/odm-problems.md says the same)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from edc_core.api import Problem

#: Code to its meaning. Codes are never reused.
CODES: dict[str, str] = {
    "ODM001": "The file is not well-formed XML, or it ends too early.",
    "ODM002": "The file declares a document type or entities; such files are refused.",
    "ODM003": "The file is not ODM.",
    "ODM004": "The file is ODM 2.0.",
    "ODM005": "The file is not in the character encoding it declares.",
    "ODM006": "The namespace is not that of ODM 1.3; the file is read as ODM 1.3.2 all the same.",
    "ODM007": "ODMVersion is missing or is not a 1.3 version; the file is read as ODM 1.3.2 all the same.",
    "ODM008": "The file cannot be opened.",
    "ODM009": "The file holds neither a Study nor ClinicalData.",
    "ODM010": "An element of a vendor was left out.",
    "ODM011": "An attribute of a vendor was left out.",
    "ODM012": "An ODM element stands where it has no meaning and was left out.",
    "ODM013": "An attribute that ODM does not know here was left out.",
    "ODM014": "A required attribute is missing; the element was left out.",
    "ODM015": "A value is not one of those the standard knows; another was taken.",
    "ODM016": "An OID is defined twice; the first definition was taken.",
    "ODM017": "A reference, code or language occurs twice; the first was taken.",
    "ODM018": "A part of the standard that has no place in a casebook was left out.",
    "ODM020": "A definition refers to something that is not defined; an empty definition was made.",
    "ODM021": "Data refer to something that is not defined; an empty definition was made.",
    "ODM022": "The included MetaDataVersion is missing or includes itself.",
    "ODM023": "Data name a MetaDataVersion that is not in the files.",
    "ODM024": "A site is not among the locations; a site with that number was made.",
    "ODM030": "An AuditRecord, Signature or Annotation stands in the wrong place; it was taken.",
    "ODM031": "There is more than one AuditRecord or Signature; the first counts, the others are kept beside it.",
    "ODM032": "An AuditRecord or Signature is not complete; it was kept as found.",
    "ODM033": "An AuditRecordID, SignatureID or AnnotationID leads nowhere.",
    "ODM034": "A repeat key is missing; 1 was taken.",
    "ODM035": "An ItemData is both null and has a value; the value was taken.",
    "ODM036": "An ItemData has neither a value nor IsNull; it was taken as blank.",
    "ODM037": "An item stands more than once at one place of a snapshot; each was taken, and the last counts.",
    "ODM041": "One of this framework's own marks cannot be read.",
    "ODM042": "The file goes past a limit: a text of more than 10 million characters, or elements more than 256 deep.",
    "ODM050": "A part of ODM 2.0 that this framework does not act on; it is kept and written back as ODM 2.0.",
    "ODM051": "The file is a fragment of ODM 2.0 and not a whole one; what it holds was taken.",
    "ODM052": "The file is a fragment of ODM 2.0 that does not say of which study it is.",
    "ODM053": "An item that takes one value has several; they were taken as one, joined by semicolons.",
    "ODM054": "The file is ODM 1.",
    "ODM055": "Data hold a form in an event that does not refer to it; the reference was added.",
    "ODM056": "A part of ODM 2.0 that would only be kept is not as the standard has it; it was left out.",
    "ODM057": "The file is of a version of ODM that this framework does not read.",
    "ODM058": "The file holds what changed since an earlier one (PriorFileOID); it is read as it stands, and takes nothing away.",
}
FATAL = frozenset(
    {"ODM001", "ODM002", "ODM003", "ODM004", "ODM005", "ODM008", "ODM042", "ODM052", "ODM054", "ODM057"}
)


@dataclass(slots=True)
class ProblemLog:
    """Problems of one file. The same text is listed once, with its first line and how often it occurs."""

    file: str
    _found: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def add(self, code: str, line: int | None, text: str = "") -> None:
        seen = self._found.setdefault((code, text), [line or 0, 0])
        seen[1] += 1

    def add_prior(self, attributes: Mapping[str, str]) -> None:
        """Say of a file with data, by the attributes of its root, that it goes on from another one."""
        if prior := attributes.get("PriorFileOID"):
            self.add("ODM058", 1, f"What did not change since '{prior}' is not in it.")

    def problems(self) -> list[Problem]:
        return [
            Problem(self.file, line, code, _sentence(code, text, count), fatal=code in FATAL)
            for (code, text), (line, count) in self._found.items()
        ]

    @property
    def is_fatal(self) -> bool:
        return any(code in FATAL for code, _ in self._found)


def _sentence(code: str, text: str, count: int) -> str:
    times = f" ({count} times, first here)" if count > 1 else ""
    return f"{CODES[code]} {text}".rstrip() + times
