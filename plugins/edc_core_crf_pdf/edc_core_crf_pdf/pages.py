"""From a definition to what stands on the pages: plain values, for a template that only lays them out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edc_core.api import (
    CodeList,
    DataType,
    EventType,
    FormDef,
    ItemDef,
    ItemGroupDef,
    ItemRef,
    MetaDataIndex,
    MetaDataVersion,
    RangeCheck,
    TranslatedText,
    Wording,
    Words,
)
from edc_core_crf_pdf import annotations
from edc_core_crf_pdf.annotations import Colours

WORDS = Path(__file__).with_name("words")  #: what stands around questions and answers, by language
SHOWN_TERMS = 40  #: a longer list is named, with how many terms it has

_FORMATS = {
    DataType.DATE: "date",
    DataType.PARTIAL_DATE: "partial_date",
    DataType.INCOMPLETE_DATE: "partial_date",
    DataType.TIME: "time",
    DataType.PARTIAL_TIME: "time",
    DataType.INCOMPLETE_TIME: "time",
    DataType.DATETIME: "datetime",
    DataType.PARTIAL_DATETIME: "partial_datetime",
    DataType.INCOMPLETE_DATETIME: "partial_datetime",
    DataType.BOOLEAN: "boolean",
}


def document(version: MetaDataVersion, language: str, *, annotated: bool) -> dict[str, Any]:
    """The whole document.

    :returns: ``{"study", "version", "title", "language", "events": [...], "forms": [...]}``; see ``crf.typ``.
    """
    return _Pages(version, language, annotated=annotated).document()


class _Pages:
    def __init__(self, version: MetaDataVersion, language: str, *, annotated: bool) -> None:
        self.version = version
        self.index = MetaDataIndex(version)
        self.language = language
        self.annotated = annotated
        self.words = Words(WORDS, language)
        self.wording = Wording(self.index, language, self.words.group("joining"))
        self.methods = {method.oid: method for method in version.methods}

    def document(self) -> dict[str, Any]:
        numbers = {form.oid: number for number, form in enumerate(self.version.forms, 1)}
        return {
            "study": self.version.study.oid,
            "name": self.version.study.name,
            "description": self.version.study.description,
            "version": self.version.oid,
            "version_name": self.version.name,
            "title": self.words.say("acrf" if self.annotated else "crf"),
            "words": self.words.all,
            "language": self.language,
            "annotated": self.annotated,
            "events": [event for event in self._events(numbers) if event["forms"]],
            "forms": [self._form(form, numbers[form.oid]) for form in self.version.forms],
        }

    def say(self, text: TranslatedText) -> str:
        return text.in_language(self.language)

    def _events(self, numbers: dict[str, int]) -> Iterator[dict[str, Any]]:
        conditions = {ref.study_event_oid: ref.condition_oid for ref in self.version.event_refs}
        for event in self.version.events:
            notes = []
            if event.type is EventType.UNSCHEDULED:
                notes.append(self.words.say("unscheduled"))
            if event.repeating:
                notes.append(self.words.say("several_times"))
            if condition := conditions.get(event.oid):
                notes.append(self.words.say("when", self.wording.asked_when(condition, event=event.oid)))
            yield {
                "title": self.say(event.title) or event.name,
                "notes": "; ".join(notes),
                "forms": [
                    {
                        "number": numbers[ref.form_oid],
                        "title": self._title(self.index.forms[ref.form_oid]),
                        "notes": self.words.say(
                            "when", self.wording.asked_when(ref.condition_oid, event=event.oid)
                        )
                        if ref.condition_oid
                        else "",
                    }
                    for ref in event.form_refs
                ],
            }

    def _title(self, form: FormDef) -> str:
        return self.say(form.title) or form.odm_name or form.name

    def _form(self, form: FormDef, number: int) -> dict[str, Any]:
        made = [
            group
            for ref in form.group_refs
            for group in self._groups(form.oid, self.index.groups[ref.item_group_oid], (), ref.condition_oid)
        ]
        found = [mark for group in made for mark in group["found"]]
        colours = Colours(mark.domain for mark in found)
        for group in made:
            group["marks"] = [_mark(mark, colours) for mark in group.pop("own")]
            del group["found"]
            for item in group["items"]:
                place = {"form": form.oid, "item": item["oid"]}
                item["marks"] = [_mark(mark, colours) | place for mark in item.pop("found")]
        events = [
            self.say(event.title) or event.name
            for event in self.version.events
            if any(ref.form_oid == form.oid for ref in event.form_refs)
        ]
        return {
            "number": number,
            "oid": form.oid,
            "title": self._title(form),
            "description": self.say(form.description),
            "repeating": form.repeating,
            "visits": events,
            "domains": [_mark(heading, colours) for heading in colours.headings()],
            "groups": made,
        }

    def _groups(
        self, form: str, group: ItemGroupDef, above: tuple[str, ...], condition: str | None
    ) -> Iterator[dict[str, Any]]:
        oids = (*above, group.oid)
        own = list(annotations.of_group(group)) if self.annotated else []
        items = [self._item(form, oids, group, ref) for ref in group.item_refs]
        yield {
            "title": self.say(group.title),
            "repeating": group.repeating,
            "when": self.words.say("asked_when", self.wording.asked_when(condition, form, above))
            if condition
            else "",
            "items": items,
            "own": own,
            "found": [*own, *(mark for item in items for mark in item["found"])],
        }
        for ref in group.group_refs:
            yield from self._groups(form, self.index.groups[ref.item_group_oid], oids, ref.condition_oid)

    def _item(self, form: str, groups: tuple[str, ...], group: ItemGroupDef, ref: ItemRef) -> dict[str, Any]:
        item = self.index.items[ref.item_oid]
        code_list = self.index.code_lists.get(item.code_list_oid or "")
        notes = []
        if ref.condition_oid:
            asked = self.wording.asked_when(ref.condition_oid, form, groups)
            notes.append(self.words.say("asked_when", asked))
        if ref.method_oid and (method := self.methods.get(ref.method_oid)):
            said = self.say(method.description)
            texts = [e.code for e in method.expressions]
            said = said or (self.wording.expression(texts[0], form, groups) if texts else "")
            notes.append(self.words.say("calculated", said))
        notes += [self._limit(check) for check in item.range_checks if check.comparator is not None]
        return {
            "oid": item.oid,
            "name": item.name,
            "question": self.say(item.question) or item.odm_name or item.name,
            "required": ref.mandatory,
            "help": self.say(item.help),
            "format": self._format(item, code_list),
            "units": [self._unit(oid) for oid in item.measurement_unit_oids],
            "terms": self._terms(code_list),
            "multiple": item.multiple,
            "anchors": [self.say(anchor) for anchor in item.anchors],
            "notes": notes,
            "found": list(annotations.of_item(item, group.domain)) if self.annotated else [],
        }

    def _unit(self, oid: str) -> str:
        unit = self.index.units[oid]
        return self.say(unit.symbol) or unit.name

    def _limit(self, check: RangeCheck) -> str:
        assert check.comparator is not None
        text = self.words.say(check.comparator.value, ", ".join(check.check_values))
        unit = f" {self._unit(check.measurement_unit_oid)}" if check.measurement_unit_oid else ""
        return self.words.say("must_be" if check.hard else "expected", f"{text}{unit}")

    def _format(self, item: ItemDef, code_list: CodeList | None) -> str:
        if code_list is not None and code_list.external is not None:
            dictionary = f"{code_list.external.dictionary} {code_list.external.version}".strip()
            return self.words.say("term_of", dictionary)
        if code_list is not None:
            shown = self._terms(code_list)
            return "" if shown else self.words.say("terms", code_list.name, len(code_list.items))
        if item.data_type in _FORMATS:
            return self.words.say(_FORMATS[item.data_type])
        if item.data_type is DataType.INTEGER:
            return "9" * min(item.length or 3, 12)
        if item.data_type in (DataType.FLOAT, DataType.DOUBLE):
            digits = item.significant_digits or 1
            return f"{'9' * min(max((item.length or digits + 4) - digits - 1, 1), 12)}.{'9' * digits}"
        return self.words.say("text_at_most", item.length) if item.length else self.words.say("text")

    def _terms(self, code_list: CodeList | None) -> list[dict[str, str]]:
        if code_list is None or code_list.external is not None:
            return []
        terms = [term for term in code_list.items if not term.retired]
        if len(terms) > SHOWN_TERMS:
            return []
        return [
            {"code": term.coded_value, "text": self.say(term.decode) if term.decode else term.coded_value}
            for term in terms
        ]


def _mark(mark: annotations.Annotation, colours: Colours) -> dict[str, str]:
    return {"text": mark.text, "colour": colours.of(mark.domain), "domain": mark.domain}


def texts(value: object) -> Iterator[str]:
    """Every text of a document, to see which writing it needs."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
