"""Pages of plugins, below ``/s/STUDY/x/PLUGIN`` and ``/x/PLUGIN``: the right is asked first, a failure costs that page."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from dataclasses import is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from flask import Response, g, make_response, render_template, request, send_file, url_for
from werkzeug.exceptions import HTTPException

from edc_core.clock import iso
from edc_core.domain.page import (
    Attachment,
    InstallationPage,
    InstallationRequest,
    Kept,
    MenuEntry,
    Page,
    PageRequest,
    Refused,
    SeeOther,
)
from edc_core.domain.permission import Action, Place
from edc_core.errors import EdcError, ValueRefused
from edc_core.ids import new_id
from edc_core.services import residency
from edc_core.services.installation_access import CoreInstallationAccess
from edc_core.services.reading import look_at
from edc_core.services.study_access import CoreStudyAccess
from edc_core.store import accounts
from edc_core.web import auth, errors, htmx, plugin_files
from edc_core.web.context import actor, core, study, web, write
from edc_core.web.moments import moments
from edc_core.web.security import MOST_BYTES
from edc_core.web.showing import fields_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flask import Flask
    from flask.typing import ResponseReturnValue

    from edc_core.domain.file_value import FileValue
    from edc_core.plugin_offers import RegisteredPage
    from edc_core.store.readers import SiteRow
    from edc_core.store.staged_files import StagedFiles

DESTINATION = "goes_to"  #: the field of the country into which a file goes
FIELD = re.compile(r"[a-z_]{1,30}")  #: the name of a field, which holds no words of a person


def register(app: Flask, pages: tuple[RegisteredPage, ...]) -> None:
    """Mount the pages, each plugin's numbered from 0."""
    numbers: Counter[str] = Counter()
    largest: dict[str, int] = {}
    for one in pages:
        plugin = one.plugin.name
        above = "" if isinstance(one.page, InstallationPage) else "/s/<study>"
        name = f"x-{plugin}.{numbers[plugin]}"
        numbers[plugin] += 1
        rule = f"{above}/x/{plugin}/{one.page.path}".rstrip("/")
        app.add_url_rule(rule, name, _view(one), methods=[one.page.method])
        if isinstance(one.page, Page):
            largest[name] = sum(rules.max_bytes for rules in one.page.uploads.values())

    @app.url_value_preprocessor
    def take_large(endpoint: str | None, values: dict[str, Any] | None) -> None:
        """Let files come in, for a person: the doorkeeper in ``auth`` stands before whatever reads them."""
        del values
        if more := largest.get(endpoint or "", 0):
            request.max_content_length = MOST_BYTES + more


def address(
    plugin: str,
    path: str = "",
    query: Mapping[str, str | Sequence[str]] | None = None,
    anchor: str = "",
    *,
    name: str = "",
    above: bool = False,
) -> str:
    """Where a page of a plugin is; ``path`` with its arguments filled in.

    :param query: a field with several values has a sequence of them. :param name: of the study; without one, the study at hand. :param above: a page of the installation.
    """
    if not above:
        name = name or (str(study()) if "study" in g else "")
    whole = (f"/s/{quote(name, safe='@')}" if name else "") + f"/x/{plugin}/{path}".rstrip("/")
    return whole + (f"?{urlencode(query, doseq=True)}" if query else "") + (f"#{anchor}" if anchor else "")


def addresses(plugin: str) -> dict[str, object]:
    """What a template of a plugin has to name its own pages and files by."""

    def here(path: str = "", anchor: str = "", study: str = "", **query: str | Sequence[str]) -> str:
        return address(plugin, path, query, anchor, name=study)

    def own_file(name: str) -> str:
        return plugin_files.address(plugin, name)

    return {"address": here, "own_file": own_file}


def given() -> dict[str, tuple[str, ...]]:
    """The fields that came with the request at hand, each with its values."""
    came = request.form if request.method == "POST" else request.args
    return {name: tuple(values) for name, values in came.lists()}


def place_of(page: Page | InstallationPage) -> Place:
    """Where its action is asked: in the installation, or in the study at hand."""
    return Place("" if isinstance(page, InstallationPage) else study().study_id)


def is_for(page: Page | InstallationPage, menu: MenuEntry | None = None) -> bool:
    """Whether the person has an action that the page asks for. :param menu: what is asked for this entry of it."""
    place = Place.every_site(study().study_id) if menu and menu.everywhere else place_of(page)
    return any(actor().may(one, place) for one in ((menu.action,) if menu and menu.action else page.one_of))


def casebook_tabs(subject_key: str, site: SiteRow) -> list[tuple[str, str, str]]:
    """Pages of plugins about a subject and its history, for the person at the page: label, address, name."""
    place = Place(study().study_id, site.site_id, site.country)
    tabs = [
        (one.page.tab, address(one.plugin.name, one.page.path, {"subject": subject_key}), one.plugin.name)
        for one in web().pages
        if isinstance(one.page, Page) and one.page.tab and any(actor().may(a, place) for a in one.page.one_of)
    ]
    if actor().may(Action.READ_TRAIL, place):
        history = url_for("audit.subject_history", study=str(study()), subject_key=subject_key)
        tabs.append(("History", history, "history"))
    return tabs


def page_named(label: str, name: str) -> str:
    """Where the page of a study is that has this label in the menu; empty where no plugin has one."""
    for one in web().pages:
        if isinstance(one.page, Page) and one.page.menu and one.page.menu.label == label:
            return address(one.plugin.name, one.page.path, name=name)
    return ""


def _view(registered: RegisteredPage) -> Callable[..., ResponseReturnValue]:
    page, plugin = registered.page, registered.plugin

    def view(**arguments: str) -> ResponseReturnValue:
        if not is_for(page):
            actor().role_for(page.one_of[0], place_of(page))
        try:
            found = _found(registered, arguments)
            goes = isinstance(page, Page) and page.leaves and isinstance(found, Attachment)
            if goes and (stay := _staying()):
                return _ask_where(stay)
            return _answer(registered, found)
        except (EdcError, HTTPException):  # of the core's own: refused, or too large
            raise
        except Exception as error:  # noqa: BLE001 - it costs this page alone, and is noted
            reference = errors.note(f"page '{page.path}' of {plugin.stamp}", error)
            text = f"This page of plugin '{plugin.name}' stopped. All other pages work; please tell who runs this system."
            return errors.answer(500, text, reference=reference)

    return view


def _found(registered: RegisteredPage, arguments: dict[str, str]) -> object:
    page, plugin = registered.page, registered.plugin.name
    if isinstance(page, InstallationPage):
        whole = CoreInstallationAccess(core(), actor(), plugin)
        return page.handler(
            InstallationRequest(
                arguments=arguments, given=given(), times=moments(), op=new_id(), installation=whole
            )
        )
    one = CoreStudyAccess(core(), actor(), study(), plugin, auth.signs_by)
    files, refused = _staged(page, one.staged)
    return page.handler(
        PageRequest(
            arguments=arguments,
            given=given(),
            times=moments(),
            op=new_id(),
            study=one,
            files=files,
            refused=refused,
            language=actor().language,
        )
    )


def _staying() -> tuple[str, ...]:
    """Countries whose data may not go into the country that the person says, or to nowhere."""
    to, now = request.args.get(DESTINATION, "").upper(), iso(core().clock.now())
    with core().read() as source:
        return residency.staying(look_at(source, actor(), study()), core().settings.hosting, now[:10], to)


def _ask_where(stay: tuple[str, ...]) -> ResponseReturnValue:
    """The page that asks into which country a file goes, and says what may not go there."""
    said = request.args.get(DESTINATION, "").upper()
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != DESTINATION]
    return render_template("plugins/where.html", stay=stay, said=said, kept=kept, field=DESTINATION), 422


def _staged(page: Page, staged: StagedFiles) -> tuple[dict[str, FileValue], dict[str, str]]:
    """Take the files of a form; a field that was left empty is in neither."""
    files, refused = {}, {}
    for field, rules in page.uploads.items():
        sent = request.files.get(field)
        if sent is None or not sent.filename:
            continue
        size = sent.stream.seek(0, os.SEEK_END)
        sent.stream.seek(0)
        try:
            files[field] = staged.take(sent.stream, rules, sent.filename, size)
        except ValueRefused as why:
            refused[field] = why.message
    return files, refused


def _answer(registered: RegisteredPage, found: object) -> ResponseReturnValue:
    plugin = registered.plugin.name
    if isinstance(found, SeeOther) and found.stay is not None and htmx.wanted():
        return _shown(registered, found.stay, 200)
    if isinstance(found, SeeOther):
        return htmx.go_to(address(plugin, found.path, dict(found.query), found.anchor))
    if isinstance(found, Attachment):
        return _attached(plugin, found)
    if isinstance(found, Kept):
        answer = _shown(registered, found.view, 200)
        answer.headers["Edc-Op"], answer.headers["Edc-Version"] = found.op, str(found.version)
        answer.headers["Edc-Saved-At"] = iso(core().clock.now())
        return answer
    if isinstance(found, Refused):
        return _shown(registered, found.view, 422)
    return _shown(registered, found, 200)


def _attached(plugin: str, found: Attachment) -> Response:
    if isinstance(found.content, Path):
        return send_file(
            found.content.resolve(),
            mimetype=found.media_type,
            as_attachment=True,
            download_name=found.name,
        )
    content = found.content.encode() if isinstance(found.content, str) else found.content
    _log(f"{plugin}/{found.name}", content)
    answer = Response(content, mimetype=found.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=found.name)
    return answer


def _log(what: str, content: bytes) -> None:
    """Who took what leaves a mark (REQ-AUD-14): the file by its digest, nothing of what is in it, and by which fields it
    was narrowed: what stood in them can be words that were searched for.
    """
    asked = {name for name, value in request.args.items() if value and FIELD.fullmatch(name)} - {"subject"}
    subject_key = request.args.get("subject", "")
    what += f" to {to.upper()[:2]}" if (to := request.args.get(DESTINATION, "")) else ""
    detail = f"{what} sha256:{hashlib.sha256(content).hexdigest()} ?{'&'.join(sorted(asked))[:200]}"
    with write() as uow:
        accounts.log_access(
            uow.connection, iso(uow.clock.now()), actor().name, "file taken",
            study_id=study().study_id if "study" in g else "", detail=detail, subject_key=subject_key,
        )  # fmt: skip


def _shown(registered: RegisteredPage, view: object, status: int) -> Response:
    page, plugin = registered.page, registered.plugin.name
    context = fields_of_answer(view) | addresses(plugin)
    template = f"{plugin}:{page.template}"
    if not (page.block and htmx.wanted()):
        return make_response(render_template(template, **context), status)
    beside = (htmx.instead(name, htmx.block(template, name, **context)) for name in page.beside)
    return htmx.fragment(htmx.block(template, page.block, **context), *beside, status=status)


def fields_of_answer(view: object) -> dict[str, object]:
    """What a handler answered, for its template."""
    if not is_dataclass(view) or isinstance(view, type):
        raise TypeError(f"A handler answers a dataclass, not {type(view).__name__}.")
    return fields_of(view)
