"""The frame of every page: study, environment, navigation, who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app, g, request, url_for

from edc_core.domain.permission import ROLE_WORDS, Place
from edc_core.web.context import core

if TYPE_CHECKING:
    from edc_core.domain.permission import Actor
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
    """:param idle: seconds without a touch after which the page is covered."""

    study: str
    environment: str
    nav: tuple[NavEntry, ...]
    user: str
    login: str
    role: str
    idle: int

    @property
    def environment_word(self) -> str:
        return self.environment.upper()

    @property
    def environment_kind(self) -> str:
        return {"live": "live", "uat": "uat"}.get(self.environment, "training")


#: Label, endpoint, letter. An entry appears when its page exists; a study's pages take the study.
NAV = (
    ("Home", "home", "h"),
    ("Subjects", "subjects.matrix", "s"),
    ("Queries", "queries.queries", "q"),
    ("Sign", "signing.sign", "n"),
    ("Status", "status_pages.status", "t"),
    ("Exports", "exports.exports", "e"),
)


def shell() -> Shell:
    """The frame for the request at hand."""
    actor: Actor | None = g.get("actor")
    study: StudyRow | None = g.get("study")
    return Shell(
        study=study.oid if study else "",
        environment=study.environment if study else "",
        nav=tuple(_nav(study)) if actor else (),
        user=(actor.full_name or actor.name) if actor else "",
        login=actor.name if actor else "",
        role=_role(actor, study) if actor and study else "",
        idle=core().settings.session_minutes * 60 if actor else 0,
    )


def _nav(study: StudyRow | None) -> list[NavEntry]:
    here = (request.endpoint or "").partition(".")[0]
    entries = []
    for label, endpoint, key in NAV:
        if endpoint not in current_app.view_functions or (study is None and "." in endpoint):
            continue
        href = url_for(endpoint, study=str(study)) if "." in endpoint else url_for(endpoint)
        area = endpoint.partition(".")[0]
        entries.append(NavEntry(label, href, key, here == area or (here == "capture" and area == "subjects")))
    return entries


def _role(actor: Actor, study: StudyRow) -> str:
    words = dict.fromkeys(ROLE_WORDS[role] for role in actor.roles(Place(study.study_id)))
    return ", ".join(words).capitalize()
