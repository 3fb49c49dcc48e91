"""Which control an item gets on a page. Widgets are registered as data; templates hold their look."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.metadata import CodeList, ItemDef

#: A text whose control suggests what the study has said there before.
EARLIER_TERMS = "earlier_terms"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class ItemWidget:
    """A control for the value of an item.

    :param name: as written in a definition's ``widget:``, lower case.
    :param template: file with the macro that draws it, ``items/<name>.html``; a plugin puts its own name in front:
        ``items/<plugin>/<name>.html``.
    :param accepts: says whether the widget can hold every value of this item, given its code list if it has one.
    :param priority: of the widgets that accept an item and were not asked for by name, the highest wins.
    :param macro: name of the macro in the template.
    """

    name: str
    template: str
    accepts: Callable[[ItemDef, CodeList | None], bool]
    priority: int = 0
    macro: str = "widget"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"'{self.name}' is no widget name: lower-case letters, digits and _ are.")
        if (
            not self.template.startswith("items/")
            or not self.template.endswith(".html")
            or ".." in self.template
        ):
            raise ValueError(f"'{self.template}' is no widget template: items/....html is.")


def choose_widget(widgets: Iterable[ItemWidget], item: ItemDef, code_list: CodeList | None) -> ItemWidget:
    """The widget for an item: the one the definition names, else the accepting one of highest priority.

    A named widget that does not accept the item is passed over: what was defined must stay enterable.

    :raises NotFound: when none accepts it, which the built-in text widget prevents.
    """
    fitting = [widget for widget in widgets if widget.accepts(item, code_list)]
    for widget in fitting:
        if widget.name == item.widget:
            return widget
    if not fitting:
        raise NotFound(f"No widget accepts item '{item.oid}'.")
    return max(fitting, key=lambda widget: (widget.priority, widget.name))
