"""Panels of plugins in pages of the core. A failing one says so in its place and costs nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template
from markupsafe import Markup

from edc_core.domain.page import PanelPlace, PanelRequest
from edc_core.errors import EdcError
from edc_core.ids import new_id
from edc_core.services.entry_gate import standing
from edc_core.services.study_access import CoreStudyAccess
from edc_core.store import readers
from edc_core.web import errors
from edc_core.web.context import actor, core, read, study, web
from edc_core.web.moments import moments
from edc_core.web.plugin_pages import addresses, fields_of_answer, given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edc_core.plugin_offers import RegisteredPanel
    from edc_core.store.readers import StudyRow


def panels(place: str, subject_key: str = "") -> Markup:
    """The panels of a place, for the person at the page: at home of every plugin, in a study of those that it names."""
    found = [one for one in web().panels if one.panel.place is PanelPlace(place)]
    if found and "study" in g:
        with read() as source:
            active = {one.name for one in standing(source, core().plugins.activate, study()).plugins}
        found = [one for one in found if one.plugin.name in active]
    rows = _studies() if found else ()
    return Markup("").join(_panel(one, rows, subject_key) for one in found)


def _studies() -> Sequence[StudyRow]:
    """The study at hand; at home every study, read once for all panels."""
    if "study" in g:
        return (study(),)
    with read() as source:
        return sorted(readers.studies(source.connection), key=str)


def _panel(one: RegisteredPanel, rows: Sequence[StudyRow], subject_key: str) -> Markup:
    panel, plugin = one.panel, one.plugin
    try:
        every = (CoreStudyAccess(core(), actor(), row, plugin.name) for row in rows)
        studies = tuple(access for access in every if access.may(panel.action))
        asked = PanelRequest(
            arguments={}, given=given(), times=moments(), op=new_id(), studies=studies, subject_key=subject_key,
        )  # fmt: skip
        view = panel.handler(asked) if studies else None
        if view is None:
            return Markup("")
        context = fields_of_answer(view) | addresses(plugin.name)
        return Markup(render_template(f"{plugin.name}:{panel.template}", **context))  # noqa: S704 - Jinja has escaped it
    except EdcError as error:
        return _instead(one, error.message, "")
    except Exception as error:  # noqa: BLE001 - it costs this panel alone, and is noted
        reference = errors.note(f"panel '{panel.name}' of {plugin.stamp}", error)
        text = "It stopped. Everything else on this page works; please tell who runs this system."
        return _instead(one, text, reference)


def _instead(one: RegisteredPanel, text: str, reference: str) -> Markup:
    return Markup(  # noqa: S704 - Jinja has escaped it
        render_template("_partials/panel_failed.html", plugin=one.plugin.name, text=text, reference=reference)
    )
