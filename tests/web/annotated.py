"""The definition of the small trial with annotations of SDTM, so that datasets can be made of it."""

import dataclasses

from edc_core.domain.metadata import ItemRef, PluginUse
from edc_core.domain.translated_text import Alias
from tests.rendering.vital_signs import code_list, item

SEX = "SEX"
ANNOTATIONS = {
    SEX: "DM.SEX",
    "AETERM": "AE.AETERM",
    "AESTDAT": "AE.AESTDTC",
}


def annotated(definition, *plugins, **explanations):
    """The definition with an item for the sex, adverse events as AE, and everything else not submitted.

    :param plugins: names of what the study follows. :param explanations: of findings, by rule with ``_`` for ``-``.
    """
    sex = item(SEX, question="Sex", code_list_oid="SEX")
    items = tuple(
        dataclasses.replace(one, aliases=(Alias("SDTM", ANNOTATIONS.get(one.oid, "[NOT SUBMITTED]")),))
        for one in (*definition.items, sex)
    )
    first, *others = definition.item_groups
    said = tuple((rule.replace("_", "-"), text) for rule, text in explanations.items())
    return dataclasses.replace(
        definition,
        items=items,
        item_groups=(dataclasses.replace(first, item_refs=(*first.item_refs, ItemRef(SEX))), *others),
        code_lists=(*definition.code_lists, code_list("SEX", ("M", "Male"), ("F", "Female"))),
        plugins=(
            *definition.plugins,
            *(PluginUse(name, "") for name in plugins),
            PluginUse("edc-core-packages", "", settings=said),
        ),
    )
