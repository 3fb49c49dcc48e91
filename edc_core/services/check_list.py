"""The checks of a version as rows: its declared ones, then those of its plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.form_checks import check_oid
from edc_core.domain.plugin_access import StudyCheck
from edc_core.domain.plugin_study import PluginStudy
from edc_core.expressions.boundaries import boundary_examples

if TYPE_CHECKING:
    from edc_core.domain.index import MetaDataIndex
    from edc_core.plugin_manager import EdcPlugins
    from edc_core.plugin_offers import StudyChecks


def checks_of(plugins: EdcPlugins, index: MetaDataIndex, environment: str) -> tuple[StudyCheck, ...]:
    """The checks of a published version: its declared limits, then those of its plugins."""
    active = plugins.activate(index.version.plugins)
    return check_rows(index, plugins.checks(PluginStudy.of(index, environment), active))


def check_rows(index: MetaDataIndex, offered: StudyChecks) -> tuple[StudyCheck, ...]:
    """Declared limits, then what plugins offered."""
    declared = [
        StudyCheck(
            check_oid(placed.item, limit),
            limit.message.in_language("en"),
            form.name,
            "hard" if limit.hard else "warning" if limit.warning else "query",
            examples=limit.examples or boundary_examples(placed.item, limit),
        )
        for form in index.version.forms
        for placed in index.placed_items(form.oid)
        for limit in placed.item.range_checks
        if limit.comparator is not None or limit.expression
    ]
    coded = [
        StudyCheck(
            one.check.oid,
            one.check.title,
            one.check.form,
            one.check.severity.value,
            one.plugin.stamp,
            one.check.examples,
        )
        for one in offered.all
    ]
    return (*declared, *coded)
