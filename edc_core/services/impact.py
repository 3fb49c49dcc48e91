"""What a version would mean for the data of a study, computed without changing them (REQ-BLD-04, REQ-BLD-06).

It answers as if every form that can move had moved: forms that keep their version are untouched by an amendment.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from edc_core.domain.change_class import ChangeClass
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.protection import Protection
from edc_core.domain.query import QueryState
from edc_core.services import amendment_plan
from edc_core.services.amendment_plan import Target
from edc_core.store import amendment_readers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from edc_core.core import Core
    from edc_core.domain.check_report import CheckFailure
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.migration import FormMove
    from edc_core.ledger.append import Effect
    from edc_core.services.amendment_plan import SubjectPlan
    from edc_core.services.reading import StudyPicture

Deed = Literal["opens", "opens again", "resolves"]


@dataclass(frozen=True, slots=True)
class AffectedForm:
    """One form that keeps an older version.

    :param places: ``(path, what would become of its value)`` of each place that breaks.
    :param protection: what protects it now; a frozen or locked form keeps its version.
    """

    subject_key: str
    site: str
    path: str
    from_version: str
    status: str
    change_class: ChangeClass
    moves: bool
    protection: Protection
    held_back_by: str
    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AffectedQuery:
    """A query that a new or changed check would open, or that would be resolved."""

    subject_key: str
    site: str
    path: str
    check_oid: str
    deed: Deed
    text: str


@dataclass(frozen=True, slots=True)
class CheckCount:
    """How many queries of one check would open, open again and be resolved, at how many subjects."""

    check_oid: str
    opens: int
    opens_again: int
    resolves: int
    subjects: int


@dataclass(frozen=True, slots=True)
class Impact:
    """:param calculated: ``(subject key, path)`` of each value that would be calculated anew.

    :param failures: plugin checks that gave no answer, so that their queries are not counted.
    :param partial: there are items that the person may not see; nothing of them is listed or counted.
    """

    study: str
    version: str
    subjects: int
    forms: tuple[AffectedForm, ...] = ()
    queries: tuple[AffectedQuery, ...] = ()
    calculated: tuple[tuple[str, str], ...] = ()
    failures: tuple[CheckFailure, ...] = ()
    partial: bool = False

    def count(self, change_class: ChangeClass) -> int:
        return sum(form.change_class is change_class for form in self.forms)

    @property
    def protected(self) -> tuple[AffectedForm, ...]:
        """Forms that a freeze or a lock keeps at their version."""
        return tuple(form for form in self.forms if form.protection is not Protection.OPEN)

    @property
    def breaks(self) -> bool:
        return any(form.change_class is ChangeClass.BREAKS for form in self.forms)

    @property
    def by_check(self) -> tuple[CheckCount, ...]:
        counts = Counter((query.check_oid, query.deed) for query in self.queries)
        subjects: dict[str, set[str]] = {}
        for query in self.queries:
            subjects.setdefault(query.check_oid, set()).add(query.subject_key)
        return tuple(
            CheckCount(
                oid,
                counts[oid, "opens"],
                counts[oid, "opens again"],
                counts[oid, "resolves"],
                len(subjects[oid]),
            )
            for oid in sorted(subjects)
        )

    def as_json(self) -> dict[str, object]:
        return {
            "study": self.study,
            "meta_data_version": self.version,
            "subjects": self.subjects,
            "forms_by_class": {one.value: self.count(one) for one in ChangeClass},
            "forms": [
                {
                    "subject": form.subject_key,
                    "site": form.site,
                    "path": form.path,
                    "from": form.from_version,
                    "status": form.status,
                    "class": form.change_class.value,
                    "moves": form.moves,
                    "protection": form.protection.value,
                    "held_back_by": form.held_back_by,
                    "places": [{"path": path, "text": text} for path, text in form.places],
                }
                for form in self.forms
            ],
            "checks": [
                {
                    "check": one.check_oid,
                    "opens": one.opens,
                    "opens_again": one.opens_again,
                    "resolves": one.resolves,
                    "subjects": one.subjects,
                }
                for one in self.by_check
            ],
            "queries": [
                {
                    "subject": query.subject_key,
                    "site": query.site,
                    "path": query.path,
                    "check": query.check_oid,
                    "does": query.deed,
                    "text": query.text,
                }
                for query in self.queries
            ],
            "calculated": [{"subject": key, "path": path} for key, path in self.calculated],
            "check_failures": [
                {"check": failure.check_oid, "plugin": failure.plugin, "text": failure.text}
                for failure in self.failures
            ],
        }


def assess(
    core: Core,
    picture: StudyPicture,
    version: MetaDataIndex,
    *,
    site_ids: Collection[str] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Impact:
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
    failures: dict[tuple[str, str, str], CheckFailure] = {}
    for done, subject in enumerate(subjects, start=1):
        plan = amendment_plan.plan_subject(picture.source, target, subject, picture.sites[subject.site_id])
        coded, failed = amendment_plan.plugin_effects(core, target, plan)
        effects = [effect for effect in (*plan.effects, *coded) if not _is_hidden(effect.path, hidden)]
        forms += (_form(plan, move, hidden) for move in plan.moves)
        queries += _queries(plan, effects)
        calculated += (
            (subject.subject_key, effect.path) for effect in effects if effect.kind is EntryKind.DERIVED_SET
        )
        failures |= {(failure.check_oid, failure.plugin, failure.text): failure for failure in failed}
        progress(done, len(subjects))
    return Impact(
        str(picture.study), target.oid, len(subjects), tuple(forms), tuple(queries), tuple(calculated),
        tuple(failures.values()), partial=bool(hidden),
    )  # fmt: skip


def _is_hidden(path: str, hidden: Collection[str]) -> bool:
    return bool(hidden) and (ItemPath.parse(path).item or "") in hidden


def _form(plan: SubjectPlan, move: FormMove, hidden: Collection[str]) -> AffectedForm:
    return AffectedForm(
        plan.subject.subject_key, plan.site.number, str(move.path), move.from_version, move.status.value,
        move.change_class, move.moves, move.protection, move.held_back_by,
        tuple((str(one.path), one.words) for one in move.harmed if (one.path.item or "") not in hidden),
    )  # fmt: skip


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


def tables(found: Impact) -> dict[str, tuple[tuple[str, ...], list[tuple[object, ...]]]]:
    """The lists as tables: name to (columns, rows); what the files of the command line and the page hold."""
    return {
        "forms": (
            ("SUBJECT", "SITE", "FORM", "FROM_VERSION", "TO_VERSION", "STATUS", "CLASS", "MOVES", "PROTECTION",
             "WHY_NOT", "PLACES"),
            [
                (form.subject_key, form.site, form.path, form.from_version, found.version, form.status,
                 form.change_class.value, "Y" if form.moves else "N", form.protection.value, form.held_back_by,
                 "; ".join(f"{path} {text}" for path, text in form.places))
                for form in found.forms
            ],
        ),
        "queries": (
            ("SUBJECT", "SITE", "PLACE", "CHECK", "DOES", "TEXT"),
            [
                (query.subject_key, query.site, query.path, query.check_oid, query.deed, query.text)
                for query in found.queries
            ],
        ),
        "checks": (
            ("CHECK", "OPENS", "OPENS_AGAIN", "RESOLVES", "SUBJECTS"),
            [(c.check_oid, c.opens, c.opens_again, c.resolves, c.subjects) for c in found.by_check],
        ),
    }  # fmt: skip
