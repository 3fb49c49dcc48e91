"""A form page from what was read, beside Jinja drawing the same page from the same templates without frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bench.measure import Line, Measured, Size, side_by_side
from bench.scene import EVENT, definition, item_paths
from edc_core.domain.casebook import Casebook, FormData, ItemData, Subject
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath, Step
from edc_core.plugin_manager import EdcPlugins
from edc_core.rendering.form_builder import FormBuilder
from edc_core.rendering.item_markup import ItemMarkup, MarkupStore
from edc_core.rendering.view_model import Access, Addresses, FormFacts, FormPage, ItemRow


def run(size: Size, folder: Path) -> Iterator[Line]:
    store = MarkupStore("/static/icons.svg", EdcPlugins().widgets())
    for items in (200, 20):
        form = f"F{items}"
        index = MetaDataIndex(definition({form: items}))
        markup = store.of(index, "en")
        casebook = filled(form, items)
        made = builder(markup, casebook, form)
        page = made.page()
        plain = plain_rows(markup, page)
        times = size.pick(tiny=1, quick=1500, full=4000) // items + 1

        def draw_ours(markup: ItemMarkup = markup, casebook: Casebook = casebook, form: str = form) -> str:
            page = builder(markup, casebook, form).page()
            return "".join(markup.row(row, "it") for part in page.parts for row in part.items)

        assert squeezed(draw_ours()) == squeezed(plain())
        rates = side_by_side(
            size.pick(tiny=1, quick=5, full=11),
            {"ours": repeated(draw_ours, times), "plain Jinja": repeated(plain, times)},
        )
        yield Measured(f"page {items}", rates.ratio("plain Jinja", "ours"), rates.per_unit())


def repeated(draw: Callable[[], str], times: int) -> Callable[[], int]:
    def work() -> int:
        for _ in range(times):
            draw()
        return times

    return work


def filled(form: str, items: int) -> Casebook:
    casebook = Casebook(Subject("study", "subject", "S-001", "site"))
    path = ItemPath(EVENT, Step(form))
    casebook.forms[path] = FormData(path, "1", EntryStatus.IN_PROGRESS, n=1)
    for number, item in enumerate(item_paths(form, items)):
        value = str(70 + number)  # some lie above the soft limit and carry a note
        casebook.items[item] = ItemData(item, value, value, version=1)
    return casebook


def builder(markup: ItemMarkup, casebook: Casebook, form: str) -> FormBuilder:
    return FormBuilder(
        markup,
        casebook,
        ItemPath(EVENT, Step(form)),
        access=Access(enter=True, answer=True),
        addresses=Addresses(
            item=lambda path: f"/items/{path}",
            query=lambda query: f"/queries/{query}",
            file=lambda path: f"/files/{path}",
        ),
        facts=FormFacts(),
    )


def plain_rows(markup: ItemMarkup, page: FormPage) -> Callable[[], str]:
    """The floor: one template that draws every expression of every item, the view model made before."""
    templates = markup._templates
    template = templates.from_string(
        "{% import 'items/row.html' as rows %}"
        "{% for row in page_rows %}{{ rows.it(row.face, row.value, icon, row.draw) }}{% endfor %}"
    )

    def prepared(row: ItemRow) -> dict[str, Any]:
        values = markup._values(row)
        face = markup.face(row.placed)
        draw = getattr(templates.get_template(face.widget.template).module, face.widget.macro)
        return {"face": face, "draw": draw, "value": lambda name: values.get(name, Markup(""))}

    rows = [prepared(row) for part in page.parts for row in part.items]
    return lambda: template.render(page_rows=rows)


def squeezed(page: str) -> str:
    return "".join(page.split())
