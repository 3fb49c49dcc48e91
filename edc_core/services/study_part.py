"""What every part of a study in the hands of a person rests on: who, which study, by which plugin, and who proves it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from edc_core.errors import NotAllowed, ReasonRequired
from edc_core.services.late import late
from edc_core.services.reading import look_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edc_core.core import Core
    from edc_core.domain.permission import Actor
    from edc_core.services.reading import StudyPicture
    from edc_core.store.readers import StudyRow


def asked(module: str, service: str, more: Callable[[Core], Any] = lambda _: ()) -> Callable[..., Any]:
    """A method of ``StudyAccess`` that a service answers from the study as the person sees it.

    :param more: what of the installation it needs too.
    """

    def answer(self: StudyPart, *given: Any, **named: Any) -> Any:
        with self._look() as picture:
            return late(module, service)(picture, *more(self._core), *given, **named)

    return answer


class StudyPart:
    """A study in the hands of a person.

    :param plugin: whose jobs are asked for and found.
    :param prove: has the person proved by login and password, and answers what proved them and why not; nobody can be
        proved in a job.
    """

    def __init__(
        self,
        core: Core,
        actor: Actor,
        study: StudyRow,
        plugin: str,
        prove: Callable[[str, str], tuple[str, str]] | None = None,
    ) -> None:
        self._core, self._actor, self._study, self._plugin = core, actor, study, plugin
        self._prove = prove

    @property
    def study_id(self) -> str:
        """See ``StudyAccess``."""
        return self._study.study_id

    @property
    def environment(self) -> str:
        """See ``StudyAccess``."""
        return self._study.environment

    @contextmanager
    def _look(self, *, consistent: bool = False) -> Iterator[StudyPicture]:
        with self._core.read(consistent=consistent) as source:
            yield look_at(source, self._actor, self._study)

    def prove(self, login: str, password: str) -> str:
        """See ``StudyAccess``."""
        if self._prove is None:
            raise NotAllowed("This is signed by a person at a page.")
        component, said = self._prove(login or " ", password)
        if said:
            raise ReasonRequired(said)
        return component
