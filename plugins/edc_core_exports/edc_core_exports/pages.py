"""The export centre: recipes and the question for another export on the left, what runs and what was made on the right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edc_core.api import (
    Action,
    BadRequest,
    ExportChoice,
    ExportRefused,
    FileRules,
    MenuEntry,
    NotFound,
    Page,
    Refused,
    SeeOther,
    WrongState,
)
from edc_core_exports.earlier import earlier_states, last_run, made_of
from edc_core_exports.formats import fitted, grouped
from edc_core_exports.history import brought_with, made
from edc_core_exports.recipes import LONGEST_NAME, Recipe, find_recipe, give_up, keep, recipes_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.api import Attachment, Exporter, ExportLine, Exports, FileValue, PageRequest, Times
    from edc_core_exports.earlier import Earlier
    from edc_core_exports.formats import Group
    from edc_core_exports.history import Made

LONGEST_REASON = 500
LONGEST_LIST = 4000  #: letters of keys of subjects
LONGEST_OP = 150
ANALYSIS = FileRules(
    ("zip",), max_mb=500
)  #: what the sponsor has made of the data; more of it comes by the command line


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form, to be put right."""

    choice: ExportChoice
    recipe: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Why something was not done: to the question, to the file with it, or to a recipe or an export."""

    question: str = ""
    file: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A recipe. :param title: of its format. :param last: what a run for changes alone goes on from."""

    recipe: Recipe
    title: str
    last: Earlier | None


@dataclass(frozen=True, slots=True)
class ExportPage:
    """:param found: formats and kept states. :param running: waits or runs; then the page asks again in two seconds.

    :param groups: the formats by what they are for; ``format`` is chosen. :param earlier: states that an increment can go on from.

    :param places: there are data that stay somewhere, so it matters which country an export goes to; ``stands`` is that of the
        installation, where there is one. :param over: newest first. :param may_locked: the person exports locked data, ``may_working`` all.
    :param may_keep: the person keeps recipes. :param may_unblinded: there is something blinded, and the person sees it. :param file_words: what may be sent with a package;
        ``folders``: those of the server with such, None where it keeps none.
    """

    study: str
    found: Exports
    groups: tuple[Group, ...]
    format: str
    earlier: tuple[Earlier, ...]
    running: tuple[ExportLine, ...]
    over: tuple[Made, ...]
    recipes: tuple[Offer, ...]
    may_locked: bool
    may_working: bool
    may_keep: bool
    may_unblinded: bool
    places: bool
    stands: str
    typed: Typed
    said: Said
    file_words: str
    folders: tuple[str, ...] | None
    polls: bool
    op: str
    times: Times


NOTHING = Typed(ExportChoice(""))
NOT_SAID = Said()


def exports(asked: PageRequest) -> ExportPage:
    """What can be asked for, what runs, what was made."""
    return _page(asked)


def _page(asked: PageRequest, typed: Typed = NOTHING, said: Said = NOT_SAID) -> ExportPage:
    study, found = asked.study, asked.study.exports()
    formats = {one.name: one for one in found.formats}
    groups = grouped(found.formats)
    first = groups[0].formats[0].name if groups else ""
    increments = {one.name for one in found.formats if one.increments}
    stand = study.residency()
    running = tuple(line for line in found.lines if not line.job.is_over)
    return ExportPage(
        study=study.name,
        found=found,
        groups=groups,
        format=typed.choice.format if typed.choice.format in formats else first,
        earlier=earlier_states(found),
        running=running,
        over=tuple(made(line, increments) for line in found.lines if line.job.is_over),
        recipes=tuple(
            Offer(
                one,
                formats[one.choice.format].title,
                last_run(found.lines, one.name, one.choice)
                if formats[one.choice.format].increments and not (one.choice.snapshot or one.choice.as_of)
                else None,
            )
            for one in recipes_of(study)
            if one.choice.format in formats
        ),
        may_locked=study.may(Action.EXPORT_LOCKED),
        may_working=study.may(Action.EXPORT_WORKING),
        may_keep=study.may(Action.VIEW_DATA),
        may_unblinded=found.has_blinded and study.may(Action.VIEW_BLINDED, "*"),
        places=bool(stand.regions or stand.kept.intersection(found.countries)),
        stands=min(stand.stands) if len(stand.stands) == 1 else "",
        typed=typed,
        said=said,
        file_words=ANALYSIS.words(),
        folders=_folders(asked, found.formats),
        polls=bool(running),
        op=asked.op,
        times=asked.times,
    )


def _folders(asked: PageRequest, formats: Iterable[Exporter]) -> tuple[str, ...] | None:
    """Folders with analysis datasets that the server keeps for the study, for whichever format."""
    keeping = [one.folders for one in formats if one.folders]
    names = {name for folders in keeping for name in folders(asked.study.name.rpartition("@")[0])}
    return tuple(sorted(names)) if keeping else None


def ask(asked: PageRequest) -> SeeOther | Refused:
    """Queue an export, and keep it as a recipe where it was given a name."""
    choice, exporter = _choice(asked)
    op = _op(asked)
    name = asked.text("recipe", longest=LONGEST_NAME)
    typed = Typed(choice, name, asked.text("why", longest=LONGEST_REASON))
    takes = exporter is not None and exporter.analysis
    if takes and (refused := asked.refused.get("analysis")):
        return Refused(_page(asked, typed, Said(file=refused)))
    file = asked.files.get("analysis")
    if takes and file and choice.analysis_folder:
        return Refused(_page(asked, typed, Said(file="Choose a folder or an archive, not both.")))
    try:
        _queue(asked, choice, op, recipe=name, why=typed.why, analysis=file if takes else None)
        if name:  # what was refused above is no recipe
            keep(asked.study, name, choice, op=f"{op}:recipe")
    except (ExportRefused, BadRequest) as error:
        return Refused(_page(asked, typed, Said(question=error.message)))
    return SeeOther()


def _choice(asked: PageRequest) -> tuple[ExportChoice, Exporter | None]:
    """What was filled in, and what writes it. Keys of subjects stand with commas or spaces between them."""
    choice = ExportChoice(
        asked.text("format", required=True),
        asked.text("snapshot"),
        asked.text("as_of"),
        unlocked=asked.text("unlocked") == "1",
        forms=asked.texts("forms"),
        sites=asked.texts("sites"),
        countries=asked.texts("countries"),
        subjects=tuple(asked.text("subjects", longest=LONGEST_LIST).replace(",", " ").split()),
        blinding=asked.text("blinding"),
        terms=asked.text("terms"),
        since=asked.text("since"),
        destination=asked.text("destination").upper(),
        analysis_folder=asked.text("analysis_folder"),
    )
    known = (one for one in asked.study.exports().formats if one.name == choice.format)
    exporter = next(known, None)
    return (fitted(choice, exporter) if exporter else choice), exporter


def run(asked: PageRequest) -> SeeOther | Refused:
    """Queue what a recipe says: all of it, or what changed since a state that the page names."""
    recipe = find_recipe(asked.study, asked.text("recipe", required=True))
    choice = replace(recipe.choice, since=asked.text("since"))
    try:
        _queue(asked, choice, _op(asked), recipe=recipe.name)
    except (ExportRefused, BadRequest) as error:
        return Refused(_page(asked, said=Said(other=error.message)))
    return SeeOther(anchor="jobs")


def again(asked: PageRequest) -> SeeOther | Refused:
    """Queue once more what an export was asked for with: one that failed, was cancelled, or is older than the data. Where the
    page says so, only what changed since that export, as the data are now. What came with it comes again.
    """
    name = asked.text("job", required=True)
    found = next((line for line in asked.study.exports().lines if line.job.job_id == name), None)
    if found is None:
        raise NotFound("There is no such export in this study.")
    request = found.job.request
    choice = ExportChoice.of(request)
    if asked.text("changes") == "1":
        choice = replace(choice, snapshot="", as_of="", since=made_of(found.job))
    try:
        _queue(
            asked, choice, _op(asked), recipe=str(request.get("recipe", "")), analysis=brought_with(found.job)
        )
    except (ExportRefused, BadRequest) as error:
        return Refused(_page(asked, said=Said(other=error.message)))
    return SeeOther(anchor="jobs")


def cancel(asked: PageRequest) -> SeeOther | Refused:
    """Take an export back that waits or runs."""
    try:
        asked.study.cancel_export(asked.text("job", required=True))
    except WrongState as error:
        return Refused(_page(asked, said=Said(other=error.message)))
    return SeeOther(anchor="jobs")


def drop(asked: PageRequest) -> SeeOther:
    """Give a recipe up."""
    give_up(asked.study, asked.text("recipe", required=True), op=_op(asked))
    return SeeOther()


def _queue(
    asked: PageRequest, choice: ExportChoice, op: str, *, recipe: str = "", why: str = "", analysis: FileValue | None = None
) -> None:  # fmt: skip
    name, formats = choice.analysis_folder, asked.study.exports().formats
    if name and name not in (_folders(asked, formats) or ()):
        raise ExportRefused(
            f"The server has no folder '{name}' with analysis datasets of this study (any more). Choose another one, or send an archive."
        )
    asked.study.ask_export(choice, op=op, recipe=recipe, why=why, analysis=analysis)


def _op(asked: PageRequest) -> str:
    return asked.text("op", longest=LONGEST_OP, required=True)


def download(asked: PageRequest) -> Attachment:
    """A finished export."""
    return asked.study.take_export(asked.arguments["job_id"])


EXPORT = (Action.EXPORT_WORKING, Action.EXPORT_LOCKED)
PAGES = (
    Page(
        path="", action=EXPORT, handler=exports, template="exports.html", block="jobs",
        menu=MenuEntry("Exports", "e"),
    ),
    Page(
        path="", action=EXPORT, handler=ask, template="exports.html", method="POST", uploads={"analysis": ANALYSIS}
    ),
    Page(path="<job_id>", action=EXPORT, handler=download),
    Page(path="run", action=EXPORT, handler=run, template="exports.html", method="POST"),
    Page(path="again", action=EXPORT, handler=again, template="exports.html", method="POST"),
    Page(path="cancel", action=EXPORT, handler=cancel, template="exports.html", method="POST"),
    Page(path="recipes", action=EXPORT, handler=drop, method="POST"),
)  # fmt: skip
