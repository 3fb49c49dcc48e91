"""Pages and jobs that a plugin adds to every study: what it registers, what its handlers get, what they may answer.

A handler sees a study through a ``StudyAccess``, as the person at the page does, and writes only by its ``submit``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from edc_core.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edc_core.domain.permission import Action
    from edc_core.domain.study_access import StudyAccess


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of the navigation. :param key: the letter after ``g`` that leads there; the core's own go first.

    :param under: label of an entry of the core on whose page a link stands instead: ``Lock``, ``Queries``.
    """

    label: str
    key: str = ""
    under: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An address below ``/s/STUDY/x/PLUGIN`` and what answers there.

    :param path: segments of ``a-z 0-9 . -`` or arguments ``<name>`` (not ``study``), without a slash at either end; empty for the first page.
    :param action: the person has to have it somewhere in the study, or the handler is not called.
    :param handler: answers the fields of ``template`` as a frozen dataclass, or a ``SeeOther``, ``Attachment``, ``Refused``.
    :param template: file below ``templates/`` of the plugin's package; it extends ``base.html``.
    :param block: of the template, which htmx gets alone.
    """

    path: str
    action: Action
    handler: Callable[[PageRequest], object]
    template: str = ""
    block: str = ""
    method: Literal["GET", "POST"] = "GET"
    menu: MenuEntry | None = None


@dataclass(frozen=True, slots=True)
class SeeOther:
    """Go to another page of the plugin: the answer to what was written."""

    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to keep."""

    name: str
    media_type: str
    content: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The page once more with what was asked and why it was not done (status 422).

    :param view: the fields of its template, a frozen dataclass.
    """

    view: object


class Times(Protocol):
    """Makes words of instants (UTC ISO 8601) in the zone of the person; blank stays blank."""

    def day(self, at: str) -> str:
        """4 Mar 2026"""

    def time(self, at: str) -> str:
        """4 Mar 2026, 14:02"""

    @property
    def zone(self) -> str:
        """IANA name"""

    @property
    def words(self) -> str:
        """The zone: Seoul, UTC+9"""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What a handler gets.

    :param arguments: those of the path. :param given: fields of a form, or of the address, each with its values.
    :param op: a new operation id, for a form on the page.
    """

    study: StudyAccess
    arguments: Mapping[str, str]
    given: Mapping[str, tuple[str, ...]]
    times: Times
    op: str

    def text(self, name: str, *, longest: int = 255, required: bool = False) -> str:
        """One field without spaces around it; empty where it is not given.

        :raises BadRequest: it is longer than ``longest``, or empty where it is required.
        """
        found = (self.given.get(name) or ("",))[0].strip()
        if len(found) > longest or (required and not found):
            raise BadRequest(f"The request does not have the right fields: {name}.")
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """Every value of a field."""
        return self.given.get(name, ())


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What is asked of a job. It works as the person who asked, with the rights held now.

    :param request: what the page asked, as JSON values. :param tell: takes (done, all) for the page to show.
    """

    study: StudyAccess
    request: Mapping[str, Any]
    tell: Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """Long work that a worker does when a page asks for it.

    :param name: unique in the plugin. :param actions: the person has to have all of them, when it is asked for and when
        it is done. :param carry_out: its result, as JSON values; an ``EdcError`` is shown to the person.
    """

    name: str
    actions: tuple[Action, ...]
    carry_out: Callable[[JobRequest], Mapping[str, Any]]
