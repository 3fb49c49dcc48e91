"""A casebook as plain JSON values, in the language of its site: what the pages show and what stands in the JSON files."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from edc_core.api import MISSING_WORDS, FileValue, asked_at, display
from edc_core_investigator_copy.asked import units_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import (
        AuditRecord,
        ExportDataset,
        ExportForm,
        ExportItem,
        ExportSignature,
        ExportSubject,
        ItemDef,
        ItemPath,
        MetaDataIndex,
        Query,
        Step,
    )


class Site:
    """The site that a copy is of: its clock, its language, its words.

    :param words: of the frame, by their English.
    """

    def __init__(self, dataset: ExportDataset, words: Mapping[str, str]) -> None:
        (self.facts,) = dataset.sites.values()
        self.dataset, self._words = dataset, words
        self.zone = ZoneInfo(self.facts.zone or "UTC")

    @property
    def language(self) -> str:
        return self.dataset.newest.version.language_at(self.facts.number)

    def say(self, text: str) -> str:
        """A word of the frame in the language of the site; in English where it has none."""
        return self._words.get(text, text)

    def moment(self, at: str) -> str:
        """A time of the ledger by the clock of the site, with its distance from UTC."""
        return f"{datetime.fromisoformat(at).astimezone(self.zone):%Y-%m-%d %H:%M:%S %z}" if at else ""

    def name(self, login: str) -> str:
        full = self.dataset.users.get(login, "")
        return f"{full} ({login})" if full and full != login else login

    def title(self, path: ItemPath, index: MetaDataIndex) -> str:
        """Visit and form as people call them."""
        parts = []
        if path.event is not None:
            event = index.events.get(path.event.oid)
            name = (event.title.in_language(self.language) or event.name) if event else path.event.oid
            parts.append(f"{name} {path.event.key}" if event is None or event.repeating else name)
        if path.form is not None:
            form = index.forms.get(path.form.oid)
            name = (form.title.in_language(self.language) or form.name) if form else path.form.oid
            parts.append(name if path.form.key == "1" else f"{name} {path.form.key}")
        return " – ".join(parts)

    def document(self, subject: ExportSubject) -> dict[str, Any]:
        """All of a subject: forms in the order of the visits, queries, signatures."""
        own = {form.path for form in subject.forms}
        newest = self.dataset.newest
        return {
            "subject": subject.subject_key,
            "file": quote(subject.subject_key, safe=""),
            "site": subject.site_number,
            "status": subject.status,
            "forms": [self._form(subject, form) for form in sorted(subject.forms, key=self._place)],
            "queries": [self._query(one, newest) for one in subject.queries if one.path.form_path not in own],
            "not_done": [
                {"path": str(path), "visit": self.title(path, newest), "reason": reason}
                for path, reason in subject.not_done.items()
            ],
            "signatures": [self._signature(one) for one in subject.signatures],
        }

    def _place(self, form: ExportForm) -> tuple[Any, ...]:
        index, event = self.dataset.versions[form.meta_data_version], form.path.event
        refs = index.events[event.oid].form_refs if event and event.oid in index.events else ()
        oids = [ref.form_oid for ref in refs]
        oid = form.path.form.oid if form.path.form else ""
        order = self.dataset.newest.event_order
        return (
            order.get(event.oid, len(order)) if event else -1, _number(event),
            oids.index(oid) if oid in oids else len(oids), _number(form.path.form), str(form.path),
        )  # fmt: skip

    def _form(self, subject: ExportSubject, form: ExportForm) -> dict[str, Any]:
        index = self.dataset.versions[form.meta_data_version]
        order = {
            (placed.group_oids, placed.item.oid): number
            for number, placed in enumerate(index.placed_items(form.path.form.oid if form.path.form else ""))
        }

        def place(item: ExportItem) -> tuple[Any, ...]:
            at = order.get((tuple(step.oid for step in item.groups), item.oid), len(order))
            return (tuple(_number(step) for step in item.groups), at)

        return {
            "path": str(form.path),
            "title": self.title(form.path, index),
            "meta_data_version": form.meta_data_version,
            "status": form.status,
            "protection": form.protection,
            "signature": form.signature,
            "items": [self._item(item, index) for item in sorted(form.items, key=place)],
            "queries": [
                self._query(one, index) for one in subject.queries if one.path.form_path == form.path
            ],
        }

    def _item(self, item: ExportItem, index: MetaDataIndex) -> dict[str, Any]:
        definition = index.items[item.oid]
        rows = [
            step.key for step in item.groups if step.oid in index.groups and index.groups[step.oid].repeating
        ]
        return {
            "item": item.oid,
            "groups": "/".join(map(str, item.groups)),
            "row": ".".join(rows),
            "question": definition.question.in_language(self.language) or definition.name,
            "raw": item.raw,
            "value": item.value,
            "missing": item.missing,
            "unit": item.unit,
            "shown": self._said(item, definition, index),
            "file": _file(definition, item.value),
            "struck": item.removed,
            "history": [
                {
                    "at": record.at,
                    "when": self.moment(record.at),
                    "user": record.user,
                    "who": self.name(record.user),
                    "role": record.role,
                    "raw": record.raw,
                    "value": record.value,
                    "missing": record.missing,
                    "unit": record.unit,
                    "reason": record.reason,
                    "why": index.version.policy.reason_in_words(record.reason, self.language),
                    "shown": self._said(record, definition, index),
                    "entry": record.source_id,
                }
                for record in item.history
            ],
        }

    def _said(self, at: ExportItem | AuditRecord, definition: ItemDef, index: MetaDataIndex) -> str:
        """What stands there, or why nothing does: blank, missing and unreadable are told apart."""
        if at.missing:
            reason = MISSING_WORDS.get(at.missing)
            return f"{self.say('Missing')}: {self.say(reason.capitalize()) if reason else at.missing}"
        if at.reading != "ok":
            return f"{at.raw} ({self.say('cannot be read')})"
        shown = display(definition, self.decodes(definition, index), at.value)
        unit = index.units.get(at.unit)
        name = (unit.symbol.in_language(self.language) or unit.name) if unit and shown else ""
        return " ".join(part for part in (shown, name) if part) or f"({self.say('blank')})"

    def decodes(self, definition: ItemDef, index: MetaDataIndex) -> dict[str, str]:
        found = index.code_lists.get(definition.code_list_oid or "")
        terms = found.items if found else ()
        return {
            term.coded_value: (term.decode.in_language(self.language) if term.decode else "")
            or term.coded_value
            for term in terms
        }

    def _query(self, query: Query, index: MetaDataIndex) -> dict[str, Any]:
        item = index.items.get(query.path.item or "")
        asked = (
            (item.question.in_language(self.language) or item.name) if item else self.title(query.path, index)
        )
        return {
            "path": str(query.path),
            "where": asked,
            "state": query.state.value,
            "check": query.check_oid,
            "messages": [
                {
                    "at": one.at, "when": self.moment(one.at), "user": one.actor, "who": self.name(one.actor),
                    "role": one.role, "state": one.state, "text": one.text,
                }
                for one in query.messages
            ],
        }  # fmt: skip

    def _signature(self, one: ExportSignature) -> dict[str, str]:
        """Printed name, date and time with zone, and meaning (21 CFR 11.50)."""
        zone = ZoneInfo(one.zone) if one.zone else self.zone
        return {
            "path": str(one.path),
            "what": self.title(one.path, self.dataset.newest) or self.say("Casebook"),
            "name": one.full_name,
            "user": one.user,
            "role": one.role,
            "at": one.at,
            "when": f"{datetime.fromisoformat(one.at).astimezone(zone):%Y-%m-%d %H:%M:%S %z} ({zone})",
            "meaning": self.dataset.meanings.get(one.meaning, one.meaning),
            "state": one.state,
            "sha256": one.sha256,
        }


def _file(definition: ItemDef, value: str | None) -> str:
    """Where the file of an item lies in the copy; empty where it has none."""
    if definition.file is None or not value:
        return ""
    try:
        return FileValue.parse(value).exported_as
    except ValueError:
        return ""  # kept as an import found it


def _number(step: Step | None) -> tuple[int, str]:
    """Repeat keys in the order of their numbers, others after them by text."""
    if step is None:
        return (0, "")
    return (int(step.key), "") if step.key.isascii() and step.key.isdecimal() else (1 << 62, step.key)


def forms_of(site: Site, index: MetaDataIndex) -> list[dict[str, Any]]:
    """A version to read: its forms with the questions, units and terms that there are at the site."""
    language = site.language
    asked = {form.oid: list(asked_at(index, form.oid, site.facts)) for form in index.version.forms}
    return [
        {
            "title": form.title.in_language(language) or form.name,
            "oid": form.oid,
            "items": [
                {
                    "oid": placed.item.oid,
                    "question": placed.item.question.in_language(language) or placed.item.name,
                    "type": placed.item.data_type.value,
                    "terms": "; ".join(
                        f"{code} = {words}" if words != code else code
                        for code, words in site.decodes(placed.item, index).items()
                    ),
                    "units": ", ".join(
                        index.units[oid].symbol.in_language(language) or index.units[oid].name
                        for oid in units_at(placed.item, site.facts)
                        if oid in index.units
                    ),
                }
                for placed in asked[form.oid]
            ],
        }
        for form in index.version.forms
        if asked[form.oid]
    ]
