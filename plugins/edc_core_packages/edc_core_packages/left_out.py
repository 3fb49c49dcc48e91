"""What is not in a package, how much of it, and why."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from edc_core.api import BLINDED, Stays
from edc_core_packages.parts import Part, Shape, rows_of_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.api import ExportDataset, Words


def left_out(
    dataset: ExportDataset, words: Words, subjects: int, texts: Mapping[tuple[str, str], int], encoding: str
) -> Part:
    """The part of a guide.

    :param dataset: whose subjects were read to their end. :param subjects: how many are in the package.
    :param texts: see ``Tabulation.left_out``. :param encoding: that has no letters for them.
    """
    rows = rows_of_text(
        [
            *_counted(dataset.left_out(), words),
            *_withheld(dataset, words),
            *_in_other_languages(texts, encoding, words),
        ]
    )
    text = words.say("left_out_text" if rows else "left_out_nothing", f"{subjects:,}")
    columns = (words.say("what"), words.say("number"), words.say("why"))
    return Part(words.say("left_out"), text, Shape.REASONED, columns, rows)


def _counted(counts: Mapping[str, int], words: Words) -> Iterator[tuple[str, int, str]]:
    what, why = words.group("left_out_what"), words.group("left_out_why")
    for reason, number in sorted(counts.items()):
        if isinstance(reason, Stays):
            said = words.say("stay_rule", reason.rule) if reason.rule else words.say("stay_country")
            yield words.say("stay_what", reason.country), number, said
        else:
            yield what.get(reason, reason), number, why.get(reason, "")


def _withheld(dataset: ExportDataset, words: Words) -> Iterator[tuple[str, int, str]]:
    """Questions that the package has nothing of, by their sensitivity: of any version, each once."""
    kinds = {
        item.oid: item.sensitivity
        for index in dataset.versions.values()
        for item in index.version.items
        if item.oid in dataset.withheld
    }
    asked = bool(dataset.choice and dataset.choice.blinding == BLINDED)
    for kind, number in sorted(Counter(kinds.values()).items()):
        why = words.say("withheld_asked" if asked and kind == "blinded" else "withheld_why")
        yield words.of("withheld_what", kind), number, why


def _in_other_languages(
    texts: Mapping[tuple[str, str], int], encoding: str, words: Words
) -> Iterator[tuple[str, int, str]]:
    for (annotation, tag), number in sorted(texts.items()):
        language = words.of("languages", tag)
        yield words.say("texts_what", annotation, language), number, words.say("texts_why", encoding)


def as_json(texts: Mapping[tuple[str, str], int], encoding: str) -> bytes:
    """What ``reports/left-out.json`` says: of each item what it would have given, its language, and how many values there are."""
    rows = [
        {"annotation": annotation, "language": tag, "encoding": encoding, "values": number}
        for (annotation, tag), number in sorted(texts.items())
    ]
    return json.dumps(rows, indent=1).encode() + b"\n"
