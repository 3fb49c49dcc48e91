"""Formats of exports: which there are, what each can be asked for, what it leaves at home, and who may have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.export_choice import UNBLINDED, ExportChoice
from edc_core.domain.permission import Action
from edc_core.errors import ExportRefused
from edc_core.services import residency
from edc_core.services.export_dataset import destination_of

if TYPE_CHECKING:
    from edc_core.core import Core
    from edc_core.domain.dataset import Exporter
    from edc_core.services.exporting import RequestExport
    from edc_core.store.unit_of_work import Source


def find_exporter(core: Core, name: str) -> Exporter:
    """:raises ExportRefused: naming the formats there are."""
    known = {exporter.name: exporter for exporter in core.plugins.exporters(core.settings.of_plugins)}
    if name not in known:
        raise ExportRefused(f"There is no export format '{name}'. There are: {', '.join(sorted(known))}.")
    return known[name]


def require_takes(exporter: Exporter, analysis: object) -> None:
    """:raises ExportRefused: what the sponsor has made comes with a format that has no place for it."""
    if analysis and not exporter.analysis:
        raise ExportRefused(f"'{exporter.name}' takes no analysis datasets; packages for authorities do.")


def require_makes(exporter: Exporter, choice: ExportChoice) -> None:
    """:raises ExportRefused: the choice makes no sense, or the format cannot be narrowed to it."""
    choice.require_sense()
    if exporter.holds_all and (choice.part or choice.blinding):
        raise ExportRefused(
            f"'{exporter.name}' is made of whole casebooks with their trail: it cannot be narrowed."
        )
    if choice.destination and exporter.destination not in ("", choice.destination):
        raise ExportRefused(
            f"'{exporter.name}' is handed in in {exporter.destination}: it does not go to {choice.destination}."
        )
    if choice.since and not exporter.increments:
        can = "Export it whole, or take what changed as ODM, CSV or other tables."
        raise ExportRefused(f"'{exporter.name}' cannot say what was taken away since. {can}")
    if choice.terms and not exporter.terms:
        raise ExportRefused(
            f"'{exporter.name}' writes codes and labels as the format has them: leave out 'terms'."
        )


def kept_for(core: Core, source: Source, exporter: Exporter, command: RequestExport) -> frozenset[str]:
    """Countries whose data stay there. The copy of a site goes to the site, an archive stays with the installation.

    :raises ExportRefused: the trail of a study of which something stays.
    """
    if exporter.of_site or exporter.whole:
        return frozenset()
    kept = residency.kept(source, command.study_id, core.settings.kept_countries)
    kept -= {destination_of(exporter, command.choice)}
    if kept and exporter.trail:
        raise ExportRefused(
            f"Data of sites in {min(kept)} stay there, and '{exporter.name}' holds those of every site. Record a legal basis "
            "on the page Data that stay first."
        )
    return kept


def rights_to(exporter: Exporter, choice: ExportChoice) -> tuple[Action, ...]:
    """What a person has to be allowed, at every site, to have an export."""
    kind = _right_to(exporter, unlocked=choice.unlocked)
    return (kind, Action.VIEW_BLINDED) if choice.blinding == UNBLINDED else (kind,)


def _right_to(exporter: Exporter, *, unlocked: bool) -> Action:
    if exporter.of_site or exporter.whole:
        return Action.MAKE_COPY
    if exporter.trail:
        return Action.READ_TRAIL
    return Action.EXPORT_WORKING if unlocked else Action.EXPORT_LOCKED
