"""Where form and item group are one ItemGroup in a file of ODM 2.0."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from edc_core.api import FormDef, ItemGroupDef, ItemGroupRef, MetaDataVersion, TranslatedText
from edc_core_odm.odm2.kept import of
from edc_core_odm.oid_space import OidSpace


class Shapes:
    """The two ways, as the reader of definitions has marked them.

    ``direct``: groups whose items stand directly in the form of the same OID. ``shells``: forms that are only here because
    an event refers to the group of the same OID, with their names.
    """

    def __init__(self, version: MetaDataVersion) -> None:
        forms = {form.oid: form for form in version.forms}
        groups = {group.oid: group for group in version.item_groups}
        both = [(forms[oid], groups[oid]) for oid in forms if oid in groups]
        uses = Counter(
            ref.item_group_oid for part in (*forms.values(), *groups.values()) for ref in part.group_refs
        )
        self.direct: dict[str, ItemGroupDef] = {
            group.oid: group for form, group in both if uses[group.oid] == 1 and _is_direct(form, group)
        }
        self.shells: dict[str, str] = {form.oid: form.name for form, group in both if _is_shell(form, group)}

    def spelled(self, form_oid: str, oids: OidSpace) -> str:
        """The OID of a form in the file."""
        if form_oid in self.direct or form_oid in self.shells:
            return oids.groups.get(form_oid, form_oid)
        return oids.forms.get(form_oid, form_oid)


def _is_direct(form: FormDef, group: ItemGroupDef) -> bool:
    """The form in the file says all there is to say of the group, unless somebody has made more of it since."""
    kept, codings, others = of(group.aliases)
    bare = replace(group, item_refs=(), aliases=(), sas_name="") == ItemGroupDef(
        group.oid, form.odm_name or form.name
    )
    plain = bare and not codings and not others
    return kept.is_ == "form" and plain and ItemGroupRef(group.oid) in form.group_refs


def _is_shell(form: FormDef, group: ItemGroupDef) -> bool:
    kept, codings, others = of(form.aliases)
    bare = not (form.repeating or form.description or codings or others)
    same = form.title == (group.title or TranslatedText.of(group.name))
    whole = form.group_refs == (ItemGroupRef(group.oid, mandatory=True),)
    return kept.is_ == "group" and bare and same and whole
