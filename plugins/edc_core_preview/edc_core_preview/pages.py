"""The preview page, and what its script asks for."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path

import jinja2

from edc_core.api import (
    EdcError,
    ItemPath,
    NotFound,
    Playground,
    PlaygroundAnswer,
    PlaygroundPage,
    PlaygroundPages,
    Step,
    StudyAtHand,
    StudySite,
    TracedRule,
)
from edc_core_preview.following import Following, Shown
from edc_core_preview.states import STATES, States

HERE = Path(__file__).parent
WIDTHS = {"phone": 390, "tablet": 768, "desktop": 1366}
WAIT = 15.0  #: seconds until an unchanged state is told again
ROLE = "CRC"  #: who looks at first


class PreviewPages:
    """What ``edc study dev`` serves below ``/preview/``."""

    def __init__(self, playground: Playground, following: Following) -> None:
        self._playground, self._following = playground, following
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self._making = threading.Lock()
        self._states: tuple[int, States] | None = None

    def page_set(self) -> PlaygroundPages:
        pages = (
            PlaygroundPage("/", self.whole),
            PlaygroundPage("/changes", self.changes),
            PlaygroundPage("/open", self.open),
            PlaygroundPage("/conflict", self.conflict),
            PlaygroundPage("/trace", self.trace),
            PlaygroundPage("/preview.js", lambda _: _file("preview.js", "text/javascript")),
            PlaygroundPage("/preview.css", lambda _: _file("preview.css", "text/css")),
        )
        return PlaygroundPages("preview", pages)

    def whole(self, _: Mapping[str, str]) -> PlaygroundAnswer:
        shown = self._following.shown
        return self._page(
            "preview.html",
            shown=shown,
            roles=self._playground.roles,
            role=ROLE,
            states=STATES,
            widths=WIDTHS,
            styles=[self._playground.asset(name) for name in ("tokens.css", "app.css")],
            icons=self._playground.asset("icons.svg"),
            **self._of_study(shown),
        )

    def changes(self, given: Mapping[str, str]) -> PlaygroundAnswer:
        """What is shown once it is newer than ``after``: the numbers, and the panels as HTML."""
        after = int(given.get("after", "0")) if given.get("after", "0").isdecimal() else 0
        shown = self._following.wait(after, WAIT)
        of_study = self._of_study(shown)
        body = {
            "number": shown.number,
            "version": shown.version,
            "findings": self._render("findings.html", shown=shown),
            "forms": self._render("forms.html", **of_study),
            "languages": of_study["languages"],
            "sites": of_study["sites"],
        }
        return PlaygroundAnswer(json.dumps(body), "application/json")

    def open(self, given: Mapping[str, str]) -> PlaygroundAnswer:
        """Bring the form into the state, sign the person in, and go to the real page."""
        try:
            study, form = self._study(), _form(given)
            with self._making:
                key = self._states_of().subject(_one_of(given, "state", STATES), form, _site(study, given))
                session = self._playground.sign_in(
                    _one_of(given, "role", dict(self._playground.roles)), given.get("language", "en")
                )
        except EdcError as error:
            return self._page("cannot.html", status=409, message=error.message,
                              styles=[self._playground.asset(name) for name in ("tokens.css", "app.css")])  # fmt: skip
        return PlaygroundAnswer(location=self._playground.form_address(study, key, form), session=session)

    def conflict(self, given: Mapping[str, str]) -> PlaygroundAnswer:
        """Have somebody else change the first value of the form that lies open."""
        with self._making:
            item = self._states_of().change_behind(_form(given), _site(self._study(), given))
        words = f"Somebody else has changed “{item}” after this page was opened. Type another value there."
        return PlaygroundAnswer(words, "text/plain")

    def trace(self, given: Mapping[str, str]) -> PlaygroundAnswer:
        """The rules of the form, or of one item of it."""
        study, form = self._study(), _form(given)
        with self._making:
            key = self._states_of().subject(_one_of(given, "state", STATES), form, _site(study, given))
        rules = self._playground.session().trace(study, key, form, given.get("language", "en"))
        item = given.get("item", "")
        chosen = [rule for rule in rules if not item or rule.path == item]
        return self._page("trace.html", rules=_by_item(chosen))

    def _study(self) -> StudyAtHand:
        study = self._following.shown.study
        if study is None:
            raise NotFound("There is no version to show yet.")
        return study

    def _states_of(self) -> States:
        """The states of the version that is shown now."""
        shown = self._following.shown
        assert shown.study is not None
        if self._states is None or self._states[0] != shown.version:
            self._states = (shown.version, States(self._playground, shown.study, shown.version))
        return self._states[1]

    def _of_study(self, shown: Shown) -> dict[str, object]:
        if shown.study is None:
            return {"study": None, "events": [], "languages": ["en"], "sites": []}
        index = shown.study.index
        events = [
            {
                "oid": event.oid,
                "title": event.title.in_language("en") or event.name,
                "forms": [
                    {
                        "oid": ref.form_oid,
                        "title": index.forms[ref.form_oid].title.in_language("en")
                        or index.forms[ref.form_oid].name,
                    }
                    for ref in event.form_refs
                ],
            }
            for event in index.version.events
            if event.form_refs
        ]
        names = {site.number: site.name for site in index.version.sites}
        return {
            "study": shown.study.name,
            "events": events,
            "languages": list(index.version.languages),
            "sites": [
                {
                    "number": one.number,
                    "words": " ".join(filter(None, (one.country, one.number, names[one.number]))),
                }
                for one in _sites(shown.study)
            ],
        }

    def _render(self, name: str, **known: object) -> str:
        return self._templates.get_template(f"templates/{name}").render(known)

    def _page(self, name: str, *, status: int = 200, **known: object) -> PlaygroundAnswer:
        return PlaygroundAnswer(self._render(name, **known), status=status)


def _file(name: str, media_type: str) -> PlaygroundAnswer:
    return PlaygroundAnswer((HERE / name).read_text(encoding="utf-8"), media_type)


def _form(given: Mapping[str, str]) -> ItemPath:
    event, form = given.get("event", ""), given.get("form", "")
    if not event or not form:
        raise NotFound("Choose a form.")
    return ItemPath(Step(event, "1"), Step(form, "1"))


def _sites(study: StudyAtHand) -> list[StudySite]:
    """Those that the files name now: one that was taken out of them stays on record."""
    named = {site.number for site in study.index.version.sites}
    return [site for site in study.sites if site.number in named]


def _site(study: StudyAtHand, given: Mapping[str, str]) -> StudySite:
    sites = {site.number: site for site in _sites(study)}
    return sites[_one_of(given, "site", {number: number for number in sites})]


def _one_of(given: Mapping[str, str], name: str, known: Mapping[str, str]) -> str:
    value = given.get(name, "")
    if value not in known:
        raise NotFound(f"There is no {name} '{value}'. There are: {', '.join(known)}.")
    return value


def _by_item(rules: list[TracedRule]) -> list[tuple[str, str, list[TracedRule]]]:
    """(item, path, its rules) in the order of the page."""
    found: dict[tuple[str, str], list[TracedRule]] = {}
    for rule in rules:
        found.setdefault((rule.item, rule.path), []).append(rule)
    return [(item, path, of_it) for (item, path), of_it in found.items()]
