"""Coding by a match without a doubt: asked for on the page, or done by a worker where the study says so."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from edc_core.api import Action, CodeTerms, EdcError, JobKind, NewCoding, NotFound
from edc_core_coding import shelf
from edc_core_coding.declared import Declared, declared
from edc_core_coding.in_force import automatic, in_force, readers
from edc_core_coding.matching import SYNONYM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edc_core.api import JobRequest, Verbatim
    from edc_core_coding.declared import CodedItem
    from edc_core_coding.matching import Match, Reader

Plan = dict[str, list[NewCoding]]


def plan(
    verbatims: Iterable[Verbatim], items: Mapping[str, CodedItem], by_name: Mapping[str, Reader]
) -> Plan:
    """What is coded by which term, by subject; of values whose form is complete and that the person may code."""
    found: Plan = defaultdict(list)
    known: dict[tuple[str, str], Match | None] = {}
    for one in verbatims:
        item = items[one.path.item or ""]
        reader = by_name.get(item.dictionary)
        if reader is None or not (one.is_open and one.complete and one.may_code) or one.locked:
            continue
        asked = (item.dictionary, one.value)
        if asked not in known:
            known[asked] = reader.match(one.value)
        match = known[asked]
        if match is not None:
            term = reader.dictionary.about.term(match.term)
            found[one.subject_key].append(
                NewCoding(one.path, one.version, term, match.how, match.how == SYNONYM, item.approval)
            )  # fmt: skip
    return dict(found)


def code_all(asked: JobRequest) -> dict[str, Any]:
    """Code what matches, subject by subject, so that what is done stays done.

    :returns: ``{"coded", "proposed", "left", "refused": [[subject key, why]], "missing": [words]}``.
    """
    return _code(asked, declared(asked.study.session()[1].index))


def keep_coding(asked: JobRequest) -> dict[str, Any]:
    """The same without being asked, by dictionaries for which the study says so."""
    study = asked.study
    try:
        found = declared(study.session()[1].index)
    except NotFound:  # nothing was published yet
        return {}
    names = automatic(in_force(study)) if found.items else frozenset()
    chosen = {oid: item for oid, item in found.items.items() if item.dictionary in names}
    if not chosen or not any(one.is_open for one in study.verbatims(chosen, waiting=True)):
        return {}
    return _code(asked, Declared(chosen))


def _code(asked: JobRequest, found: Declared) -> dict[str, Any]:
    study = asked.study
    verbatims = study.verbatims(found.items)
    read = readers(study, found, verbatims, shelf.folder(study.settings))
    to_do = plan(verbatims, found.items, read.by_name)
    done = {"coded": 0, "proposed": 0}
    refused: list[list[str]] = []
    for n, (subject_key, codings) in enumerate(sorted(to_do.items()), start=1):
        command = CodeTerms(
            study_id=study.study_id, op=uuid.uuid4().hex, subject_key=subject_key, codings=tuple(codings)
        )
        try:
            study.submit(command)
        except (
            EdcError
        ) as error:  # a value changed meanwhile, or was locked: the others are coded all the same
            refused.append([subject_key, error.message])
        else:
            done["proposed"] += sum(one.propose for one in codings)
            done["coded"] += sum(not one.propose for one in codings)
        asked.tell(n, len(to_do))
    left = sum(one.is_open for one in verbatims) - sum(done.values())
    return {**done, "left": left, "refused": refused, "missing": sorted(read.missing.values())}


AUTOCODE = JobKind("autocode", (Action.CODE_TERMS, Action.VIEW_DATA), code_all)
KEEP_CODING = JobKind("keep-coding", (Action.CODE_TERMS,), keep_coding, standing=True)
