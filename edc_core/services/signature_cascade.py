"""What a change of data, whatever its door, does to signatures: those whose content it changes are broken at once.

Every write to a subject's chain passes here (``SubjectOperation.record``). Only where a valid signature stands on or
above what changes is anything read: the casebook as it was, which is compared with what the entries make of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import EntryFacts, EntryKind
from edc_core.domain.manifest import SignedItem, as_seen, breaking, differences, manifest_of
from edc_core.domain.signature import CHANGING
from edc_core.ledger.append import Effect
from edc_core.ledger.projection import Tables
from edc_core.ledger.replay import casebook_of
from edc_core.store import readers, signature_readers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edc_core.domain.casebook import Casebook, Subject
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.manifest import Difference, Manifest
    from edc_core.domain.signature import ValidSignature
    from edc_core.services.operation import SubjectOperation


def broken_by(operation: SubjectOperation, effects: Sequence[Effect], meta_data_version: str) -> list[Effect]:
    """The ``sign.break`` entries that effects bring with them, each with the exact difference.

    :param meta_data_version: of effects that name none.
    """
    changed = {effect.path for effect in effects if effect.kind in CHANGING}
    valid = _valid(operation) if changed else ()
    if not valid:
        return []
    places = {ItemPath.parse(path) for path in changed}
    standing = [one for one in valid if any(_concerns(place, one.path) for place in places)]
    if not standing:
        return []
    forms = {place.form_path if place.form is not None else None for place in places}
    only = forms.pop() if len(forms) == 1 else None
    before = readers.casebook(operation.uow, operation.subject, form=only)
    after = _after(operation.subject, before, effects, meta_data_version)
    broken = []
    for one in standing:
        was, now = (_manifest(operation, book, one, only) for book in (before, after))
        if found := breaking(differences(was, now)):
            broken.append(_break(one, found))
    paths = {effect.path for effect in broken}
    operation.signed = tuple(one for one in _valid(operation) if str(one.path) not in paths)
    return broken


def _concerns(place: ItemPath, signed: ItemPath) -> bool:
    """What was signed holds the place, or lies in what changes as a whole: a visit, the number of the subject."""
    return signed.contains(place) or place.contains(signed)


def _valid(operation: SubjectOperation) -> tuple[ValidSignature, ...]:
    """Read with the form where a form is written, else when first asked for; the chain is held in both cases."""
    if operation.signed is None:
        subject = operation.subject
        operation.signed = (
            operation.look.signed
            if operation.look is not None
            else signature_readers.valid_signatures(
                operation.uow.connection, subject.study_id, subject.subject_id
            )
        )
    return operation.signed


def _after(subject: Subject, before: Casebook, effects: Sequence[Effect], meta_data_version: str) -> Casebook:
    """The casebook as the entries will make it: the fold that makes the projections, over what stands."""
    tables = Tables()
    for effect in effects:
        if effect.kind in CHANGING:
            version = effect.meta_data_version or meta_data_version
            facts = EntryFacts(
                subject.study_id, subject.subject_id, 0, effect.kind.value, effect.path, version, "", "", "",
                effect.reason.text, effect.payload,
            )  # fmt: skip
            tables.apply((facts,))
    changed = casebook_of(subject, tables)
    forms = {**before.forms, **changed.forms}
    for key, values in tables.patches["form_data"].items():
        path = ItemPath.parse(key[-1])
        if path in forms:
            forms[path] = replace(
                forms[path],
                meta_data_version=values.get("meta_data_version", forms[path].meta_data_version),
                status=EntryStatus(values.get("status", forms[path].status)),
            )
    keys = [values["subject_key"] for values in tables.patches["subject"].values() if "subject_key" in values]
    return replace(
        before,
        subject=replace(subject, subject_key=keys[-1]) if keys else subject,
        events={**before.events, **changed.events},
        forms=forms,
        groups={**before.groups, **changed.groups},
        items={**before.items, **changed.items},
    )


def _manifest(
    operation: SubjectOperation, book: Casebook, one: ValidSignature, only: ItemPath | None
) -> Manifest:
    uow, study_id = operation.uow, operation.command.study_id

    def index_of(version: str) -> MetaDataIndex:
        return uow.versions.get(uow.connection, study_id, version)

    seen = as_seen(book, index_of, one.hides)
    return manifest_of(seen, index_of, one.path, study="", language=one.language, hides=one.hides, only=only)


def _break(one: ValidSignature, found: Sequence[Difference]) -> Effect:
    """Places and versions, no values: an item's own entries hold them, and not everybody may see them."""
    payload: dict[str, Any] = {
        "signature": one.n,
        "changes": [
            {"path": each.path, "what": each.what, "from": _said(each.before), "to": _said(each.after)}
            for each in found
        ],
    }
    return Effect(EntryKind.SIGN_BREAK, str(one.path), payload, actor="system", role="")


def _said(part: SignedItem | str | None) -> str | int | None:
    return part.version if isinstance(part, SignedItem) else part
