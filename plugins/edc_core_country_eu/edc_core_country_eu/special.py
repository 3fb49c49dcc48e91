"""EU-B2: items of special categories, which are asked only where the study says why it needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import FormExtension

if TYPE_CHECKING:
    from edc_core.api import PluginStudy

#: Names of items whose answer tells ethnic origin, religion or orientation (GDPR Art. 9(1)).
SPECIAL = ("RACE", "RACEOTH", "ETHNIC", "RELIGION", "SEXORIEN")
ORIGIN = ("RACE", "RACEOTH", "ETHNIC")


def without_need(study: PluginStudy) -> tuple[FormExtension, ...]:
    """What hides such items: the setting ``necessity_NAME`` says why the study needs one."""
    found = []
    for form in study.index.version.forms:
        there = [placed.item.name for placed in study.index.placed_items(form.oid)]
        hidden = tuple(
            name for name in there if name in SPECIAL and not study.configuration.get(f"necessity_{name}")
        )
        if hidden:
            found.append(FormExtension("EU-B2", form.name, hides=hidden))
    return tuple(found)
