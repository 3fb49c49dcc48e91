"""Places of a casebook as people call them."""

from __future__ import annotations

from pathlib import Path

from edc_core.api import ItemPath, MetaDataIndex, Step, Words

WORDS = Path(__file__).with_name("words")  #: what a casebook says around questions and values, by language


def title(path: ItemPath, index: MetaDataIndex, language: str) -> str:
    """Visit and form; empty for the casebook."""
    parts = []
    if path.event is not None and path.event.oid in index.events:
        event = index.events[path.event.oid]
        parts.append(event.title.in_language(language) or event.name)
        if event.repeating:
            parts[-1] += f" {path.event.key}"
    if path.form is not None and path.form.oid in index.forms:
        form = index.forms[path.form.oid]
        parts.append(form.title.in_language(language) or form.name)
        if path.form.key != "1":
            parts[-1] += f" {path.form.key}"
    return " – ".join(parts)


def rows(path: ItemPath, index: MetaDataIndex, words: Words) -> str:
    """The repeating rows that a place lies in."""
    return ", ".join(
        words.say("row", step.key)
        for step in path.groups
        if step.oid in index.groups and index.groups[step.oid].repeating
    )


def where(path: ItemPath, index: MetaDataIndex, language: str, words: Words) -> str:
    """The place of a query within its form: question and rows."""
    if path.item is None or path.item not in index.items:
        return title(path, index, language) or words.say("subject")
    item = index.items[path.item]
    parts = (item.question.in_language(language) or item.name, rows(path, index, words))
    return " ".join(part for part in parts if part)


def in_order(step: Step | None) -> tuple[int, str]:
    """Repeat keys in the order of their numbers, others after them by text."""
    if step is None:
        return (0, "")
    return (int(step.key), "") if step.key.isascii() and step.key.isdecimal() else (1 << 62, step.key)
