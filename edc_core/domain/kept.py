"""What was worked out before, kept with everything it was worked out from, so that it is not worked out again.

Nothing is kept that is not asked for: a station that was passed in a turn forgets what that turn did not ask of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_Made = TypeVar("_Made")


class Kept:
    """Results of pure functions by station and name. For one thread; whoever works again and again holds one."""

    def __init__(self) -> None:
        self._before: dict[str, dict[Hashable, tuple[Any, Any]]] = {}
        self._now: dict[str, dict[Hashable, tuple[Any, Any]]] = {}

    def begin(self) -> None:
        """Begin a turn."""
        self._before |= self._now
        self._now = {}

    def of(self, station: str, name: Hashable, inputs: object, make: Callable[[], _Made]) -> _Made:
        """The result for a name: the one before where its inputs are equal to those of now, else made anew.

        :param inputs: everything that ``make`` reads.
        """
        return self.read(station, name, make, lambda _: inputs)

    def read(
        self, station: str, name: Hashable, make: Callable[[], _Made], reads: Callable[[_Made], object]
    ) -> _Made:
        """The same for what only a result tells that it was made from.

        :param reads: what a result was made from, as that is now; unequal to itself where it must not be kept.
        """
        known = self._now.setdefault(station, {})
        found = known.get(name) or self._before.get(station, {}).get(name)
        if found is None or found[0] != reads(found[1]):
            made = make()
            found = (reads(made), made)
        known[name] = found
        made_before: _Made = found[1]
        return made_before
