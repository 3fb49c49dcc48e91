"""From the names in an expression to what they stand for, or to what was probably meant."""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from edc_core.expressions.errors import ExpressionError
from edc_core.expressions.references import Home, Occurrence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edc_core.domain.index import MetaDataIndex, PlacedItem
    from edc_core.domain.metadata import FormDef, ItemGroupDef
    from edc_core.expressions.syntax import Tree

OWN = "own"


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An item by its name: where it stands, and which occurrence of its form is meant.

    :param depth: of the rows being gone through it stands in these, counted from the outermost; -1 is at home.
    """

    occurrence: Occurrence
    form: str
    placed: PlacedItem
    event: str = ""
    depth: int = -1


@dataclass(frozen=True, slots=True)
class FoundRows:
    occurrence: Occurrence
    form: str
    groups: tuple[str, ...]
    event: str = ""


@dataclass(frozen=True)
class StudyNames:
    """The names of one MetaDataVersion: forms by name, items and repeating groups by name within a form."""

    index: MetaDataIndex
    _items: dict[str, dict[str, PlacedItem]] = field(default_factory=dict)

    @cached_property
    def forms(self) -> dict[str, FormDef]:
        return {form.name: form for form in self.index.version.forms}

    @cached_property
    def events_of(self) -> dict[str, tuple[str, ...]]:
        """Form OID to the events that hold it, in the order of the study."""
        held: dict[str, list[str]] = {}
        for event in self.index.version.events:
            for ref in event.form_refs:
                held.setdefault(ref.form_oid, []).append(event.oid)
        return {form: tuple(events) for form, events in held.items()}

    def items(self, form: str) -> dict[str, PlacedItem]:
        if form not in self._items:
            self._items[form] = {placed.item.name: placed for placed in self.index.placed_items(form)}
        return self._items[form]

    def groups(self, form: str) -> dict[str, tuple[ItemGroupDef, ...]]:
        """Name of each repeating group of a form to the groups from the outermost to it."""
        found: dict[str, tuple[ItemGroupDef, ...]] = {}
        for placed in self.index.placed_items(form):
            for depth, group in enumerate(placed.groups):
                if group.repeating:
                    found.setdefault(group.name, placed.groups[: depth + 1])
        return found


def is_within(placed: PlacedItem, groups: tuple[str, ...]) -> bool:
    """Whether one row at ``groups`` holds the item once: no repeating group lies between."""
    shared = 0
    for have, want in zip(placed.group_oids, groups, strict=False):
        if have != want:
            break
        shared += 1
    return not any(group.repeating for group in placed.groups[shared:])


class Resolver:
    """Resolves names for one expression, at home or within rows being gone through."""

    def __init__(self, names: StudyNames, tree: Tree, home: Home) -> None:
        self.names = names
        self.tree = tree
        self.home = home

    def item(self, node: ast.expr, rows: Sequence[FoundRows] = ()) -> FoundItem:
        """The item a name stands for.

        :param rows: the rows being gone through, from the outermost; the innermost has the first word.
        :raises ExpressionError: there is none, or it is not clear which.
        """
        if isinstance(node, ast.Name):
            return self._plain(node, rows)
        assert isinstance(node, ast.Attribute)
        if isinstance(node.value, ast.Name) and node.value.id == OWN:
            return self._at_home(node, node.attr)
        form, occurrence, event = self._form(node.value, single=True)
        placed = self.names.items(form.oid).get(node.attr)
        if placed is None:
            raise self._unknown(node, f"form {form.name} has no item", node.attr, self.names.items(form.oid))
        if occurrence is Occurrence.SAME and is_within(placed, self.home.groups):
            return FoundItem(occurrence, form.oid, placed, event)
        if not is_within(placed, ()):
            raise self._several(node, placed, form)
        return FoundItem(occurrence, form.oid, placed, event)

    def rows(self, node: ast.expr) -> FoundRows:
        """The rows a name stands for: a repeating group of the form at hand, a form, or a form's group.

        :raises ExpressionError: it is neither.
        """
        own = self.names.groups(self.home.form) if self.home.form else {}
        if isinstance(node, ast.Name):
            if chain := own.get(node.id):
                return FoundRows(Occurrence.SAME, self.home.form, tuple(group.oid for group in chain))
            if form := self.names.forms.get(node.id):
                return FoundRows(Occurrence.EVERY, form.oid, ())
            known = [*own, *self.names.forms]
            raise self._unknown(node, "there is no repeating group and no form", node.id, known)
        if isinstance(node, ast.Attribute):
            form, occurrence, event = self._form(node.value, single=False)
            chain = self.names.groups(form.oid).get(node.attr, ())
            if not chain:
                known = list(self.names.groups(form.oid))
                raise self._unknown(node, f"form {form.name} has no repeating group", node.attr, known)
            return FoundRows(occurrence, form.oid, tuple(group.oid for group in chain), event)
        raise self.tree.error(node, "The name of a repeating group or of a form is expected here.")

    def _plain(self, node: ast.Name, rows: Sequence[FoundRows]) -> FoundItem:
        for depth in reversed(range(len(rows))):
            scope = rows[depth]
            placed = self.names.items(scope.form).get(node.id)
            if placed is not None and is_within(placed, scope.groups):
                return FoundItem(scope.occurrence, scope.form, placed, scope.event, depth)
        return self._at_home(
            node, node.id, also=[name for scope in rows for name in self.names.items(scope.form)]
        )

    def _at_home(self, node: ast.expr, name: str, also: Iterable[str] = ()) -> FoundItem:
        if not self.home.form:
            raise self._unknown(
                node, "here stands no form; write FORM.ITEM instead of", name, self.names.forms
            )
        form = self.names.index.forms[self.home.form]
        placed = self.names.items(form.oid).get(name)
        if placed is None:
            known = [*self.names.items(form.oid), *also]
            raise self._unknown(node, f"form {form.name} has no item", name, known)
        if not is_within(placed, self.home.groups):
            raise self._several(node, placed, form)
        return FoundItem(Occurrence.SAME, form.oid, placed)

    def _form(self, node: ast.expr, *, single: bool) -> tuple[FormDef, Occurrence, str]:
        """A form by its name, or ``visit('V1').FORM``."""
        if isinstance(node, ast.Attribute):
            event = self._visit(node.value)
            form = self._named_form(node, node.attr)
            if event not in self.names.events_of.get(form.oid, ()):
                raise self.tree.error(node, f"Event {event} has no form {form.name}.")
            return form, Occurrence.NAMED, event
        if not isinstance(node, ast.Name):
            raise self.tree.error(node, "The name of a form is expected before the dot.")
        form = self._named_form(node, node.id)
        if not single:
            return form, Occurrence.SAME if form.oid == self.home.form else Occurrence.EVERY, ""
        if form.oid == self.home.form:
            return form, Occurrence.SAME, ""
        self._require_one(node, form)
        return form, Occurrence.NEAR, ""

    def _require_one(self, node: ast.expr, form: FormDef) -> None:
        """Refuse a form that stands in several events, where the event at hand does not settle which is meant."""
        events = self.names.events_of.get(form.oid, ())
        here = (self.home.event,) if self.home.event else self.names.events_of.get(self.home.form, ())
        repeats = any(self.names.index.events[event].repeating for event in events)
        if (len(events) > 1 or repeats) and not set(here) <= set(events):
            name = form.name
            raise self.tree.error(
                node,
                f"{name} stands in several visits. Say which: visit('{events[0]}').{name}, "
                f"first({name}, ...), last({name}, ...) or previous({name}, ...).",
            )

    def _visit(self, node: ast.expr) -> str:
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "visit"
        if not is_call:
            raise self.tree.error(node, "Write FORM.ITEM or visit('EVENT').FORM.ITEM.")
        assert isinstance(node, ast.Call)
        argument = node.args[0] if len(node.args) == 1 else None
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            raise self.tree.error(node, "visit takes the OID of one event as a text, as in visit('SCR').")
        if argument.value not in self.names.index.events:
            raise self._unknown(argument, "there is no event", argument.value, self.names.index.events)
        if self.names.index.events[argument.value].repeating:
            raise self.tree.error(
                argument, "This event repeats. Go through its forms with first, last, any or all."
            )
        return argument.value

    def _named_form(self, node: ast.expr, name: str) -> FormDef:
        form = self.names.forms.get(name)
        if form is None:
            raise self._unknown(node, "there is no form", name, self.names.forms)
        return form

    def _several(self, node: ast.expr, placed: PlacedItem, form: FormDef) -> ExpressionError:
        log = next(group for group in reversed(placed.groups) if group.repeating)
        where = log.name if form.oid == self.home.form else f"{form.name}.{log.name}"
        name = placed.item.name
        return self.tree.error(
            node,
            f"{name} stands in {where}, which has several rows. Write any({where}, ...), all({where}, ...), "
            f"first({where}, {name}) or last({where}, {name}).",
        )

    def _unknown(self, node: ast.expr, what: str, name: str, known: Iterable[str]) -> ExpressionError:
        near = difflib.get_close_matches(name.casefold(), {k.casefold(): k for k in known}, n=1, cutoff=0.6)
        suggestion = next((k for k in known if near and k.casefold() == near[0]), "")
        if suggestion and isinstance(node, ast.Attribute):
            suggestion = f"{self.tree.source(node.value)}.{suggestion}"
        return self.tree.error(node, f"{what[0].upper()}{what[1:]} '{name}'.", suggestion=suggestion)
