"""What waits for a coder on Home: terms to code and codings to approve, over all studies."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import Action, NotFound, Panel, PanelPlace
from edc_core_coding.declared import declared
from edc_core_coding.groups import TO_APPROVE, TO_CODE, state_of

if TYPE_CHECKING:
    from edc_core.api import PanelRequest


@dataclass(frozen=True, slots=True)
class Waiting:
    """A study with verbatims. :param study: its name."""

    study: str
    to_code: int
    to_approve: int


@dataclass(frozen=True, slots=True)
class CodingPanel:
    """:param studies: those with something to do."""

    studies: tuple[Waiting, ...]


def waiting(asked: PanelRequest) -> CodingPanel | None:
    """Studies with something to do; no panel where no study codes anything."""
    found: list[Waiting] = []
    declares = False
    for study in asked.studies:
        try:
            items = declared(study.session()[1].index).items
        except NotFound:  # nothing was published yet
            continue
        if not items:
            continue
        declares = True
        counts = Counter(state_of(one) for one in study.verbatims(items, waiting=True))
        to_code = counts[TO_CODE] if study.may(Action.CODE_TERMS) else 0
        if to_code or counts[TO_APPROVE]:
            found.append(Waiting(study.name, to_code, counts[TO_APPROVE]))
    return CodingPanel(tuple(found)) if declares else None


PANEL = Panel(
    name="to-code",
    place=PanelPlace.HOME,
    action=Action.APPROVE_CODING,
    handler=waiting,
    template="to_code.html",
)
