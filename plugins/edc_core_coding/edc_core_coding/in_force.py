"""Which version of a dictionary a study codes by: a note in the study's chain, so the trail has who said so and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from edc_core.api import AddNote, NotFound
from edc_core_coding import shelf
from edc_core_coding.matching import Reader, synonyms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from edc_core.api import StudyAccess, Verbatim
    from edc_core_coding.declared import Declared
    from edc_core_coding.shelf import Dictionary

TOPIC = "coding.dictionary"


class DictionaryUse(NamedTuple):
    """:param automatic: what matches without a doubt is coded as soon as its form is complete. :param since: UTC, ISO 8601."""

    name: str
    version: str
    language: str
    sha256: str
    automatic: bool
    who: str = ""
    since: str = ""


class Readers(NamedTuple):
    """:param by_name: of dictionaries that can be used. :param missing: why the others can not, in words, by name."""

    by_name: dict[str, Reader]
    missing: dict[str, str]


def in_force(study: StudyAccess) -> dict[str, DictionaryUse]:
    """By the name of the dictionary; the newest word counts, whoever said it."""
    found: dict[str, DictionaryUse] = {}
    for note in sorted(study.notes(TOPIC), key=lambda note: note.n):
        said = note.content
        found[note.name] = DictionaryUse(
            note.name,
            said["version"],
            said["language"],
            said["sha256"],
            said["automatic"],
            note.full_name,
            note.at,
        )
    return found


def put_in_force(study: StudyAccess, one: Dictionary, *, automatic: bool, op: str) -> None:
    """Code by this version of its dictionary from now on; what is coded already stays as it is."""
    content = {
        "version": one.about.version, "language": one.about.language, "sha256": one.about.sha256, "automatic": automatic,
    }  # fmt: skip
    study.submit(
        AddNote(
            study_id=study.study_id, op=op, topic=TOPIC, name=one.about.name, content=content, shared=True
        )
    )


def dictionary_of(said: DictionaryUse, where: Path) -> Dictionary:
    """:raises NotFound: it is not on the shelf, or not as it was when the study began to use it."""
    found = shelf.find(said.name, said.version, said.language, where)
    if found.about.sha256 != said.sha256:
        raise NotFound(
            f"{found.about.title} is in this installation with another content than the study uses: SHA-256 "
            f"{found.about.sha256[:12]} instead of {said.sha256[:12]}. Load the files that were used."
        )
    return found


def readers(study: StudyAccess, found: Declared, verbatims: Iterable[Verbatim], where: Path) -> Readers:
    """What the dictionaries of a study are read with."""
    said, known = in_force(study), tuple(verbatims)
    result = Readers({}, {})
    for name in found.dictionaries:
        if name not in said:
            result.missing[name] = f"No version of {name} is in force in this study yet."
            continue
        try:
            dictionary = dictionary_of(said[name], where)
        except NotFound as error:
            result.missing[name] = error.message
            continue
        others = shelf.other_languages(dictionary, where)
        result.by_name[name] = Reader(dictionary, others, synonyms_of(known, found.items, name))
    return result


def automatic(said: Mapping[str, DictionaryUse]) -> frozenset[str]:
    """Names of the dictionaries that are coded by without being asked."""
    return frozenset(one.name for one in said.values() if one.automatic)
