"""The frames of a MetaDataVersion: every item's fixed markup, drawn on first use and kept per language."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from edc_core.domain.file_value import FileValue
from edc_core.domain.metadata import own_expression
from edc_core.domain.values import split_codes
from edc_core.domain.widget import ItemWidget, choose_widget
from edc_core.rendering.frames import Frame, gap
from edc_core.rendering.widgets import Control, Option, control, missing_word

if TYPE_CHECKING:
    from collections.abc import Callable

    from edc_core.domain.file_value import FileRules
    from edc_core.domain.index import MetaDataIndex, PlacedItem
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import ItemDef
    from edc_core.rendering.view_model import ItemRow, Mark

Layout = Literal["it", "field", "cell", "read", "cell_read"]


def icon_maker(sprite: str) -> Callable[..., Markup]:
    """A function for templates that draws an icon of the sprite; with a word it speaks, without it is decoration."""

    @lru_cache(maxsize=1024)
    def icon(name: str, word: str = "", kind: str = "") -> Markup:
        shape = f'<use href="{escape(sprite)}#{escape(name)}"/>'
        says = f'role="img" aria-label="{escape(word)}"' if word else 'aria-hidden="true"'
        return Markup(f'<svg class="ic{" " + escape(kind) if kind else ""}" {says}>{shape}</svg>')  # noqa: S704

    return icon


@dataclass(frozen=True, slots=True)
class ItemFace:
    """An item as a language shows it: the words a frame is drawn from."""

    question: str
    help: str
    mandatory: bool
    control: Control
    widget: ItemWidget
    units: tuple[Option, ...]
    missing: tuple[str, ...]
    anchors: tuple[str, ...] = ()
    file: FileRules | None = None
    formula: str = ""


class ItemMarkup:
    """Draws item rows for one MetaDataVersion in one language. Shared between threads."""

    def __init__(
        self, index: MetaDataIndex, language: str, templates: Environment, widgets: tuple[ItemWidget, ...]
    ) -> None:
        self.index = index
        self.language = language
        self._templates = templates
        self._widgets = widgets
        self._faces: dict[tuple[str, bool], ItemFace] = {}
        self._frames: dict[tuple[str, bool, str], Frame] = {}
        self._placed: dict[str, dict[tuple[str, ...], list[PlacedItem]]] = {}
        self._drawn_marks = lru_cache(maxsize=8192)(self._draw_marks)
        self._lock = threading.Lock()

    def face(self, placed: PlacedItem) -> ItemFace:
        key = (placed.item.oid, placed.ref.mandatory)
        if key not in self._faces:
            item = placed.item
            code_list = self.index.code_lists.get(item.code_list_oid or "")
            widget = choose_widget(self._widgets, item, code_list)
            self._faces[key] = ItemFace(
                item.question.in_language(self.language) or item.odm_name or item.name,
                item.help.in_language(self.language),
                placed.ref.mandatory,
                control(item, code_list, self.language, widget),
                widget,
                self._units(item),
                item.missing_reasons,
                tuple(anchor.in_language(self.language) for anchor in item.anchors),
                item.file,
                self._formula(placed),
            )
        return self._faces[key]

    def _formula(self, placed: PlacedItem) -> str:
        """What a value is calculated from, as it is written; nothing where that would name what not everybody may see."""
        oid = placed.ref.method_oid
        method = next((m for m in self.index.version.methods if m.oid == oid), None) if oid else None
        if method is None or placed.item.origin == "assigned":
            return ""
        text = own_expression(method.expressions)
        named = set(re.findall(r"\w+", text))
        return "" if any(one.sensitivity and one.name in named for one in self.index.items.values()) else text

    def placed(self, form: ItemPath, group: ItemPath) -> tuple[PlacedItem, ...]:
        """The items of a group of a form in the order of the page."""
        assert form.form is not None
        by_group = self._placed.get(form.form.oid)
        if by_group is None:
            by_group = {}
            for placed in self.index.placed_items(form.form.oid):
                by_group.setdefault(placed.group_oids, []).append(placed)
            self._placed[form.form.oid] = by_group
        return tuple(by_group.get(group.group_oids, ()))

    def row(self, row: ItemRow, layout: Layout) -> Markup:
        """The markup of one item with its value, note and marks."""
        as_text: Layout = "cell_read" if layout == "cell" else "read"
        frame = self._frame(row, as_text if row.read_only else layout)
        return frame.fill(self._values(row))

    def note(self, row: ItemRow, *, oob: bool = False) -> Markup:
        if not row.notes and not oob:
            return Markup(f'<div class="nt" id="m-{row.id}" aria-live="polite"></div>')  # noqa: S704 - hex digits
        return self._part("note")(row.id, row.notes, self._icon, oob=oob)

    def marks(self, row: ItemRow, *, oob: bool = False) -> Markup:
        return self._drawn_marks(row.question, row.marks, row.changes, oob).fill({"id": row.id})

    def _draw_marks(self, question: str, signs: tuple[Mark, ...], changes: int, oob: bool) -> Frame:  # noqa: FBT001 - one key
        """The same for every subject, but for the id."""
        return Frame.of(self._part("marks")(gap("id"), question, signs, changes, self._icon, oob=oob))

    def _part(self, name: str) -> Callable[..., Markup]:
        return getattr(self._templates.get_template("items/parts.html").module, name)  # type: ignore[no-any-return]

    @property
    def _icon(self) -> object:
        return self._templates.globals["icon"]

    def _units(self, item: ItemDef) -> tuple[Option, ...]:
        units = (self.index.units[oid] for oid in item.measurement_unit_oids if oid in self.index.units)
        return tuple(Option(u.oid, u.symbol.in_language(self.language) or u.name) for u in units)

    def _frame(self, row: ItemRow, layout: Layout) -> Frame:
        key = (row.placed.item.oid, row.placed.ref.mandatory, layout)
        frame = self._frames.get(key)
        if frame is None:
            face = self.face(row.placed)
            rows = self._templates.get_template("items/row.html").module
            draw = getattr(self._templates.get_template(face.widget.template).module, face.widget.macro)
            frame = Frame.of(getattr(rows, layout)(face, gap, self._icon, draw))
            with self._lock:
                self._frames[key] = frame
        return frame

    def _values(self, row: ItemRow) -> dict[str, str]:
        values: dict[str, str] = {
            "id": row.id,
            "no": str(row.number) if row.number else "",
            "path": row.path_text,
            "url": row.url,
            "v": str(row.version),
            "value": row.shown,
            "note": self.note(row),
            "marks": self.marks(row),
        }
        if row.mods:
            values["mods"] = row.mods
        if row.hidden:
            values["hidden"] = Markup(" hidden")
        if row.unreadable:
            values["invalid"] = Markup(' aria-invalid="true"')
        if row.placed.item.file is not None:
            values |= _file_values(row)
        if row.read_only:
            values["text"] = (
                values.get("file") or row.text or Markup('<span class="mut" aria-label="No answer">–</span>')
            )
            return values
        values["words"] = "" if row.missing else row.text
        values["missing_code"] = row.missing
        if row.missing == "ND":
            values["not_done"] = Markup(" checked")
        values["missing"] = missing_word(row.missing) if row.missing else ""
        values["ctl_hidden" if row.missing else "miss_hidden"] = Markup(" hidden")
        self._choices(self.face(row.placed), row, values)
        return values

    def _choices(self, face: ItemFace, row: ItemRow, values: dict[str, str]) -> None:
        if face.control.options:
            value = row.data.value
            given = split_codes(value or "") if face.control.widget == "checkboxes" else [value]
            word = Markup(" selected") if face.control.widget == "select" else Markup(" checked")
            for place, option in enumerate(face.control.options):
                if option.value in given:
                    values[f"on:{place}"] = word
                elif option.retired:
                    values[f"retired:{place}"] = Markup(" hidden disabled")
                    values[f"retired:{place}:open"] = Markup("<template>")
                    values[f"retired:{place}:close"] = Markup("</template>")
        for place, unit in enumerate(face.units if len(face.units) > 1 else ()):
            if unit.value == row.unit:
                values[f"unit:{place}"] = Markup(" selected")
            elif unit.value in row.elsewhere:
                values[f"unit:{place}:open"] = Markup("<template>")
                values[f"unit:{place}:close"] = Markup("</template>")


def _file_values(row: ItemRow) -> dict[str, str]:
    """The link to a file that was given; a file is handed out; of a picture, one drawn anew is shown."""
    if row.data.value is None:
        return {"file_at": row.file_url, "file_hidden": Markup(" hidden")}
    file = FileValue.parse(row.data.value)
    url = f"{row.file_url}?sha256={file.sha256}"
    link = Markup('<a href="{}" download>{}</a>').format(url, row.text)
    picture = Markup()
    if file.has_picture:
        picture = Markup(
            '<a class="fl-p" href="{0}&preview=large" target="_blank" rel="noopener">'
            '<img src="{0}&preview=small" alt="Preview of {1}, larger in a new tab" loading="lazy"></a>'
        ).format(url, file.name)
    return {"file_at": row.file_url, "file_url": url, "picture": picture, "file": link + picture}


class MarkupStore:
    """Keeps one ``ItemMarkup`` per MetaDataVersion and language. Versions never change, so nothing expires.

    :param widgets: every control there is; a plugin's template is found below its package's ``templates``.
    :param packages: packages of plugins that bring templates.
    """

    def __init__(
        self,
        sprite: str,
        widgets: tuple[ItemWidget, ...],
        packages: tuple[str, ...] = (),
        translate: Callable[[str], str] = str,
    ) -> None:
        self._widgets = widgets
        self._templates = Environment(
            loader=ChoiceLoader([PackageLoader(name) for name in ("edc_core.rendering", *packages)]),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            auto_reload=False,  # else each item asks the disk whether its template changed
        )
        self._templates.globals["_"] = translate
        self._templates.globals["icon"] = icon_maker(sprite)
        self._kept: dict[tuple[int, str], ItemMarkup] = {}

    def of(self, index: MetaDataIndex, language: str) -> ItemMarkup:
        """:param index: the shared index of a version; the same version must come as the same object."""
        key = (id(index), language)
        kept = self._kept.get(key)
        if kept is None or kept.index is not index:
            kept = self._kept[key] = ItemMarkup(index, language, self._templates, self._widgets)
        return kept
