"""The dataset of a cut, as far as an export holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.domain.dataset import ExportDataset, Stays
from edc_core.errors import ExportRefused
from edc_core.ledger import cut, dataset_reader, study_at_cut
from edc_core.ledger.increment import Scope, read_changes
from edc_core.services import residency
from edc_core.services.gates import stay_home
from edc_core.store import gates, readers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.domain.dataset import Exporter, ExportSubject
    from edc_core.domain.export_choice import ExportChoice
    from edc_core.ledger.cut import Cut
    from edc_core.services.site_scope import SiteScope
    from edc_core.store.unit_of_work import Source


@dataclass(frozen=True, slots=True)
class Only:
    """Some of the subjects. :param at: the study with these alone. :param digest: takes the canonical cells in the place of a
    digest. :param earlier: of an increment the state that it goes on from, with these alone.
    """

    at: study_at_cut.StudyAtCut
    digest: Any
    earlier: study_at_cut.StudyAtCut | None


def dataset(
    source: Source, taken: Cut, counts: dataset_reader.Counts, *, unlocked: bool,
    withheld: frozenset[str] = frozenset(), removed: bool = False, scope: SiteScope | None = None,
    choice: ExportChoice | None = None, exporter: Exporter | None = None,
    kept: frozenset[str] = frozenset(), on: str = "", only: Only | None = None,
) -> tuple[ExportDataset, int]:  # fmt: skip
    """The dataset of a cut, and how many subjects it reads.

    :param withheld: OIDs of items that whoever asks may not see. :param removed: forms that were removed are in it.
    :param scope: what belongs to one site. :param choice: what it is narrowed to. :param kept: countries whose data stay
        there. :param on: ISO date of the day it is made, else that of the cut. :param only: some of the subjects.
    :param exporter: without it, no data of a subject have to stay in a country.
    :raises ExportRefused: it is narrowed to what the cut does not have; or it is the trail, which cannot be narrowed, and data
        of a subject stay in a country.
    """
    study = readers.study_by_id(source.connection, taken.study_id)
    at = only.at if only else study_at_cut.study_at(source.connection, taken)
    at = scope.narrow(at) if scope else at
    published = _published(at)
    versions = {oid: source.versions.get(source.connection, taken.study_id, oid) for oid in published}
    if choice and choice.part and not only:
        choice.require_known(
            forms=dict.fromkeys(oid for index in versions.values() for oid in index.forms),
            sites={number: site.country for number, site in at.sites.items()},
            subjects={key for key, _, _ in at.subjects},
        )  # fmt: skip
    if choice and (choice.part or kept) and not only:
        choice.require_leaves({number: site.country for number, site in at.sites.items()}, kept)
        at = at.narrowed(choice, kept)

    abroad = exporter is not None and not (exporter.whole or scope)
    wanted = versions[published[-1]].version.gates if abroad and published else ()
    stays = stay_home(
        wanted, at.sites, destination_of(exporter, choice) if exporter else "", on or taken.at[:10],
        lambda: gates.recorded(source.connection, taken.study_id, upto=taken.study_n),
        residency.bases(source, taken.study_id),
    )  # fmt: skip

    earlier = only.earlier if only else earlier_state(source, taken, choice, kept)

    def subjects() -> Iterator[ExportSubject]:
        fresh = dataset_reader.Counts()
        if earlier is None:
            yield from dataset_reader.read_subjects(
                source.connection,
                at,
                fresh,
                unlocked=unlocked,
                withheld=withheld,
                removed=removed,
                stays=stays,
                digest=only.digest if only else None,
            )
        else:
            yield from read_changes(
                source.connection, earlier, at, fresh, Scope(unlocked, withheld, removed, stays),
                rewritten=is_rewritten(earlier, at), digest=only.digest if only else None,
            )  # fmt: skip
        counts.included, counts.left_out, counts.by_site = fresh.included, fresh.left_out, fresh.by_site
        counts.versions, counts.content_sha256 = fresh.versions, fresh.content_sha256

    whole = ExportDataset(
        study_oid=study.oid, study_name=study.name, environment=study.environment,
        versions=versions, cut=taken.root, created_at=taken.at, sites=at.sites,
        users=study_at_cut.user_names(source.connection), meanings=at.meanings, paused=at.paused,
        subjects=subjects, unlocked=unlocked, imported=at.imported, choice=choice,
        since=earlier.cut.root if earlier else "",
    )  # fmt: skip
    if wanted and exporter and exporter.trail:
        _require_leaves(whole, counts, exporter.name)
    return scope.narrowed(whole, source) if scope else whole, len(at.subjects)


def _require_leaves(whole: ExportDataset, counts: dataset_reader.Counts, name: str) -> None:
    for _ in whole.subjects():
        continue  # what stays is known once it is read
    if stay := sorted(why for why, many in counts.left_out.items() if many and isinstance(why, Stays)):
        raise ExportRefused(
            f"'{name}' holds every entry of every subject, and there are {stay[0]}: {counts.left_out[stay[0]]}. Say into which "
            "country it goes, where they may, or record a legal basis on the page Data that stay."
        )


def destination_of(exporter: Exporter, choice: ExportChoice | None) -> str:
    """Country into which an export goes, empty where that is unknown."""
    return (choice.destination if choice else "") or exporter.destination


def _published(at: study_at_cut.StudyAtCut) -> list[str]:
    """OIDs of versions, oldest first."""
    return [
        row["oid"] for row in sorted(at.study.rows["meta_data_version"].values(), key=lambda row: row["seq"])
    ]


def is_rewritten(before: study_at_cut.StudyAtCut, after: study_at_cut.StudyAtCut) -> bool:
    """Whether an increment holds everything, for versions were published since."""
    return _published(before) != _published(after)


def earlier_state(
    source: Source, taken: Cut, choice: ExportChoice | None, kept: frozenset[str]
) -> study_at_cut.StudyAtCut | None:
    """The state that an increment goes on from, narrowed as it is; none of what is no increment.

    :raises NotFound: it is not kept. :raises ExportRefused: it is not an earlier one.
    """
    if choice is None or not choice.since:
        return None
    found = cut.find(source.connection, taken.study_id, choice.since)
    upto = {chain: n for chain, n, _ in taken.vector}
    if any(n > upto.get(chain, 0) for chain, n, _ in found.vector):
        raise ExportRefused(f"'{choice.since}' is no earlier state than the one that is exported.")
    at = study_at_cut.study_at(source.connection, found)
    return at.narrowed(choice, kept) if choice.part or kept else at
