"""What stands on the pages of a casebook, as plain JSON values: questions of the version each form has, values, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from edc_core.api import (
    AuditRecord,
    ExportDataset,
    ExportForm,
    ExportItem,
    ExportSignature,
    ExportSubject,
    MetaDataIndex,
    Query,
    Step,
    Words,
    display,
)
from edc_core_casebook_pdf.places import WORDS, in_order, title, where


class _Casebook:
    """One subject of a dataset, read with the languages and the zone of its site."""

    def __init__(self, dataset: ExportDataset, subject: ExportSubject) -> None:
        self.dataset, self.subject = dataset, subject
        site = dataset.sites.get(subject.site_number)
        self.zone = ZoneInfo(site.zone if site and site.zone else "UTC")
        self.language = dataset.newest.version.language_at(subject.site_number)
        self.words = Words(WORDS, self.language)

    def moment(self, at: str, zone: str = "") -> str:
        """A time of the ledger as the clock on the wall showed it, with its distance from UTC."""
        there = ZoneInfo(zone) if zone else self.zone
        return f"{datetime.fromisoformat(at).astimezone(there):%Y-%m-%d %H:%M:%S %z}" if at else ""

    def name(self, login: str) -> str:
        """A person by full name and login."""
        full = self.dataset.users.get(login, "")
        return f"{full} ({login})" if full and full != login else login

    def forms(self) -> list[ExportForm]:
        order = self.dataset.newest.event_order

        def place(form: ExportForm) -> tuple[Any, ...]:
            event = form.path.event
            oids = [] if event is None else [
                ref.form_oid for ref in self.dataset.versions[form.meta_data_version].events[event.oid].form_refs
            ]  # fmt: skip
            oid = form.path.form.oid if form.path.form else ""
            at = oids.index(oid) if oid in oids else len(oids)
            return (
                order.get(event.oid, len(order)) if event else -1,
                in_order(event),
                at,
                in_order(form.path.form),
                str(form.path),
            )

        return sorted(self.subject.forms, key=place)

    def role(self, code: str) -> str:
        return f", {self.words.of('role', code)}" if code else ""


def document(dataset: ExportDataset, subject: ExportSubject) -> dict[str, Any]:
    """A casebook to print: every form in the order of the visits, then what is signed."""
    book = _Casebook(dataset, subject)
    printed = [_form(book, form) for form in book.forms()]
    ours = {form.path for form in subject.forms}
    others = [query for query in subject.queries if query.path.form_path not in ours and query.asked]
    return {
        "study": f"{dataset.study_oid} ({dataset.environment})",
        "title": dataset.study_name,
        "subject": subject.subject_key,
        "site": subject.site_number,
        "zone": str(book.zone),
        "language": book.language,
        "words": dict(book.words.all)
        | {
            "casebook": book.words.say("casebook", subject.subject_key),
            "head": book.words.say("head", subject.subject_key, subject.site_number),
            "state": book.words.say("state", dataset.cut[:16], dataset.created_at),
            "times": book.words.say("times", subject.site_number, book.zone, dataset.cut),
        },
        "cut": dataset.cut,
        "until": dataset.created_at,
        "forms": printed,
        "queries": [_query(book, query, dataset.newest) for query in others],
        "signatures": [_signature(book, one) for one in subject.signatures],
    }


def _form(book: _Casebook, form: ExportForm) -> dict[str, Any]:
    index = book.dataset.versions[form.meta_data_version]
    queries = [query for query in book.subject.queries if query.path.form_path == form.path and query.asked]
    return {
        "title": title(form.path, index, book.language),
        "facts": book.words.say(
            "facts",
            form.meta_data_version,
            book.words.of("status", form.status),
            book.words.of("protection", form.protection),
            book.words.of("signature", form.signature),
        ),
        "groups": _groups(book, form, index),
        "queries": [_query(book, query, index) for query in queries],
    }


def _groups(book: _Casebook, form: ExportForm, index: MetaDataIndex) -> list[dict[str, Any]]:
    """Items in the order of the definition, by row."""
    assert form.path.form is not None
    order = {
        (placed.group_oids, placed.item.oid): n
        for n, placed in enumerate(index.placed_items(form.path.form.oid))
    }
    groups: dict[tuple[Step, ...], list[tuple[int, dict[str, Any]]]] = {}
    first: dict[tuple[Step, ...], tuple[Any, ...]] = {}
    for item in form.items:
        n = order.get((tuple(step.oid for step in item.groups), item.oid), len(order))
        groups.setdefault(item.groups, []).append((n, _item(book, item, index)))
        rank = (min(n, first.get(item.groups, (n,))[0]), tuple(in_order(step) for step in item.groups))
        first[item.groups] = rank
    by_group = sorted(groups, key=lambda steps: (tuple(step.oid for step in steps) != (), first[steps]))
    return [
        {
            "title": _group_title(book, steps, index),
            "items": [one for _, one in sorted(groups[steps], key=lambda pair: pair[0])],
        }
        for steps in by_group
    ]


def _group_title(book: _Casebook, steps: Sequence[Step], index: MetaDataIndex) -> str:
    parts = []
    for step in steps:
        group = index.groups[step.oid]
        row = book.words.say("row", step.key) if group.repeating else ""
        parts += [part for part in (group.title.in_language(book.language), row) if part]
    return ", ".join(parts)


def _item(book: _Casebook, item: ExportItem, index: MetaDataIndex) -> dict[str, Any]:
    definition = index.items[item.oid]
    return {
        "question": definition.question.in_language(book.language) or definition.name,
        "value": _said(book, item, item, index),
        "removed": item.removed,
        "history": [_happened(book, item, record, index) for record in item.history],
    }


def _said(book: _Casebook, item: ExportItem, at: ExportItem | AuditRecord, index: MetaDataIndex) -> str:
    """What an item says, or why it says nothing: blank, missing and unreadable are told apart."""
    definition = index.items[item.oid]
    if at.missing:
        return book.words.say("missing", book.words.of("no_value", at.missing))
    if at.reading != "ok":
        return book.words.say("unreadable", at.raw)
    decodes = index.decodes.get(definition.code_list_oid or "")
    shown = display(definition, decodes, at.value)
    unit = index.units.get(at.unit)
    return " ".join(part for part in (shown, unit.name if unit and shown else "") if part) or book.words.say(
        "blank"
    )


def _happened(book: _Casebook, item: ExportItem, record: AuditRecord, index: MetaDataIndex) -> str:
    who = f"{book.moment(record.at)} {book.name(record.user)}{book.role(record.role)}"
    why = index.version.policy.reason_in_words(record.reason, book.language)
    reason = f" {book.words.say('reason', why)}" if why else ""
    return f"{who}: {_said(book, item, record, index)}.{reason}"


def _query(book: _Casebook, query: Query, index: MetaDataIndex) -> dict[str, Any]:
    def state(code: str) -> str:
        return book.words.of("query_state", code)

    return {
        "where": where(query.path, index, book.language, book.words),
        "state": book.words.say("query", state(query.state.value)),
        "messages": [
            f"{book.moment(one.at)} {book.name(one.actor)}{book.role(one.role)}: {one.text or state(one.state)}"
            for one in query.messages
        ],
    }


def _signature(book: _Casebook, one: ExportSignature) -> dict[str, Any]:
    """Printed name, date and time with zone, and meaning (21 CFR 11.50); what was signed, by its digest (11.70)."""
    return {
        "cells": [
            title(one.path, book.dataset.newest, book.language) or book.words.say("whole"),
            f"{one.full_name} ({one.user}){book.role(one.role)}",
            f"{book.moment(one.at, one.zone)} ({one.zone or book.zone})",
            book.dataset.meanings.get(one.meaning, one.meaning),
            book.words.of("validity", one.state),
        ],
        "sha256": one.sha256,
    }
