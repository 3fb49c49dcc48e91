"""What of the review plan waits for a person, on Home: over all studies, by site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import Action, NotFound, Panel, PanelPlace, ReviewGroup

if TYPE_CHECKING:
    from edc_core.api import Coverage, PanelRequest, ReviewSite


@dataclass(frozen=True, slots=True)
class Waiting:
    """A site with values to verify. :param study: name of the study."""

    study: str
    site: ReviewSite
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class ToVerifyPanel:
    """:param sites: by study and site. :param values: to verify at all of them."""

    sites: tuple[Waiting, ...]
    values: int


def to_verify(asked: PanelRequest) -> ToVerifyPanel:
    """Sites with values to verify against the source; none where all is done."""
    found: list[Waiting] = []
    for study in asked.studies:
        try:
            work = study.review_coverage(ReviewGroup.SDV)
        except NotFound:  # nothing was published yet
            continue
        found += [Waiting(study.name, site, coverage) for site, coverage in work.sites if coverage.remaining]
    return ToVerifyPanel(tuple(found), sum(one.coverage.remaining for one in found))


PANEL = Panel(
    name="to-verify",
    place=PanelPlace.HOME,
    action=Action.VERIFY_SOURCE,
    handler=to_verify,
    template="to_verify.html",
)
