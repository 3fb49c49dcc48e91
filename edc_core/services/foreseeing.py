"""What a version would mean for the data of a study, computed without changing them (REQ-BLD-04, REQ-BLD-06).

It answers as if every form that can move had moved: forms that keep their version are untouched by an amendment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.foresight import AffectedForm, AffectedMark, AffectedQuery, Deed, Foresight
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.manifest import as_seen, breaking, differences, manifest_of
from edc_core.domain.query import QueryState
from edc_core.domain.signature import touched_by
from edc_core.domain.signed_line import lines_of
from edc_core.services import amendment_plan
from edc_core.services.amendment_plan import Target
from edc_core.store import amendment_readers, signature_readers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from edc_core.core import Core
    from edc_core.domain.casebook import Casebook
    from edc_core.domain.check_report import CheckFailure
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.manifest import Manifest
    from edc_core.domain.migration import FormMove
    from edc_core.domain.signature import Signature
    from edc_core.domain.signed_line import SignedLine
    from edc_core.ledger.append import Effect
    from edc_core.services.amendment_plan import SubjectPlan
    from edc_core.services.reading import StudyPicture


def foresee(
    core: Core,
    picture: StudyPicture,
    version: MetaDataIndex,
    *,
    site_ids: Collection[str] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Foresight:
    """Look at every subject in scope as it would be after the move.

    :param picture: the study as the person sees it; what is out of scope or hidden is neither listed nor counted.
    :param site_ids: only these sites; all in scope without it.
    """
    target = Target(picture.source, core.plugins, picture.study, version)
    sites = [site_id for site_id in picture.sites if not site_ids or site_id in site_ids]
    hidden = picture.hidden_at(sites, version)
    subjects = amendment_readers.subjects_of(picture.source.connection, picture.study.study_id, sites)
    forms: list[AffectedForm] = []
    queries: list[AffectedQuery] = []
    calculated: list[tuple[str, str]] = []
    marks: list[AffectedMark] = []
    failures: dict[tuple[str, str, str], CheckFailure] = {}
    for done, subject in enumerate(subjects, start=1):
        told = amendment_plan.foretell(core, target, subject, picture.sites[subject.site_id])
        plan = told.plan
        effects = [one for one in (*plan.effects, *told.effects) if not _is_hidden(one.path, hidden)]
        forms += (_form(plan, move, hidden) for move in plan.moves)
        queries += _queries(plan, effects)
        calculated += (
            (subject.subject_key, effect.path) for effect in effects if effect.kind is EntryKind.DERIVED_SET
        )
        marks += _marks(picture, target, plan, effects, hidden)
        failures |= {(failure.check_oid, failure.plugin, failure.text): failure for failure in told.failures}
        progress(done, len(subjects))
    return Foresight(
        str(picture.study), target.oid, len(subjects), tuple(forms), tuple(queries), tuple(calculated),
        tuple(marks), tuple(failures.values()), partial=bool(hidden),
    )  # fmt: skip


def _is_hidden(path: str, hidden: Collection[str]) -> bool:
    return bool(hidden) and (ItemPath.parse(path).item or "") in hidden


def _form(plan: SubjectPlan, move: FormMove, hidden: Collection[str]) -> AffectedForm:
    return AffectedForm(
        plan.subject.subject_key, plan.site.number, str(move.path), move.from_version, move.status.value,
        move.change_class, move.moves, move.protection, move.held_back_by,
        tuple((str(one.path), one.words) for one in move.harmed if (one.path.item or "") not in hidden),
    )  # fmt: skip


def _marks(
    picture: StudyPicture,
    target: Target,
    plan: SubjectPlan,
    effects: Iterable[Effect],
    hidden: Collection[str],
) -> Iterator[AffectedMark]:
    key, number = plan.subject.subject_key, plan.site.number
    for effect in effects:
        if effect.kind is EntryKind.REVIEW_DROP:
            yield AffectedMark(key, number, effect.path, str(effect.payload["review"]))
    if plan.going:
        study_id, subject_id = picture.study.study_id, plan.subject.subject_id
        given = signature_readers.signatures(picture.source.connection, study_id, subject_id)
        for one in touched_by([move.path for move in plan.going], given):
            lines = _lines(target, plan, one, hidden)
            yield AffectedMark(key, number, str(one.path), "signature", lines)


def _lines(
    target: Target, plan: SubjectPlan, one: Signature, hidden: Collection[str]
) -> tuple[SignedLine, ...]:
    """What the signer read and would read otherwise after the move; nothing of what the person may not see."""

    def read(book: Casebook) -> Manifest:
        seen = as_seen(book, target.index_of, one.hides)
        return manifest_of(seen, target.index_of, one.path, study="", language=one.language, hides=one.hides)

    found = lines_of(breaking(differences(read(plan.book), read(plan.after))))
    return tuple(line for line in found if not _is_hidden(line.path, hidden))


def _queries(plan: SubjectPlan, effects: Iterable[Effect]) -> Iterator[AffectedQuery]:
    for effect in effects:
        if effect.kind is EntryKind.QUERY_OPEN:
            check = str(effect.payload["check_oid"])
            deed: Deed = "opens"
        elif effect.kind is EntryKind.QUERY_STATE and "text" in effect.payload:
            query = plan.book.queries[effect.payload["query_id"]]
            if effect.payload["state"] == query.state.value:
                continue  # a mark on a closed query
            check = query.check_oid
            deed = "resolves" if effect.payload["state"] == QueryState.RESOLVED.value else "opens again"
        else:
            continue
        yield AffectedQuery(
            plan.subject.subject_key, plan.site.number, effect.path, check, deed, str(effect.payload["text"])
        )
