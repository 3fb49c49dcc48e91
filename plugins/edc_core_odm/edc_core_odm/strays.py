"""Children of the root that mean nothing there."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core_odm.read_definitions import Source
from edc_core_odm.safe_xml import Element, line_of


class Strays:
    """Children of the root that mean nothing there: looked for before they are freed, told once for both passes."""

    def __init__(self, source: Source, top: Iterable[str]) -> None:
        self._source = source
        self._known = {source.tag(name) for name in top}
        self._told: set[int] = set()

    def look(self, element: Element) -> None:
        """Look at what came before a child of the root, or, given the root itself, at all that is left in it."""
        root = element.getparent()
        if root is None:
            self._tell(element, element)
        elif root.getparent() is None:
            self._tell(element.itersiblings(preceding=True), root)

    def _tell(self, found: Iterable[Element], root: Element) -> None:
        for child in found:
            if child.tag not in self._known and (line := line_of(child)) not in self._told:
                self._told.add(line)
                self._source.unexpected(child, root)
