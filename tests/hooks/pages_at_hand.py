"""Plugins with pages and jobs, as import paths."""

from dataclasses import dataclass
from functools import partial

from edc_core.api import (
    Action,
    Attachment,
    FileRules,
    InstallationPage,
    JobKind,
    MenuEntry,
    Page,
    Panel,
    PanelPlace,
    Refused,
    SeeOther,
    hookimpl,
)


@dataclass(frozen=True, slots=True)
class Seen:
    study: str
    told: str


def look_around(asked):
    return Seen(asked.study.name, asked.text("told", longest=5))


def write_down(asked):
    if asked.text("told") == "no":
        return Refused(Seen(asked.study.name, "Say something else."))
    asked.study.ask("count", {"to": int(asked.text("to", required=True))})
    return SeeOther("look/1", {"told": "yes"}, "end")


def take_in(asked):
    if asked.refused:
        return Refused(Seen(asked.study.name, " ".join(asked.refused.values())))
    with asked.study.staged.open(asked.files["sent"]) as stream:
        return Attachment("same.csv", "text/csv", stream.read().decode())


def count_to(asked):
    asked.tell(1, asked.request["to"])
    return {"study": asked.study.name, "to": asked.request["to"]}


class Paging:
    @hookimpl
    def edc_register_pages(self):
        page = partial(Page, action=Action.VIEW_DATA)
        return [
            page(path="", handler=look_around, template="paging.html", block="part", beside=("aside",), menu=MenuEntry("Look", "s")),
            page(path="", handler=write_down, template="paging.html", method="POST"),
            page(path="look/<number>", handler=lambda asked: Attachment(
                f"{asked.arguments['number']}.csv", "text/csv", "A,B\n")),
            page(path="raises", handler=lambda asked: 1 / 0),
            page(path="nonsense", handler=lambda asked: "no dataclass", template="paging.html"),
            page(path="untemplated", handler=look_around, template="no_such.html"),
            page(path="in", handler=take_in, template="paging.html", method="POST",
                 uploads={"sent": FileRules(("table",), max_mb=2)}),
            page(path="about", handler=about_subject, template="paging.html", tab="About"),
            page(path="lists", handler=look_around, template="paging.html",
                 menu=MenuEntry("Lists", action=Action.LOCK)),
            page(path="note", handler=note, template="paging.html", block="part", method="POST"),
            Page(path="both", action=(Action.LOCK, Action.ENTER_DATA), handler=look_around, template="paging.html"),
            Page(path="unlock", action=Action.LOCK, handler=look_around, template="paging.html", tab="Unlock"),
            Page(path="locks", action=Action.LOCK, handler=look_around, template="paging.html"),
        ]  # fmt: skip

    @hookimpl
    def edc_register_jobs(self):
        return [JobKind("count", (Action.VIEW_DATA,), count_to), JobKind("lock", (Action.LOCK,), count_to)]


def about_subject(asked):
    asked.only("subject")
    return Seen(asked.study.name, asked.text("subject", required=True))


def note(asked):
    asked.only("told")
    return SeeOther("", {"told": asked.text("told")}, stay=Seen(asked.study.name, "stays"))


def rehearse(asked):
    return Seen(
        ", ".join(one.name for one in asked.installation.studies()),
        str(asked.installation.may(Action.PUBLISH)),
    )


def who_works(asked):
    return Seen(", ".join(one.name for one in asked.studies), asked.subject_key)


def fail(asked):
    raise RuntimeError("of the panel")


def refuse(asked):
    asked.study.version("no such version")


class Above:
    @hookimpl
    def edc_register_pages(self):
        page = partial(InstallationPage, action=Action.MANAGE_USERS, handler=rehearse, template="paging.html")
        return [
            page(path="", menu=MenuEntry("Above", "a")),
            page(path="leave", handler=lambda asked: SeeOther("", {"of": "all"}), method="POST"),
        ]


class Paneling:
    @hookimpl
    def edc_register_panels(self):
        panel = partial(Panel, action=Action.VIEW_DATA, handler=who_works, template="panel.html")
        return [
            panel(name="today", place=PanelPlace.HOME),
            panel(name="subjects", place=PanelPlace.SUBJECTS),
            panel(name="casebook", place=PanelPlace.SUBJECT),
            panel(name="queries", place=PanelPlace.QUERIES),
            panel(name="raises", place=PanelPlace.QUERIES, handler=fail),
            panel(name="refused", place=PanelPlace.QUERIES, handler=refuse),
            panel(name="nothing", place=PanelPlace.QUERIES, handler=lambda asked: None),
            panel(name="locks", place=PanelPlace.QUERIES, action=Action.LOCK),
        ]


class PanelingTwice:
    @hookimpl
    def edc_register_panels(self):
        panel = partial(Panel, action=Action.VIEW_DATA, handler=who_works, template="panel.html")
        return [panel(name="same", place=place) for place in (PanelPlace.HOME, PanelPlace.QUERIES)]


class PagingTwice:
    @hookimpl
    def edc_register_pages(self):
        return [Page(path="same", action=Action.VIEW_DATA, handler=look_around) for _ in range(2)]

    @hookimpl
    def edc_register_jobs(self):
        return [JobKind("same", (), count_to) for _ in range(2)]


class Misplaced:
    @hookimpl
    def edc_register_pages(self):
        return [Page(path="/../s", action=Action.VIEW_DATA, handler=look_around)]


class NamesStudy:
    @hookimpl
    def edc_register_pages(self):
        return [Page(path="of/<study>", action=Action.VIEW_DATA, handler=look_around)]


paging, paging_twice, misplaced, names_study = Paging(), PagingTwice(), Misplaced(), NamesStudy()
above, paneling, paneling_twice = Above(), Paneling(), PanelingTwice()
