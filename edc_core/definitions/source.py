"""Reading one YAML file with the place of every key and value.

Every scalar is read as the text that stands there: ``no``, ``1:30``, ``0123`` and ``70.50`` stay what they are
(YAML 1.1 would make them false, 90, 83 and 70.5). The schemas decide what a text means; only a plain empty
value, ``~`` and ``null`` mean "nothing". The tree is built from parser events, so a hostile file costs no recursion.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import yaml

from edc_core.definitions.findings import DefinitionFinding

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 8 * 1024 * 1024
MAX_SCALAR = 100_000
MAX_DEPTH = 30

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain] | None"
Steps: TypeAlias = "tuple[str | int, ...]"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NO_COLON = "could not find expected ':'"
_COLUMN = "What begins in line {last} cannot go on like this. Is a quote not closed, or a line not in the column of its neighbours?"
_OPEN = "The bracket of line {begun} is not closed, or a comma is missing."
_REMEDIES = {  #: of what the parser says, what to do
    "mapping values are not allowed in this context": "A colon with a blank behind it begins a value. Put a text that holds one in quotes; begin the keys of a mapping in one column.",
    _NO_COLON: "A colon is missing in this line: write `key: value`.",
    "did not find expected key": _COLUMN,
    "did not find expected '-' indicator": _COLUMN,
    "did not find expected ',' or ']'": _OPEN,
    "did not find expected ',' or '}'": _OPEN,
    "found unexpected end of stream": "The quote of line {begun} is not closed.",
    "found character that cannot start any token": "A text cannot begin with this character. Put it in quotes.",
    "found unknown escape character": "A backslash has a meaning in double quotes. Use single quotes.",
}
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")


class Mark(NamedTuple):
    """Line and column, both counted from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Node:
    """A value and where it stands: a text, a list of nodes, or a mapping of keys with their own marks."""

    mark: Mark
    text: str | None = None
    items: list[Node] | None = None
    entries: dict[str, tuple[Mark, Node]] | None = None

    def plain(self) -> Plain:
        if self.entries is not None:
            return {key: node.plain() for key, (_, node) in self.entries.items()}
        if self.items is not None:
            return [node.plain() for node in self.items]
        return self.text


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A file that could be read as one YAML mapping; what was read again is another one."""

    file: str
    root: Node
    lines: tuple[str, ...]

    def mark(self, steps: Steps, *, at_key: bool = False) -> Mark:
        """Where a value (or its key) stands; where it does not exist, the nearest thing around it."""
        node, found = self.root, self.root.mark
        for position, step in enumerate(steps):
            last = position == len(steps) - 1
            if node.entries is not None and step in node.entries:
                key_mark, node = node.entries[str(step)]
                found = key_mark if last and at_key else node.mark
            elif node.items is not None and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
                found = node.mark
            else:
                break
        return found

    def finding(
        self, steps: Steps, code: str, message: str, *, suggestion: str = "", at_key: bool = False
    ) -> DefinitionFinding:
        """A finding at a place of this file, with the lines around it."""
        return at_mark(
            self.file, self.lines, self.mark(steps, at_key=at_key), code, message, suggestion=suggestion
        )

    def without_key(self, steps: Steps) -> None:
        """Take a key out of the tree."""
        node: Node | None = self.root
        for step in steps[:-1]:
            if node is not None and node.entries is not None:
                node = node.entries[str(step)][1] if step in node.entries else None
            elif node is not None and node.items is not None and isinstance(step, int):
                node = node.items[step]
        if node is not None and node.entries is not None:
            node.entries.pop(str(steps[-1]), None)

    def without(self, steps: Steps) -> bool:
        """Take the list element around a place out of the tree; false when no list is around it."""
        node, chain = self.root, list[tuple[Node, int]]()
        for step in steps:
            if node.entries is not None and step in node.entries:
                node = node.entries[str(step)][1]
            elif node.items is not None and isinstance(step, int) and step < len(node.items):
                chain.append((node, step))
                node = node.items[step]
            else:
                break
        if not chain:
            return False
        around, index = chain[-1]
        if around.items is not None:
            del around.items[index]
        return True


def at_mark(
    file: str, lines: tuple[str, ...], mark: Mark, code: str, message: str, *, suggestion: str = ""
) -> DefinitionFinding:
    first = max(0, min(mark.line - 2, len(lines) - 3))
    excerpt = tuple((first + 1 + i, text[:200]) for i, text in enumerate(lines[first : first + 3]))
    return DefinitionFinding(file, mark.line, mark.column, code, message, suggestion, excerpt)


@dataclass(slots=True)
class _Frame:
    node: Node
    key: tuple[str, Mark] | None = None


@dataclass(slots=True)
class _Tree:
    """Builds nodes from parser events and collects what is wrong with them."""

    file: str
    lines: tuple[str, ...]
    findings: list[DefinitionFinding] = field(default_factory=list)
    roots: list[Node] = field(default_factory=list)
    stack: list[_Frame] = field(default_factory=list)

    def note(self, mark: Mark, code: str, message: str) -> None:
        self.findings.append(at_mark(self.file, self.lines, mark, code, message))

    def take(self, event: yaml.Event) -> bool:
        """Use one event; false when reading further makes no sense."""
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()
        elif isinstance(event, yaml.CollectionStartEvent):
            mark = self._plain_node(event)
            mapping = isinstance(event, yaml.MappingStartEvent)
            node = Node(mark, entries={}) if mapping else Node(mark, items=[])
            self._add(node)
            self.stack.append(_Frame(node))
            if len(self.stack) > MAX_DEPTH:
                self.note(mark, "E106", f"More than {MAX_DEPTH} levels are nested here.")
                return False
        elif isinstance(event, yaml.AliasEvent):
            mark = _mark(event)
            self.note(mark, "E105", f"The alias '{event.anchor}' is not read here; write the value out.")
            self._add(Node(mark, text=""))
        return True

    def _plain_node(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> Mark:
        mark = _mark(event)
        if event.anchor is not None:
            self.note(mark, "E105", f"The anchor '{event.anchor}' is not read here; leave it out.")
        if event.tag is not None and event.tag != "!":
            self.note(mark, "E105", f"The tag '{event.tag}' is not read here; leave it out.")
        return mark

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        mark = self._plain_node(event)
        text: str = event.value
        if len(text) > MAX_SCALAR:
            self.note(mark, "E107", f"This value has {len(text)} characters; at most {MAX_SCALAR} are read.")
            text = ""
        frame = self.stack[-1] if self.stack else None
        if frame is not None and frame.key is None and frame.node.entries is not None:
            if text == "<<" and not event.style:
                self.note(mark, "E105", "The merge key '<<' is not read here; write the values out.")
            frame.key = (text, mark)
        elif text in ("", "~", "null") and not event.style:
            self._add(Node(mark))
        else:
            self._add(Node(mark, text))

    def _add(self, node: Node) -> None:
        if not self.stack:
            self.roots.append(node)
            return
        frame = self.stack[-1]
        entries = frame.node.entries
        if entries is None:
            assert frame.node.items is not None
            frame.node.items.append(node)
        elif frame.key is None:
            if node.items is not None or node.entries is not None:
                self.note(node.mark, "E103", "A key is a text, not a list or a mapping.")
            frame.key = ("", node.mark)
        else:
            (key, mark), frame.key = frame.key, None
            if key in entries:
                first = entries[key][0]
                self.note(mark, "E104", f"The key '{key}' stands here twice, first in line {first.line}.")
            else:
                entries[key] = (mark, node)


def _mark(event: yaml.Event) -> Mark:
    start = event.start_mark
    assert start is not None
    return Mark(start.line + 1, start.column + 1)


def read(path: Path, shown: str) -> tuple[Source | None, list[DefinitionFinding]]:
    """Read a file. Nothing is raised for what stands in it: it becomes findings.

    :param shown: the file's name in findings.
    :returns: the source, or ``None`` when it is no YAML mapping; and what was found.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            limit = MAX_BYTES // (1024 * 1024)
            return None, [DefinitionFinding(shown, 0, 0, "E107", f"The file is larger than {limit} MB.")]
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return None, [DefinitionFinding(shown, 0, 0, "E101", f"The file cannot be read: {reason}.")]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        head = raw[: error.start]
        mark = Mark(head.count(b"\n") + 1, len(head) - (head.rfind(b"\n") + 1) + 1)
        message = "The file is not UTF-8 text from here on. Save it as UTF-8."
        return None, [DefinitionFinding(shown, mark.line, mark.column, "E102", message)]
    return read_text(text, shown)


def read_text(text: str, shown: str) -> tuple[Source | None, list[DefinitionFinding]]:
    """Read YAML from a text; see ``read``."""
    lines = tuple(line.rstrip("\r") for line in text.split("\n"))
    if odd := _UNPRINTABLE.search(text):
        before = text[: odd.start()]
        mark = Mark(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        message = f"The character U+{ord(odd[0]):04X} cannot stand in a YAML file; is this file binary?"
        return None, [at_mark(shown, lines, mark, "E103", message)]
    tree = _Tree(shown, lines)
    event: yaml.Event | None = None
    try:
        events = _LOADER(text)
        while not isinstance(event := events.get_event(), yaml.StreamEndEvent):
            if not tree.take(event):
                return None, tree.findings
    except yaml.MarkedYAMLError as error:
        last = event.start_mark if event else None
        where = error.context_mark if error.problem == _NO_COLON else error.problem_mark or error.context_mark
        mark = Mark(where.line + 1, where.column + 1) if where else Mark(1, 1)
        tree.note(mark, "E103", _words(error, lines, mark, last.line + 1 if last else mark.line))
        return None, tree.findings
    except yaml.YAMLError as error:
        tree.note(Mark(1, 1), "E103", f"This is not YAML: {error}.")
        return None, tree.findings
    if len(tree.roots) != 1 or tree.roots[0].entries is None:
        mark = tree.roots[1].mark if len(tree.roots) > 1 else Mark(1, 1)
        tree.note(mark, "E108", "One mapping of keys and values is expected in this file.")
        return None, tree.findings
    return Source(shown, tree.roots[0], lines), tree.findings


def _words(error: yaml.MarkedYAMLError, lines: tuple[str, ...], mark: Mark, last: int) -> str:
    """What to do about it. :param last: the line at which the last thing began that could be read."""
    line = lines[mark.line - 1] if mark.line <= len(lines) else ""
    if "\t" in line[: mark.column]:
        return "There is a tab here; YAML is indented with blanks."
    if known := _REMEDIES.get(error.problem or ""):
        return known.format(last=last, begun=error.context_mark.line + 1 if error.context_mark else last)
    context = f" {error.context}" if error.context else ""
    return f"This is not YAML: {error.problem}{context}."
