"""A MetaDataVersion to YAML files that are read as an equal version.

What is at its default is left out, so a written definition reads like one that a person typed. Files are named
after their definition's OID; nothing depends on the names.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import yaml

from edc_core.api import groups_of
from edc_core_study_import.write_parts import Writing
from edc_core_study_import.write_study import codelist_data, event_data, logic_data, study_data, unit_data

if TYPE_CHECKING:
    from pathlib import Path

    from edc_core.api import FormDef, ItemGroupDef, ItemGroupRef, ItemRef, MetaDataVersion

    Data = dict[str, Any]


def write(version: MetaDataVersion, folder: Path) -> tuple[Path, ...]:
    """Write the definition into a folder, which is made; files of the same name are replaced.

    :param version: complete, as what was read or imported is.
    :returns: the files, in the order in which they are read.
    :raises OSError: when the folder cannot be written.
    """
    written: list[Path] = []
    for name, data in documents(version).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(to_yaml(data), encoding="utf-8", newline="\n")
        written.append(file)
    return tuple(written)


def documents(version: MetaDataVersion) -> dict[str, Data]:
    """The files of a definition by name, each as plain data."""
    writing = Writing(version)
    files: dict[str, Data] = {"study.yaml": study_data(writing)}
    if version.events or version.event_refs or version.epochs or version.arms or version.arm:
        files["events.yaml"] = event_data(writing)
    if version.measurement_units:
        files["units.yaml"] = {"units": [unit_data(writing, unit) for unit in version.measurement_units]}
    nesting = _Nesting(writing)
    if shared := nesting.shared():
        files["shared.yaml"] = shared
    for form, stem in zip(version.forms, _stems([f.oid for f in version.forms]), strict=True):
        files[f"forms/{stem}.yaml"] = nesting.form(form)
    for code_list, stem in zip(version.code_lists, _stems([c.oid for c in version.code_lists]), strict=True):
        files[f"codelists/{stem}.yaml"] = codelist_data(writing, code_list)
    if logic := logic_data(writing):  # what was not written where it is used
        files["logic.yaml"] = logic
    return files


class _Nesting:
    """Puts each item and group where it is used, or into shared.yaml when it is used elsewhere too, or nowhere."""

    def __init__(self, writing: Writing) -> None:
        version = writing.version
        self.writing = writing
        self.items = {item.oid: item for item in version.items}
        self.groups = {group.oid: group for group in version.item_groups}
        item_uses = Counter(ref.item_oid for g in version.item_groups for ref in g.item_refs)
        refs = [ref for form in version.forms for ref in form.group_refs]
        refs += [ref for group in version.item_groups for ref in group.group_refs]
        group_uses = Counter(ref.item_group_oid for ref in refs)
        self.inline_items = {oid for oid in self.items if item_uses[oid] == 1}
        reached = {g.oid for form in version.forms for g in groups_of(form, self.groups)}
        self.inline_groups = {oid for oid in self.groups if group_uses[oid] == 1 and oid in reached}

    def shared(self) -> Data:
        items = [i for i in self.writing.version.items if i.oid not in self.inline_items]
        groups = [g for g in self.writing.version.item_groups if g.oid not in self.inline_groups]
        return self.writing.lean(
            items=[self.writing.item(item, form_oid="") for item in items],
            groups=[self._group(group, form_oid="", form_name="") for group in groups],
        )

    def form(self, form: FormDef) -> Data:
        writing = self.writing
        return {
            "oid": form.oid,
            **writing.lean(
                name="" if form.name == form.oid else form.name,
                title=writing.text(form.title),
                description=writing.text(form.description),
                repeating=form.repeating,
                odm_name=form.odm_name,
                alias=writing.aliases(form.aliases),
                groups=[self._placed(ref, form_oid=form.oid, form_name=form.name) for ref in form.group_refs],
            ),
        }

    def _placed(self, ref: ItemGroupRef, *, form_oid: str, form_name: str) -> Data:
        use = self.writing.lean(mandatory=ref.mandatory)
        is_inline = ref.item_group_oid in self.inline_groups
        place = ref.item_group_oid if is_inline else f"{form_oid}.{ref.item_group_oid}"
        use |= self.writing.given(order=ref.order_number) | self.writing.condition(ref.condition_oid, place)
        if not is_inline:
            return {"group": ref.item_group_oid, **use}
        return self._group(self.groups[ref.item_group_oid], form_oid=form_oid, form_name=form_name, use=use)

    def _group(self, group: ItemGroupDef, *, form_oid: str, form_name: str, use: Data | None = None) -> Data:
        writing = self.writing
        return {
            **writing.identity(group.oid, group.name, form_oid=form_oid, default_name=form_name),
            **writing.lean(
                title=writing.text(group.title),
                description=writing.text(group.description),
                repeating=group.repeating,
                reference_data=group.is_reference_data,
                domain=group.domain,
                sas_dataset_name=group.sas_dataset_name,
                sas_name=group.sas_name,
                origin=group.origin,
                role=group.role,
                purpose=group.purpose,
                comment=group.comment,
                columns=list(group.columns),
                least_rows=group.least_rows or None,
                most_rows=group.most_rows or None,
                layout=group.layout,
                alias=writing.aliases(group.aliases),
            ),
            **(use or {}),
            **writing.lean(
                items=[self._item(ref, form_oid, group.oid) for ref in group.item_refs],
                groups=[
                    self._placed(ref, form_oid=form_oid, form_name=form_name) for ref in group.group_refs
                ],
            ),
        }

    def _item(self, ref: ItemRef, form_oid: str, group_oid: str) -> Data:
        is_inline = ref.item_oid in self.inline_items
        place = ref.item_oid if is_inline else f"{group_oid}.{ref.item_oid}"
        use = self.writing.lean(required=ref.mandatory) | self.writing.given(
            order=ref.order_number,
            key_sequence=ref.key_sequence,
            imputation_method=ref.imputation_method_oid,
            role=ref.role,
            role_codelist=ref.role_code_list_oid,
        )
        use |= self.writing.method(ref.method_oid, place) | self.writing.condition(ref.condition_oid, place)
        if not is_inline:
            return {"item": ref.item_oid, **use}
        origin = "derived" if "derive" in use else "collected"
        return self.writing.item(self.items[ref.item_oid], form_oid=form_oid, default_origin=origin) | use


def _stems(oids: list[str]) -> list[str]:
    """File names without suffix, one for each OID, distinct even where case does not count."""
    taken: set[str] = set()
    stems: list[str] = []
    for oid in oids:
        stem = re.sub(r"[^a-z0-9._-]+", "-", oid.lower()).strip(".-")[:60] or "definition"
        if stem.partition(".")[0] in ("con", "nul", "aux", "prn"):  # names that Windows keeps for itself
            stem = f"{stem}-1"
        number, free = 1, stem
        while free in taken:
            number += 1
            free = f"{stem}-{number}"
        taken.add(free)
        stems.append(free)
    return stems


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, writes long texts on one line and never an alias."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002 - PyYAML
        del indentless
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _scalar(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Quote what other YAML readers would not take for this text, and what PyYAML's plain style would fold."""
    plain = re.fullmatch(r"[^\W\d_]([\w.,;()%/+*'?=<> -]*[\w.)?%])?", text) is not None
    words = ("y", "n", "yes", "no", "on", "off", "true", "false", "null", "inf", "nan")
    style = None if plain and text.lower() not in words else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _scalar)


def to_yaml(data: Data) -> str:
    """Plain data as YAML, keys in the order given."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000)
