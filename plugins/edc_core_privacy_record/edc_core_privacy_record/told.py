"""What only people know of the processing: who is responsible, for what, who gets data. Each saying is a note of the study."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import AddNote, BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.api import StudyAccess

TOPIC = "privacy.record"
LONGEST = 4000
COUNTRY = re.compile("[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Field:
    """:param name: of the note. :param clause: of Art. 30(1). :param needed: the record is not whole without it."""

    name: str
    clause: str
    title: str
    hint: str
    needed: bool = True
    rows: int = 2


RECIPIENTS = "recipients"
FIELDS = (
    Field("controller", "30(1)(a)", "Controller", "The sponsor, with address"),
    Field("joint", "30(1)(a)", "Joint controllers", "Where there are any: who, and who does what", needed=False),
    Field(
        "representative", "30(1)(a)", "Representative", "In the Union and in the United Kingdom, of a sponsor outside (Art. 27)",
        needed=False,
    ),
    Field("officer", "30(1)(a)", "Data protection officer", "Or the office, with an address to write to"),
    Field("purposes", "30(1)(b)", "Purposes", "For what the data are used, and on which legal basis (Art. 6 and 9)", rows=3),
    Field(
        RECIPIENTS, "30(1)(d)", "Recipients and processors",
        "One a line: country in two letters, who, for what, on which safeguard, with semicolons between. US; Central Lab Inc.; "
        "analysis of samples; standard contractual clauses",
        rows=4,
    ),
    Field(
        "measures", "30(1)(g)", "Measures of who runs the installation",
        "Encryption at rest and in transit, backups, who may reach the machines, training", rows=3,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """:param who: full name. :param at: UTC ISO 8601."""

    text: str
    who: str
    at: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """:param country: ISO 3166-1 alpha-2. :param safeguard: empty where none is named."""

    country: str
    who: str
    purpose: str
    safeguard: str


def said(study: StudyAccess) -> Mapping[str, Said]:
    """The newest saying of each field that somebody has said; an empty one takes it back."""
    newest: dict[str, Said] = {}
    for note in sorted(study.notes(TOPIC), key=lambda one: one.n):
        newest[note.name] = Said(str(note.content.get("text", "")), note.full_name, note.at)
    return {name: one for name, one in newest.items() if one.text}


def say(study: StudyAccess, name: str, text: str, *, op: str) -> None:
    """Keep a saying.

    :raises BadRequest: there is no such field, a line of the recipients cannot be read, or it holds an identifier of a person.
    """
    if name not in {field.name for field in FIELDS}:
        raise BadRequest(f"The record has no field '{name}'.")
    if name == RECIPIENTS:
        list(recipients(text))
    study.submit(
        AddNote(study_id=study.study_id, op=op, topic=TOPIC, name=name, content={"text": text}, shared=True)
    )


def recipients(text: str) -> Iterator[Recipient]:
    """:raises BadRequest: naming the line that has no country, or nobody who gets the data."""
    for line in filter(None, map(str.strip, text.splitlines())):
        country, who, purpose, safeguard = (*(part.strip() for part in line.split(";", 3)), "", "", "")[:4]
        if not COUNTRY.fullmatch(country) or not who:
            raise BadRequest(
                f"'{line[:60]}' names no recipient. Write the country in two capitals, who gets the data, for what, and on "
                "which safeguard, with semicolons between: US; Central Lab Inc.; analysis of samples; contractual clauses."
            )
        yield Recipient(country, who, purpose, safeguard)
