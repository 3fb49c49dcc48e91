"""Opening XML of unknown origin: no network, no entities, no document type, and every failure with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from lxml import etree

from edc_core_odm.problems import ProblemLog
from edc_core_odm.vocabulary import NAMESPACE, NAMESPACE_2

Element = etree._Element
T = TypeVar("T")

HEAD = 65_536
_ENCODING = re.compile(r"encod|invalid.*char.*bytes|input is not proper utf-8|utf-?16|bytes:", re.IGNORECASE)
#: A version past 2, as an attribute or as the end of CDISC's namespace.
_LATER = re.compile(r"(http://www\.cdisc\.org/ns/odm/v)?(?!0|1|2)\d")


def recognises(name: str, head: bytes) -> bool:
    """Say whether a file's beginning looks like ODM 1.x, in any encoding that keeps ASCII recognisable.

    A project XML of REDCap is left to who reads its attributes: as ODM alone it would lose its logic, and every choice of
    a checkbox would become an item. Who wants it so names the format.
    """
    text = head.replace(b"\0", b"")
    if NAMESPACE_2.encode() in text or b"https://projectredcap.org" in text:
        return False
    if b"http://www.cdisc.org/ns/odm/v1." in text:
        return b"/ns/def/" not in text or b"ClinicalData" in text or b"<FormDef" in text
    return re.search(rb"<(\w+:)?ODM[\s>]", text) is not None


def elements(
    path: Path, log: ProblemLog, tags: Sequence[str] | None, *, start: bool = False
) -> Iterator[tuple[str, Element]]:
    """Stream ``(event, element)``; a file that is not well-formed ends the stream with a fatal problem."""
    events = ("start", "end") if start else ("end",)
    try:
        if path.stat().st_size == 0:  # of nothing, lxml reports the last error of whatever was parsed before
            log.add("ODM001", 0, "The file is empty.")
            return
        with path.open("rb") as stream:
            yield from etree.iterparse(
                stream,
                events=events,
                tag=tags,
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                attribute_defaults=False,
                dtd_validation=False,
                remove_comments=True,
                remove_pis=True,
                huge_tree=False,
            )
    except etree.XMLSyntaxError as failure:
        code = "ODM005" if _is_encoding(failure) else "ODM001"
        log_of_parser: Any = failure.error_log
        errors = [entry for entry in log_of_parser if entry.level >= etree.ErrorLevels.ERROR]
        line, message = failure.lineno, str(failure.msg)
        if not line and errors:  # lxml then only says that it found no element
            line, message = errors[-1].line, errors[-1].message
        if "XML_PARSE_HUGE" in message:  # the parser's advice to its programmer
            log.add("ODM042", line)
        else:
            log.add(code, line, _reason(message))
    except LookupError as failure:  # an encoding that nobody knows
        log.add("ODM005", 1, str(failure))
    except OSError as failure:
        log.add("ODM008", 0, failure.strerror or str(failure))


def root_of(path: Path, log: ProblemLog) -> tuple[str, dict[str, str]] | None:
    """Namespace and attributes of an acceptable root of ODM 1.3.2, or ``None`` after a fatal problem."""
    return checked_root(path, log, _checked_root)


def checked_root(path: Path, log: ProblemLog, check: Callable[[Element, ProblemLog], T | None]) -> T | None:
    """What ``check`` makes of the root (its content not yet read), or ``None`` after a fatal problem."""
    line = _doctype_line(path, log)
    if line:
        log.add("ODM002", line)
    if log.is_fatal:
        return None
    for _, root in elements(path, log, None, start=True):
        document = root.getroottree().docinfo
        if document.internalDTD is not None or document.doctype:
            log.add("ODM002", 1)
            return None
        return check(root, log)
    if not log.is_fatal:
        log.add("ODM001", 1)
    return None


def _checked_root(root: Element, log: ProblemLog) -> tuple[str, dict[str, str]] | None:
    name = etree.QName(root)
    namespace = name.namespace or ""
    line = line_of(root)
    if namespace == NAMESPACE_2 or (root.get("ODMVersion") or "").startswith("2."):
        log.add("ODM004", line, "Import it with the format odm-2.0.")
        return None
    if name.localname != "ODM":
        log.add("ODM003", line, f"Its root is '{name.localname}'.")
        return None
    if _LATER.match(namespace) or _LATER.match(root.get("ODMVersion") or ""):
        log.add(
            "ODM057", line, f"It says '{root.get('ODMVersion') or namespace}'. Export it as ODM 1.3.2 or 2.0."
        )
        return None
    if namespace != NAMESPACE:
        log.add("ODM006", line, f"It is '{namespace}'." if namespace else "None is declared.")
    version = root.get("ODMVersion")
    if version is None or not version.startswith("1.3"):
        log.add("ODM007", line, f"It is '{version}'." if version else "")
    return namespace, root_attributes(root, log)


def root_attributes(root: Element, log: ProblemLog) -> dict[str, str]:
    """The attributes of ODM's own; a vendor's are reported."""
    given = {str(key): str(value) for key, value in root.items()}
    for key in given:
        if key.startswith("{") and not key.startswith("{http://www.w3.org/"):
            log.add("ODM011", line_of(root), f"'{key}' of {etree.QName(root).localname}.")
    return {key: value for key, value in given.items() if not key.startswith("{")}


def forget(element: Element) -> None:
    """Free an element and what came before it in its parent."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def mentions(path: Path, *names: str) -> bool:
    """Whether a file holds any of these element names: cheaply, and in doubt (UTF-16, a comment) yes.

    It is read in blocks and not mapped, since mapped pages count as memory of the process.
    """
    start_tag = re.compile(rb"<(?:[\w.-]+:)?(?:" + "|".join(names).encode() + rb")[\s/>]")
    with path.open("rb") as stream:
        block = stream.read(HEAD)
        if b"\0" in block:
            return True
        while block:
            if any(name.encode() in block for name in names) and start_tag.search(block):
                return True
            more = stream.read(HEAD)
            block = block[-_LONGEST_TAG:] + more if more else b""
    return False


_LONGEST_TAG = 256  #: of a start tag up to the end of its name, kept from the block before


def line_of(element: Element) -> int:
    """The line an element begins on.

    Past line 65535 libxml2 keeps lines with texts only, and tells for an element the line on which the next text *ends*.
    """
    line: int = getattr(element, "sourceline", 0) or 0  # the stubs do not know that it is a number
    if line <= LAST_OWN_LINE:
        return line
    while True:
        if element.text:
            return line - element.text.count("\n")
        if len(element):
            element = element[0]
        elif element.tail:
            return line - element.tail.count("\n")
        else:
            following = element.getnext()
            if following is None:
                return line
            element = following


LAST_OWN_LINE = 65_535


def _is_encoding(failure: etree.XMLSyntaxError) -> bool:
    return getattr(failure, "code", 0) in _ENCODING_CODES or _ENCODING.search(str(failure.msg)) is not None


_ENCODING_CODES = frozenset(
    code
    for code in (
        etree.ErrorTypes.ERR_INVALID_ENCODING,
        etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
        etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
        etree.ErrorTypes.I18N_CONV_FAILED,
        etree.ErrorTypes.I18N_NO_NAME,
    )
)


def _reason(message: str) -> str:
    """The parser's words without its position, and without text of the file (it may be a collected value)."""
    return re.sub(r"Bytes: .*", "", re.split(r", line \d+", message)[0]).strip()[:120]


def _doctype_line(path: Path, log: ProblemLog) -> int:
    """Line of a DOCTYPE before the root, 0 without one: found before the parser sees any of it."""
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
        stored_plainly = b"\0" not in head
        head = head.replace(b"\0", b"")
    except OSError as failure:
        log.add("ODM008", 0, failure.strerror or str(failure))
        return 0
    if (said := _WIDE.match(head)) and stored_plainly:
        log.add("ODM005", 1, f"It declares {said[1].decode()}.")
        return 0
    match = _PROLOG.match(head)
    return head.count(b"\n", 0, match.end()) + 1 if match else 0


_WIDE = re.compile(rb"<\?xml[^>]*encoding=[\"']((?:utf-?16|utf-?32|ucs-?[24])[^\"']*)", re.IGNORECASE)
_PROLOG = re.compile(rb"(?:[^<]|<\?.*?\?>|<!--.*?-->)*<!DOCTYPE", re.DOTALL)
