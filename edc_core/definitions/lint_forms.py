"""Checks of each form by itself, and of each code list: nothing of another form changes what they find."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from edc_core.definitions.lint_identifiers import check_identifiers
from edc_core.definitions.lint_items import check_item, check_terms
from edc_core.definitions.lint_texts import Readers, check_texts_of_form, check_texts_of_list
from edc_core.domain.implied import groups_of

if TYPE_CHECKING:
    from edc_core.definitions.lint import Lint
    from edc_core.definitions.places import Subject
    from edc_core.domain.metadata import CodeList, FormDef, ItemDef, ItemGroupDef


def check_forms(lint: Lint) -> None:
    """Look at every form with its groups and items, and at every code list."""
    version, readers = lint.version, Readers(lint.version)
    languages = version.languages, tuple((one.number, one.country, one.languages) for one in version.sites)
    read_in: dict[str, set[str]] = defaultdict(set)
    form_of_group = {group.oid: form.oid for form in version.forms for group in groups_of(form, lint.groups)}
    groups: dict[str, list[ItemGroupDef]] = defaultdict(list)
    for group in version.item_groups:
        groups[form_of_group.get(group.oid, "")].append(group)
    items: dict[str, list[ItemDef]] = defaultdict(list)
    for item in version.items:
        items[lint.homes.get(item.oid, ("",))[0]].append(item)
    for form in (*version.forms, None):
        oid = form.oid if form else ""
        own = (form, tuple(groups[oid]), tuple(items[oid]))
        lists = tuple(lint.code_lists.get(item.code_list_oid or "") for item in items[oid])
        units = tuple(lint.units.get(unit) for item in items[oid] for unit in item.measurement_unit_oids)
        where = readers.where(form, groups[oid])
        for item in items[oid]:
            read_in[item.code_list_oid or ""].update(where.get(("item", item.oid), readers.everywhere))
        look = partial(_check_form, lint, *own, readers, where)
        lint.keep("form", oid, (languages, own, lists, units, where), look)
    for code_list in version.code_lists:
        read = read_in.get(code_list.oid, readers.everywhere)
        here = tuple(tag for tag in readers.everywhere if tag in read)
        lint.keep(
            "list", code_list.oid, (here, code_list), partial(_check_list, lint, code_list, readers, here)
        )


def _check_form(
    lint: Lint, form: FormDef | None, groups: tuple[ItemGroupDef, ...], items: tuple[ItemDef, ...],
    readers: Readers, where: dict[Subject, tuple[str, ...]],
) -> None:  # fmt: skip
    for item in items:
        check_item(lint, item)
        check_identifiers(lint, item)
    check_texts_of_form(lint, form, groups, items, readers, where)


def _check_list(lint: Lint, code_list: CodeList, readers: Readers, here: tuple[str, ...]) -> None:
    check_terms(lint, code_list)
    check_texts_of_list(lint, code_list, readers, here)
