"""What is otherwise in a cut than in an earlier one: subjects whose chain went on, read at both and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from edc_core.domain.dataset import SincePart
from edc_core.domain.ledger_entry import EntryKind
from edc_core.ledger.dataset_reader import Counts, counted, read_subject
from edc_core.store.ledger_tables import ledger_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from edc_core.domain.dataset import ExportSubject
    from edc_core.ledger.study_at_cut import StudyAtCut


@dataclass(frozen=True, slots=True)
class Scope:
    """Of both states the same; see ``read_subjects``."""

    unlocked: bool
    withheld: frozenset[str]
    removed: bool
    stays: Callable[[ExportSubject], str]


def entries_read(before: StudyAtCut, after: StudyAtCut, *, rewritten: bool) -> list[tuple[str, int]]:
    """Chains of subjects in the order of ``read_changes``, and how many entries it reads of each: none where it looks at neither
    state.
    """
    then, now = _places(before), _places(after)
    all_are_read = rewritten or before.study.rows != after.study.rows
    nowhere = ("", 0)
    return [
        (chain, then.get(chain, nowhere)[1] + now.get(chain, nowhere)[1])
        if all_are_read or then.get(chain) != now.get(chain)
        else (chain, 0)
        for chain in sorted({*then, *now}, key=lambda one: (now.get(one) or then[one], one))
    ]


def read_changes(
    connection: Connection,
    before: StudyAtCut,
    after: StudyAtCut,
    counts: Counts,
    scope: Scope,
    *,
    rewritten: bool,
    digest: Any = None,
) -> Iterator[ExportSubject]:
    """Subjects of which something is otherwise, each with the forms that are: the earlier export without what they replace,
    together with them, is the later one.

    A chain that did not go on holds what it held, unless the study itself changed what is locked or a site.

    :param rewritten: everything counts as otherwise, for columns or labels are. :param digest: see ``read_subjects``.
    """
    then, now = _places(before), _places(after)
    redacted = _redacted(connection, before)

    def read() -> Iterator[ExportSubject]:
        for chain, entries in entries_read(before, after, rewritten=rewritten):
            if not entries:
                counts.left_out["subjects unchanged since"] += 1
                continue
            old = _read(connection, before, chain, then, Counts(), scope)
            new = _read(connection, after, chain, now, counts, scope)
            found = _changed(old, new, whole=rewritten or chain in redacted)
            if found is not None:
                counts.left_out["forms unchanged since"] += found.since.unchanged if found.since else 0
                yield found
            elif new is not None:
                counts.left_out["subjects unchanged since"] += 1

    counts.left_out.update(after.left_out)
    return counted(read(), counts, digest)


def _places(at: StudyAtCut) -> dict[str, tuple[str, int]]:
    """Subject key and last entry of each chain."""
    return {chain: (key, n) for key, chain, n in at.subjects}


def _read(
    connection: Connection,
    at: StudyAtCut,
    chain: str,
    places: dict[str, tuple[str, int]],
    counts: Counts,
    scope: Scope,
) -> ExportSubject | None:
    if chain not in places:
        return None
    return read_subject(
        connection, at, chain, places[chain][1], counts,
        unlocked=scope.unlocked, withheld=scope.withheld, removed=scope.removed, stays=scope.stays,
    )  # fmt: skip


def _changed(old: ExportSubject | None, new: ExportSubject | None, *, whole: bool) -> ExportSubject | None:
    """The later one with what is otherwise, or the earlier one with nothing but what went."""
    if old is None:
        return None if new is None else new._replace(since=SincePart("", "", (), 0))
    there = {form.path: form for form in old.forms}
    if new is None:
        gone = SincePart(old.subject_key, old.site_number, tuple(there), 0, is_gone=True)
        return old._replace(forms=(), queries=(), events=(), not_done={}, signatures=(), since=gone)
    if old == new and not whole:
        return None
    moved = (old.subject_key, old.site_number) != (new.subject_key, new.site_number)
    forms = tuple(form for form in new.forms if whole or moved or there.get(form.path) != form)
    kept = frozenset[object]() if old.subject_key != new.subject_key else {form.path for form in new.forms}
    gone = SincePart(
        old.subject_key, old.site_number, tuple(path for path in there if path not in kept), len(new.forms) - len(forms),
        before=None if whole or old.subject_key != new.subject_key else old,
    )  # fmt: skip
    return new._replace(forms=forms, since=gone)


def _redacted(connection: Connection, before: StudyAtCut) -> set[str]:
    """Chains in which words were taken out since: what the earlier export holds is in neither state any more."""
    positions = {chain: n for chain, n, _ in before.cut.vector}
    taken_out = select(ledger_entry.c.chain, ledger_entry.c.n).where(
        ledger_entry.c.study_id == before.cut.study_id, ledger_entry.c.kind == EntryKind.REDACT.value
    )
    return {row.chain for row in connection.execute(taken_out) if row.n > positions.get(row.chain, 0)}
