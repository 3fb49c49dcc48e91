"""A throw-away installation in which a definition is tried out, and pages of a plugin beside the real ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import MetaDataVersion
    from edc_core.domain.plugin_access import PluginSession, StudyAtHand


@dataclass(frozen=True, slots=True)
class PlaygroundAnswer:
    """What a page sends back.

    :param location: where the browser is sent instead. :param session: of the person who is signed in from now on.
    """

    body: str = ""
    media_type: str = "text/html"
    status: int = 200
    location: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True)
class PlaygroundPage:
    """An address below the plugin's own and what answers there; it gets the arguments of the address."""

    path: str
    handler: Callable[[Mapping[str, str]], PlaygroundAnswer]


@dataclass(frozen=True, slots=True)
class PlaygroundPages:
    """Pages of a plugin below ``/<name>/``."""

    name: str
    pages: tuple[PlaygroundPage, ...] = field(default_factory=tuple)


class Playground(Protocol):
    """An installation of its own on a temporary database; it ends with the ``with`` block."""

    @property
    def roles(self) -> Sequence[tuple[str, str]]:
        """Roles a person of the playground can have, with their words."""

    def publish(self, version: MetaDataVersion) -> StudyAtHand:
        """Put a version in force at every site of the study."""

    def session(self, role: str = "") -> PluginSession:
        """Work as a person with a role, or as the plugin itself."""

    def sign_in(self, role: str, language: str) -> str:
        """The session of a person with a role who reads in a language."""

    def form_address(self, study: StudyAtHand, subject_key: str, form: ItemPath) -> str:
        """Where the real page of a form is."""

    def asset(self, name: str) -> str:
        """The address of one of the core's own style sheets or scripts."""

    def serve(self, pages: PlaygroundPages, port: int, ready: Callable[[str], None]) -> None:
        """Serve the real pages and these on the loopback until stopped; ``ready`` gets the address of these."""
