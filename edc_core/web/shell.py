"""The frame of every page: study, environment, navigation, who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import g, request, url_for

from edc_core.domain.page import InstallationPage
from edc_core.domain.permission import ROLE_WORDS, Action, Place
from edc_core.services.entry_gate import REMEDY, closed_because, standing
from edc_core.web import plugin_pages
from edc_core.web.context import core, read, web

if TYPE_CHECKING:
    from edc_core.domain.permission import Actor
    from edc_core.plugin_offers import RegisteredPage
    from edc_core.store.readers import StudyRow


@dataclass(frozen=True, slots=True)
class NavEntry:
    """``key`` is the letter after ``g`` that leads there."""

    label: str
    href: str
    key: str
    current: bool


@dataclass(frozen=True, slots=True)
class Shell:
    """:param idle: seconds without a touch after which the page is covered. :param closed: why nothing can be entered."""

    study: str
    environment: str
    nav: tuple[NavEntry, ...]
    user: str
    login: str
    role: str
    idle: int
    closed: str = ""

    @property
    def at_once(self) -> tuple[NavEntry, ...]:
        """The entries that stand beside one another."""
        return self.nav if len(self.nav) <= AT_ONCE + 1 else self.nav[:AT_ONCE]

    @property
    def more(self) -> tuple[NavEntry, ...]:
        """The entries behind "More"."""
        return self.nav[len(self.at_once) :]

    @property
    def environment_word(self) -> str:
        return self.environment.upper()

    @property
    def environment_kind(self) -> str:
        return {"live": "live", "uat": "uat"}.get(self.environment, "training")


#: Label, endpoint, letter, and an action of which one is enough to have the entry (none: everybody has it).
#: All but home are pages of the study at hand.
NAV: tuple[tuple[str, str, str, tuple[Action, ...]], ...] = (
    ("Home", "home", "h", ()),
    ("Subjects", "subjects.matrix", "s", (Action.VIEW_DATA,)),
    ("Queries", "queries.queries", "q", (Action.VIEW_DATA,)),
    ("Sign", "signing.sign", "n", (Action.SIGN,)),
    ("Plugins", "plugins.plugins", "p", (Action.VIEW_PLUGINS,)),
)


AT_ONCE = 5  #: entries that fit beside one another at the width of a tablet; the others stand behind "More"
LAST = "Plugins"  #: looked at seldom; the page of versions leads there too


def shell() -> Shell:
    """The frame for the request at hand, made once for it."""
    if "shell" not in g:
        g.shell = _shell()
    made: Shell = g.shell
    return made


def _shell() -> Shell:
    actor: Actor | None = g.get("actor")
    study: StudyRow | None = g.get("study")
    return Shell(
        study=study.oid if study else "",
        environment=study.environment if study else "",
        nav=tuple(_nav(actor, study)) if actor else (),
        user=(actor.full_name or actor.name) if actor else "",
        login=actor.name if actor else "",
        role=_role(actor, study) if actor and study else "",
        idle=core().settings.session_minutes * 60 if actor else 0,
        closed=_closed(study) if study and study.environment == "live" else "",
    )


def _closed(study: StudyRow) -> str:
    with read() as source:
        why = closed_because(standing(source, core().plugins.activate, study))
    return f"{why} {REMEDY}" if why else ""


def _nav(actor: Actor, study: StudyRow | None) -> list[NavEntry]:
    here = (request.endpoint or "").partition(".")[0]
    near = _above(here)
    entries = []
    for label, endpoint, key, needs in NAV if study else NAV[:1]:
        if needs and study and not any(actor.may(action, Place(study.study_id)) for action in needs):
            continue
        href = url_for(endpoint, study=str(study)) if needs else url_for(endpoint)
        entries.append(NavEntry(label, href, key, endpoint.partition(".")[0] == here or label == near))
    entries += _of_plugins(study, here, near, {entry.key for entry in entries})
    return sorted(entries, key=lambda entry: entry.label == LAST)


def _above(here: str) -> str:
    """The entry that leads to pages which have none of their own: those of a form, those of a plugin."""
    if here in ("capture", "capture_queries", "audit"):
        return "Subjects"
    labels = {one.page.menu.under for one in web().pages if f"x-{one.plugin.name}" == here and one.page.menu}
    return "" if "" in labels else min(labels, default="")


def _of_plugins(study: StudyRow | None, here: str, near: str, taken: set[str]) -> list[NavEntry]:
    entries = []
    for one in sorted(web().pages, key=_how_late):
        menu, name = one.page.menu, one.plugin.name
        above = isinstance(one.page, InstallationPage)
        if menu is None or menu.under or (study.environment in menu.outside if study else not above):
            continue
        if plugin_pages.is_for(one.page, menu):
            key = "" if menu.key in taken else menu.key
            taken.add(key)
            href = plugin_pages.address(name, one.page.path, above=above)
            entries.append(NavEntry(menu.label, href, key, here == f"x-{name}" or menu.label == near))
    return entries


def _how_late(one: RegisteredPage) -> int:
    menu = one.page.menu
    return menu.seldom - menu.daily if menu else 0


def links_under(label: str) -> list[NavEntry]:
    """Links to pages of plugins that belong to the page of an entry of the menu, for the person at it."""
    return [
        NavEntry(
            menu.label, plugin_pages.address(one.plugin.name, one.page.path, above=above), "", current=False
        )
        for one in web().pages
        if (above := isinstance(one.page, InstallationPage)) or "study" in g
        if (menu := one.page.menu) and menu.under == label and plugin_pages.is_for(one.page, menu)
    ]


def _role(actor: Actor, study: StudyRow) -> str:
    words = dict.fromkeys(ROLE_WORDS[role] for role in actor.roles(Place(study.study_id)))
    return ", ".join(words).capitalize()
