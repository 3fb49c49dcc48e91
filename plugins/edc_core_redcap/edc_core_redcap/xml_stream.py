"""XML as a stream of elements with exact lines, of files of any size; nothing outside the file is ever read.

Expat is used as it is in the standard library: it tells the line of everything (the lines of libxml2 end at 65535),
and a document type, the door to entities, ends the reading.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from edc_core_redcap.problems import ProblemLog

REDCAP = "projectredcap.org"
_BLOCK = 1 << 20
MAX_DEPTH = 64


@dataclass(slots=True)
class Element:
    """An element that has ended: its name without namespace (``redcap:X`` for REDCap's), attributes and own text."""

    name: str
    attributes: dict[str, str]
    line: int
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.parts).strip()

    def get(self, name: str) -> str:
        """An attribute, whether REDCap's or plain; empty when it is not there."""
        return self.attributes.get(f"redcap:{name}", self.attributes.get(name, ""))


class DocumentTypeFoundError(Exception):
    """The file declares a document type."""


def walk(
    path: Path,
    log: ProblemLog,
    started: Callable[[list[Element]], None],
    ended: Callable[[list[Element]], None],
) -> None:
    """Call for each element's start and end with the elements from the root to it."""
    stack: list[Element] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) >= MAX_DEPTH:
            raise RecursionError
        plain = {_local(key): value for key, value in attributes.items()}
        stack.append(Element(_local(name), plain, parser.CurrentLineNumber))
        started(stack)

    def end(_name: str) -> None:
        ended(stack)
        stack.pop()

    def characters(data: str) -> None:
        stack[-1].parts.append(data)

    def document_type(*_: object) -> None:
        raise DocumentTypeFoundError

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = document_type
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                parser.Parse(block, False)
            parser.Parse(b"", True)
    except expat.ExpatError as failure:
        log.add("RED006", failure.lineno, f"{expat.ErrorString(failure.code).capitalize()}.")
    except DocumentTypeFoundError:
        log.add("RED007", parser.CurrentLineNumber)
    except RecursionError:
        log.add("RED006", parser.CurrentLineNumber, "Elements stand too deep in one another.")
    except (LookupError, ValueError) as failure:  # an encoding that nobody knows
        log.add("RED006", 1, f"{failure}.")
    except OSError as failure:
        log.add("RED005", 0, failure.strerror or str(failure))


def _local(name: str) -> str:
    namespace, _, local = name.rpartition(" ")
    return f"redcap:{local}" if REDCAP in namespace else local
