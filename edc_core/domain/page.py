"""Pages, panels and jobs of a plugin: what it registers, what its handlers get, what they may answer.

A handler sees a study through a ``StudyAccess``, as the person at the page does, and writes only by its ``submit``.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, Protocol

from edc_core.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from edc_core.domain.file_value import FileRules, FileValue
    from edc_core.domain.installation_access import InstallationAccess
    from edc_core.domain.permission import Action
    from edc_core.domain.study_access import StudyAccess

FORMULA = ("=", "+", "-", "@", "\t", "\r")  #: what begins a cell that a spreadsheet calculates


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of the navigation. :param key: the letter after ``g`` that leads there; the core's own go first.

    :param under: label of an entry on whose page a link stands instead: ``Lock``, ``Queries``.
    :param action: who has the entry, where that is fewer than may open the page. :param seldom: it stands after the others.
    :param daily: it stands before the others.
    :param outside: environments whose studies do not have it.
    :param everywhere: who has the action at some sites alone does not have it.
    """

    label: str
    key: str = ""
    under: str = ""
    action: Action | None = None
    seldom: bool = False
    daily: bool = False
    outside: tuple[str, ...] = ()
    everywhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAddress:
    """An address of a plugin.

    :param action: what the person has to have, or several of which one is enough.
    :param path: segments of ``a-z 0-9 . -`` or arguments ``<name>`` (not ``study``), without a slash at either end; empty for the first page.
    :param template: file below ``templates/`` of the plugin's package; it extends ``base.html``.
    :param block: of the template, which htmx gets instead of the page.
    :param beside: more blocks that htmx gets, each for the element whose id is the name of the block.
    """

    path: str
    action: Action | tuple[Action, ...]
    template: str = ""
    block: str = ""
    beside: tuple[str, ...] = ()
    method: Literal["GET", "POST"] = "GET"
    menu: MenuEntry | None = None

    @property
    def one_of(self) -> tuple[Action, ...]:
        """The actions of which one is enough."""
        return self.action if isinstance(self.action, tuple) else (self.action,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(PageAddress):
    """A page of every study, below ``/s/STUDY/x/PLUGIN``. The person has to have ``action`` somewhere in the study.

    :param handler: answers the fields of ``template`` as a frozen dataclass, or a ``SeeOther``, ``Attachment``, ``Refused``.
    :param tab: in the head of casebooks, of who has the action there; the page is asked for the ``subject`` of that key.
    :param uploads: fields of its form that are files, each with what it takes; they are staged before the handler is called.
    :param leaves: its file holds data of subjects: where some of these may not leave their country, who acts at every site is asked
        first into which country the file goes.
    """

    handler: Callable[[PageRequest], object]
    tab: str = ""
    uploads: Mapping[str, FileRules] = field(default_factory=dict)
    leaves: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationPage(PageAddress):
    """A page above all studies, below ``/x/PLUGIN``. The person has to have ``action`` by a role of the installation.

    :param handler: as that of a ``Page``.
    """

    handler: Callable[[InstallationRequest], object]


class PanelPlace(StrEnum):
    """Pages of the core that have room for panels."""

    HOME = "home"  #: what a person has to do, over all studies
    SUBJECTS = "subjects"  #: the list of subjects, where a study begins
    SUBJECT = "subject"  #: a casebook
    QUERIES = "queries"  #: the list of queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A part of a page of the core.

    :param name: unique in the plugin, of ``a-z 0-9 -``. :param action: as for a page; at home, in one study at least.
    :param handler: answers the fields of ``template`` as a frozen dataclass, or ``None`` where there is nothing to show.
    :param template: file below ``templates/`` of the plugin's package, a ``section`` with a heading.
    """

    name: str
    place: PanelPlace
    action: Action
    handler: Callable[[PanelRequest], object]
    template: str


@dataclass(frozen=True, slots=True)
class SeeOther:
    """Go to another page of the plugin: the answer to what was written.

    :param stay: for htmx, which stays where it is: the fields of the page's blocks, a frozen dataclass.
    """

    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    anchor: str = ""
    stay: object = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to keep. :param content: what it holds, or the file that the core has ready, whose taking is logged already."""

    name: str
    media_type: str
    content: str | bytes | Path

    @classmethod
    def table(cls, name: str, header: Iterable[str], rows: Iterable[Iterable[object]]) -> Attachment:
        """A CSV file as spreadsheets read it: UTF-8 with its mark, no cell taken for a formula."""
        text = io.StringIO()
        file = csv.writer(text)
        file.writerow(header)
        for row in rows:
            cells = (str(cell) for cell in row)
            file.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
        return cls(name, "text/csv", "\ufeff" + text.getvalue())


@dataclass(frozen=True, slots=True)
class Refused:
    """The page once more with what was asked and why it was not done (status 422).

    :param view: the fields of its template, a frozen dataclass.
    """

    view: object


@dataclass(frozen=True, slots=True)
class Kept:
    """What was typed at a row with ``data-item`` is on the server: the browser gives it up only for this answer.

    :param view: the fields of the page's block, a frozen dataclass. :param op: of the request.
    :param version: what the next change of the row is based on.
    """

    view: object
    op: str
    version: int


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
class Asked:
    """What comes with every request.

    :param arguments: those of the path. :param given: fields of a form, or of the address, each with its values.
    :param op: a new operation id, for a form on the page.
    """

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

    def only(self, *names: str) -> None:
        """:raises BadRequest: another field came too."""
        if more := sorted(set(self.given) - {*names, "csrf_token"}):
            raise BadRequest(f"The request does not have the right fields: {', '.join(more)}.")

    def texts(self, name: str) -> tuple[str, ...]:
        """Every value of a field."""
        return self.given.get(name, ())

    def page_of(self, lines: int, most: int) -> tuple[int, int]:
        """Which page of a list the field ``page`` asks for, from 1 and the last one at most, and how many there are.

        :param lines: of the whole list. :param most: on a page. :raises BadRequest: it is no page.
        """
        text, pages = self.text("page", longest=9) or "1", max(1, -(-lines // most))
        if not (text.isascii() and text.isdecimal() and int(text)):
            raise BadRequest(f"'{text}' is no page of the list.")
        return min(int(text), pages), pages


@dataclass(frozen=True, slots=True)
class PageRequest(Asked):
    """What the handler of a ``Page`` gets.

    :param files: what was sent in the page's ``uploads``, staged (``StudyAccess.staged``).
    :param refused: why a file of these fields was not taken, in words; what was sent beside it is there.
    :param language: BCP 47, of the person.
    """

    study: StudyAccess
    files: Mapping[str, FileValue] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"


@dataclass(frozen=True, slots=True)
class InstallationRequest(Asked):
    """What the handler of an ``InstallationPage`` gets."""

    installation: InstallationAccess


@dataclass(frozen=True, slots=True)
class PanelRequest(Asked):
    """What the handler of a ``Panel`` gets. :param given: of the page it stands in.

    :param studies: the study at hand; at home, those of the person in which the action is theirs.
    :param subject_key: of the casebook at hand.
    """

    studies: tuple[StudyAccess, ...]
    subject_key: str = ""

    @property
    def study(self) -> StudyAccess:
        """The study at hand, on a page of one."""
        (found,) = self.studies
        return found


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
    :param standing: nobody asks for it: the worker does it twice a minute for each study, as ``system:PLUGIN``, with the
        settings of the plugin (``EDC_PLUGIN_...``) as its request.
    """

    name: str
    actions: tuple[Action, ...]
    carry_out: Callable[[JobRequest], Mapping[str, Any]]
    standing: bool = False
