"""What a study asks of one subject as data come in form by form: for programs that enter data as a person would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from edc_core.domain.casebook import FormData, GroupData, ItemData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.values import parse
from edc_core.expressions.answers import Answers
from edc_core.expressions.following import settle
from edc_core.expressions.frame import SubjectData
from edc_core.expressions.rule_book import known
from edc_core.expressions.rules import compile_rules, rules_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edc_core.domain.function import Function
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.plugin_access import StudySite
    from edc_core.expressions.compiler import Expression

    Functions = Mapping[str, Function]

T = TypeVar("T")


class Called(Answers):
    """Asks functions of plugins at once: what is made up here is written later, and nobody waits for it."""

    def find(self, expression: Expression, data: SubjectData, place: ItemPath, *, or_last: bool) -> Any:
        """The answer; ``None`` where a function fails, for then the check host's will not come either, and it says so."""
        try:
            return data.evaluate(expression, place)
        except Exception:  # noqa: BLE001 - whatever a plugin raises; the check host names it
            return None


class Asking:
    """One subject of a study; forms are taken in the order in which they would be entered.

    :param functions: of the study's plugins (``PluginSession.functions``); without one, what a rule that calls it
        asks for is not known.
    """

    def __init__(self, index: MetaDataIndex, site: StudySite, functions: Functions | None = None) -> None:
        self._index, self._site = index, site
        self._rules = compile_rules(index, functions, checks_call=False) if functions else rules_of(index)
        self._forms: dict[ItemPath, FormData] = {}
        self._groups: dict[ItemPath, GroupData] = {}
        self._items: dict[ItemPath, ItemData] = {}

    def expects(self, form: ItemPath) -> bool:
        """Whether a form is expected where it stands, by the conditions of the schedule."""
        assert form.event is not None
        assert form.form is not None
        data = self._data()
        places = ((form.event.oid, ""), (form.event.oid, form.form.oid))
        return all(
            known(data.answer(self._rules.scheduled[place], form))
            for place in places
            if place in self._rules.scheduled
        )

    def take(
        self, form: ItemPath, given: Mapping[ItemPath, T], typed: Callable[[T], tuple[str, str, str]]
    ) -> dict[ItemPath, T]:
        """Take a form's items in, and answer those that a person is asked for: neither calculated nor hidden.

        :param typed: raw text, missing reason and unit of what is given.
        """
        assert form.form is not None
        calculated = {
            derivation.placed.item.oid
            for derivation in self._rules.derivations
            if derivation.form == form.form.oid
        }
        asked = {path: one for path, one in given.items() if path.item not in calculated}
        self._forms[form] = FormData(form, self._index.version.oid, EntryStatus.COMPLETE)
        for path, one in asked.items():
            self._items[path] = self._read(path, *typed(one))
            for row in path.parent.ancestors():
                if row.groups and self._index.groups[row.groups[-1].oid].repeating:
                    self._groups[row] = GroupData(row)
        data = self._data()
        settle(self._rules, data, [form])
        self._items = {path: item for path, item in data.items.items() if path not in data.hidden}
        return {path: one for path, one in asked.items() if path not in data.hidden}

    def _read(self, path: ItemPath, raw: str, missing: str, unit: str) -> ItemData:
        item = self._index.place(path).item
        if missing:
            return ItemData(path, "", None, missing, "", "ok", 1)
        parsed = parse(item, self._index.code_lists.get(item.code_list_oid or ""), raw)
        return ItemData(path, raw, parsed.value, "", unit, parsed.reading, 1)

    def _data(self) -> SubjectData:
        site = self._site
        return SubjectData(
            self._index, self._forms, self._items, self._groups,
            site=site.number, country=site.country, zone=site.zone, answers=Called(),
        )  # fmt: skip
