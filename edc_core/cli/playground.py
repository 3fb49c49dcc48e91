"""The playground of ``edc study dev``: a temporary database, made-up people, the real services and pages."""

from __future__ import annotations

import gc
import secrets
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from edc_core.collector import collector_resting
from edc_core.core import Core
from edc_core.definitions.kept_rules import KeptRules
from edc_core.domain.commands import Command
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.kept import Kept
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.metadata import SiteDef
from edc_core.domain.permission import ROLE_WORDS, Actor, Role
from edc_core.expressions.plugin_calls import declared_functions
from edc_core.expressions.rules import BOOK
from edc_core.ids import new_id
from edc_core.services import sessions, studies, users
from edc_core.services.operation import open_study
from edc_core.services.plugin_session import CorePluginSession
from edc_core.store import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import FormRef, MetaDataVersion
    from edc_core.domain.playground import PlaygroundPages
    from edc_core.domain.plugin_access import StudyAtHand
    from edc_core.plugin_manager import EdcPlugins
    from edc_core.settings import Settings

ENVIRONMENT = "dev"
SITE = SiteDef("01", "Preview site", "", "UTC")  #: of a definition that names none yet


@contextmanager
def open_playground(
    settings: Settings, plugins: EdcPlugins, kept: Kept | None = None
) -> Iterator[CorePlayground]:
    """A playground that leaves nothing behind.

    :param kept: what was worked out when the versions that it is given were checked.
    """
    with tempfile.TemporaryDirectory(prefix="edc-study-dev-", ignore_cleanup_errors=True) as folder:
        own = replace(
            settings,
            database_url=f"sqlite:///{Path(folder) / 'edc.db'}",
            mode="demo",
            exports_dir=Path(folder) / "exports",
            secret_key=secrets.token_hex(32),
            session_minutes=24 * 60,
        )
        core = Core(own, plugins)
        try:
            schema.upgrade(core.engine)
            yield CorePlayground(core, kept or Kept())
        finally:
            core.close()


class CorePlayground:
    """See ``Playground``."""

    def __init__(self, core: Core, kept: Kept) -> None:
        self._core = core
        self._kept = kept
        self._actor = Actor("system", full_name="Preview", trusted=True)
        self._password = secrets.token_urlsafe(16)
        self._sessions: dict[tuple[str, str], str] = {}
        self._study_id = ""
        self._number = 0
        self._shown: MetaDataIndex | None = None

    @property
    def roles(self) -> Sequence[tuple[str, str]]:
        """See ``Playground``."""
        return [(role.value, words) for role, words in ROLE_WORDS.items()]

    @collector_resting()
    def publish(self, version: MetaDataVersion) -> StudyAtHand:
        """See ``Playground``.

        Subjects get keys of the playground's own, so any key is taken; visits and forms by condition are always
        there, so that each can be looked at. The ledger names the version and puts it in force; what it defines is
        held in memory, so that writing, hashing and reading it back cost nothing at each change of a file.
        """
        tried = replace(
            version,
            event_refs=tuple(replace(ref, condition_oid=None) for ref in version.event_refs),
            events=tuple(replace(event, form_refs=_always(event.form_refs)) for event in version.events),
            oid=f"{version.oid} preview {new_id()[-8:]}",
            sites=version.sites or (SITE,),
            policy=replace(version.policy, subject_key_pattern=""),
        )
        index = MetaDataIndex(tried)
        rules = KeptRules(index, declared_functions(tried), self._kept, checks_call=False)
        if self._shown is not None:  # who still looks at it makes its lookups anew
            self._shown.forget()
        self._shown, index.made[BOOK] = index, rules.book()  # else the first page would compile all of them
        with self._core.write(self._actor) as uow:
            self._study_id = studies.find_or_begin(uow, version.study.oid, ENVIRONMENT, version.study.name)
            operation = open_study(uow, Command(study_id=self._study_id, op=new_id()))
            self._number += 1
            payload = {"seq": self._number, "sha256": "", "definition": ""}
            studies.record_version(operation, tried, payload, activate=True)
            self._core.versions.put(self._study_id, index)
        gc.freeze()  # looking for cycles through all that was read now would stop a page for a second
        return self.session().study(f"{version.study.oid}@{ENVIRONMENT}")

    def session(self, role: str = "") -> CorePluginSession:
        """See ``Playground``."""
        if not role:
            return CorePluginSession(self._core, lambda _: self._actor)
        login = self._person(role, "en")

        def actor(_: str) -> Actor:
            with self._core.read() as source:
                return users.actor_of(source, login, users.today(self._core.clock))

        return CorePluginSession(self._core, actor)

    def sign_in(self, role: str, language: str) -> str:
        """See ``Playground``."""
        if (role, language) not in self._sessions:
            login = self._person(role, language)
            with self._core.write(self._actor) as uow:
                users.set_public_password(uow, [login], self._password)
                self._sessions[role, language] = sessions.log_in(uow, login, self._password).token
        return self._sessions[role, language]

    def form_address(self, study: StudyAtHand, subject_key: str, form: ItemPath) -> str:
        """See ``Playground``."""
        from werkzeug.routing import Map

        from edc_core.web.urls import KeyConverter, StepConverter

        assert form.event is not None
        assert form.form is not None
        steps = StepConverter(Map())
        place = "/".join(
            (KeyConverter(Map()).to_url(subject_key), steps.to_url(form.event), steps.to_url(form.form))
        )
        return f"/s/{quote(study.name, safe='@')}/subjects/{place}"

    def asset(self, name: str) -> str:
        """See ``Playground``."""
        from edc_core.web import assets

        return assets.address(name)

    def serve(self, pages: PlaygroundPages, port: int, ready: Callable[[str], None]) -> None:
        """See ``Playground``."""
        import waitress

        from edc_core.cli.serve import listening
        from edc_core.web.app import create_app
        from edc_core.web.beside import with_pages

        host = "127.0.0.1"
        app = with_pages(create_app(self._core), pages)
        with listening(host, port) as listener:
            ready(f"http://{host}:{listener.getsockname()[1]}/{pages.name}/")
            waitress.serve(app, sockets=[listener], threads=12, ident=None)

    def _person(self, role: str, language: str) -> str:
        """The login of a made-up person, made when asked for first."""
        login = f"{role.lower()}.{language.lower()}"
        with self._core.read() as source:
            known = login in users.demo_logins(source)
        if not known:
            words = ROLE_WORDS[Role(role)]
            with self._core.write(self._actor) as uow:
                add = users.AddUser(
                    study_id=SYSTEM_STUDY, op=new_id(), login=login, full_name=f"{words} (preview)",
                    language=language, is_demo=True,
                )  # fmt: skip
                users.add_user(uow, add)
                whole = "" if Role(role) in (Role.ADM, Role.UAD, Role.BLD) else self._study_id
                users.add_grant(uow, users.grant_for_sites(uow, login, Role(role), whole, ()))
        return login


def _always(refs: tuple[FormRef, ...]) -> tuple[FormRef, ...]:
    return tuple(replace(ref, condition_oid=None) for ref in refs)
