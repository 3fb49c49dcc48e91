"""What a mapping of a source file may hold, and the reading of it: every mistake is a problem with its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edc_core_cosmos.lined import Lined
from edc_core_cosmos.problems import ProblemLog

KINDS = {
    "text": "a text",
    "flag": "true or false",
    "texts": "a list of texts",
    "values": "a list of pairs of value and text",
    "number": "a number",
    "mappings": "a list of mappings",
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a mapping: one of ``KINDS``, and whether it must be there."""

    kind: str
    required: bool = False


def fits(value: object, kind: str) -> bool:
    if kind == "text":
        return isinstance(value, str) and value != ""
    if kind == "flag":
        return isinstance(value, bool)
    if kind == "number":
        return not isinstance(value, bool) and (
            isinstance(value, int | float)
            or (
                isinstance(value, str)
                and value.replace(".", "", 1).isascii()
                and value.replace(".", "", 1).isdigit()
            )
        )
    if not isinstance(value, list):
        return False
    if kind == "texts":
        return all(isinstance(each, str) for each in value)
    if kind == "mappings":
        return bool(value) and all(isinstance(each, Lined) for each in value)
    return all(
        isinstance(e, list) and len(e) == 2 and all(isinstance(part, str) for part in e) for e in value
    )


def read(
    found: Lined, keys: Mapping[str, Key], what: str, log: ProblemLog, *, closed: bool
) -> dict[str, Any]:
    """The known keys of a mapping whose values are of the right kind; the rest is reported.

    :param closed: other keys are mistakes; in the standard's files they are later additions.
    """
    for repeated in found.repeated:
        log.add("COS011", found.line, f"{what}: {repeated}.")
    if closed:
        for unknown in sorted(found.keys() - keys.keys()):
            log.add("COS017", found.line, f"{what}: {unknown}. There are: {', '.join(sorted(keys))}.")
    taken = {}
    for name, key in keys.items():
        if name not in found:
            if key.required:
                log.add("COS007", found.line, f"{what}: {name}.")
        elif not fits(found[name], key.kind):
            log.add("COS008", found.line, f"{what}: {name} is {KINDS[key.kind]}.")
        else:
            taken[name] = found[name]
    return taken
