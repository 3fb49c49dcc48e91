"""Dictionaries of a study: which version is in force, coding by itself, and the step to another version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import Action, EdcError, MenuEntry, NotFound, Page, Refused, SeeOther
from edc_core_coding import shelf
from edc_core_coding.autocode import AUTOCODE
from edc_core_coding.declared import CodedItem, declared
from edc_core_coding.in_force import DictionaryUse, in_force, put_in_force
from edc_core_coding.upgrading import RECODE, planned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edc_core.api import Job, PageRequest, Times
    from edc_core_coding.shelf import Dictionary
    from edc_core_coding.terms import About
    from edc_core_coding.versions import Recoded

SHOWN = 200  #: terms of a plan that are listed


@dataclass(frozen=True, slots=True)
class Line:
    """A dictionary that the study names. :param choices: what of it is in this installation, the newest version first."""

    name: str
    items: tuple[CodedItem, ...]
    in_force: DictionaryUse | None
    choices: tuple[About, ...]


@dataclass(frozen=True, slots=True)
class DictionariesPage:
    """:param jobs: the person's last run of each kind, newest first."""

    study: str
    lines: tuple[Line, ...]
    problems: tuple[str, ...]
    jobs: tuple[Job, ...]
    polls: bool
    may_code: bool
    op: str
    times: Times
    message: str = ""


@dataclass(frozen=True, slots=True)
class UpgradePage:
    """:param terms: what becomes of each; ``counts`` of terms and of values, by what becomes of them."""

    study: str
    now: DictionaryUse | None
    to: About
    terms: tuple[Recoded, ...]
    total: int
    counts: Mapping[str, tuple[int, int]]
    locked: int
    may_code: bool
    op: str
    message: str = ""


def look(asked: PageRequest) -> DictionariesPage:
    return _page(asked)


def use(asked: PageRequest) -> SeeOther | Refused:
    """Code by a version from now on."""
    try:
        one = _named(asked)
        put_in_force(
            asked.study, one, automatic=bool(asked.text("automatic")), op=asked.text("op", required=True)
        )
    except EdcError as error:
        return Refused(_page(asked, error.message))
    return SeeOther("dictionaries")


def autocode(asked: PageRequest) -> SeeOther | Refused:
    """Code what matches without a doubt, as a job."""
    if any(not job.is_over for job in asked.study.jobs(AUTOCODE.name)):
        return Refused(_page(asked, "Your last run has not ended yet. Wait for it."))
    asked.study.ask(AUTOCODE.name, {})
    return SeeOther("dictionaries", anchor="runs")


def compare(asked: PageRequest) -> UpgradePage | SeeOther:
    """What another version would do to the codings of the study; nothing is changed."""
    try:
        return _upgrade(asked, _named(asked))
    except NotFound:  # it was taken from the shelf meanwhile; the page of dictionaries says what there is
        return SeeOther("dictionaries")


def upgrade(asked: PageRequest) -> SeeOther | Refused:
    """Put another version in force and take the codings over to it, as a job."""
    try:
        one = _named(asked)
    except NotFound:
        return SeeOther("dictionaries")
    about, said = one.about, in_force(asked.study).get(one.about.name)
    if any(not job.is_over for job in asked.study.jobs(RECODE.name)):
        return Refused(_upgrade(asked, one, "Your last run has not ended yet. Wait for it."))
    by_itself = bool(said and said.automatic)
    put_in_force(asked.study, one, automatic=by_itself, op=asked.text("op", required=True))
    asked.study.ask(RECODE.name, {"name": about.name, "version": about.version, "language": about.language})
    return SeeOther("dictionaries", anchor="runs")


def _named(asked: PageRequest) -> Dictionary:
    """The dictionary that a request names: ``name`` and ``version``, the latter with its language behind a space.

    :raises NotFound: the study codes by no such dictionary, or it is not in this installation.
    """
    name, (version, _, language) = asked.text("name"), asked.text("version").rpartition(" ")
    if name not in declared(asked.study.session()[1].index).dictionaries:
        raise NotFound(f"No item of this study is coded by '{name}'.")
    return shelf.find(name, version, language, shelf.folder(asked.study.settings))


def _in_order(found: Iterable[About]) -> tuple[About, ...]:
    """The newest version first; of one version English, whose terms the others translate."""
    by_language = sorted(found, key=lambda one: (one.language != "en", one.language))
    return tuple(sorted(by_language, key=lambda one: one.version, reverse=True))


def _page(asked: PageRequest, message: str = "") -> DictionariesPage:
    study = asked.study
    found, said = declared(study.session()[1].index), in_force(study)
    there = [one.about for one in shelf.shelf(shelf.folder(study.settings))]
    jobs = [job for kind in (AUTOCODE, RECODE) for job in study.jobs(kind.name)[:1]]
    return DictionariesPage(
        study=study.name,
        lines=tuple(
            Line(
                name,
                tuple(item for item in found.items.values() if item.dictionary == name),
                said.get(name),
                _in_order(about for about in there if about.name == name),
            )
            for name in found.dictionaries
        ),
        problems=found.problems,
        jobs=tuple(sorted(jobs, key=lambda job: job.created_at, reverse=True)),
        polls=any(not job.is_over for job in jobs),
        may_code=study.may(Action.CODE_TERMS),
        op=asked.op,
        times=asked.times,
        message=message,
    )


def _upgrade(asked: PageRequest, to: Dictionary, message: str = "") -> UpgradePage:
    study = asked.study
    terms = planned(study, to)
    counts: dict[str, tuple[int, int]] = {}
    for one in terms:
        known, values = counts.get(one.change.value, (0, 0))
        counts[one.change.value] = (known + 1, values + len(one.places))
    return UpgradePage(
        study.name, in_force(study).get(to.about.name), to.about, terms[:SHOWN], len(terms), counts,
        sum(place.locked for one in terms for place in one.places), study.may(Action.CODE_TERMS), asked.op, message,
    )  # fmt: skip


CODERS = (Action.CODE_TERMS, Action.APPROVE_CODING)
PAGES = (
    Page(
        path="dictionaries", action=CODERS, handler=look, template="dictionaries.html", block="runs",
        menu=MenuEntry("Dictionaries", under="Coding"),
    ),
    Page(path="use", action=Action.CODE_TERMS, handler=use, template="dictionaries.html", method="POST"),
    Page(path="autocode", action=Action.CODE_TERMS, handler=autocode, template="dictionaries.html", method="POST"),
    Page(path="version", action=CODERS, handler=compare, template="version.html"),
    Page(path="version", action=Action.CODE_TERMS, handler=upgrade, template="version.html", method="POST"),
)  # fmt: skip
