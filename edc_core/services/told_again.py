"""What was reckoned of a subject is told again from memory, as long as nothing that it rests on has changed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

T = TypeVar("T")


def told_again(
    seen: Mapping[str, tuple[Hashable, ...]],
    bases: Mapping[str, object],
    reckon: Callable[[list[str]], Mapping[str, T]],
) -> dict[str, T]:
    """An answer about each subject, by its id.

    :param seen: what is asked, and what of the subject the person may see: each gets answers of its own.
    :param bases: all that an answer rests on; read before what is reckoned, so that a write in between is seen next time.
    :param reckon: the answers about these subjects anew.
    """
    rooms = {one: _room(one, *of) for one, of in seen.items()}
    told: dict[str, T] = {one: room[0][1] for one, room in rooms.items() if room and room[0][0] == bases[one]}
    if changed := [one for one in rooms if one not in told]:
        for one, answer in reckon(changed).items():
            told[one] = answer
            rooms[one][:] = [(bases[one], answer)]
    return told


@lru_cache(maxsize=32_768)
def _room(*_of: Hashable) -> list[tuple[object, Any]]:
    """Where the last answer is kept; one that nobody has looked into for long is given up."""
    return []
