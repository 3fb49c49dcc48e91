"""What a trial derives besides the rules of this plugin, in code of its own."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from importlib.metadata import entry_points
from typing import Protocol, runtime_checkable

from edc_core.api import MetaDataIndex, PluginError
from edc_core_sdtm.record import Record

GROUP = "edc_core_sdtm"  #: of entry points


@runtime_checkable
class Derivation(Protocol):
    """A derivation of a trial: any object with these names, in the entry-point group ``edc_core_sdtm`` of a distribution that the
    study names under ``plugins``. It needs to import nothing of this plugin.

    ``variables`` says in words how each derived variable comes about, by ``DOMAIN.VARIABLE``: for the methods of Define-XML.
    ``derive`` is called for each subject, after the rules and before ``--SEQ``, with its records by domain; it changes their
    ``values`` (text by variable) or adds what ``record.another(values)`` makes.
    """

    variables: Mapping[str, str]

    def derive(self, records: MutableMapping[str, list[Record]]) -> None: ...


def derivations_of(index: MetaDataIndex) -> list[Derivation]:
    """The derivations of the distributions that a study uses, in the order of their names.

    :raises PluginError: an entry point doesn't load, or leads to something else.
    """
    used = {plugin.name for plugin in index.version.plugins}
    found = []
    for point in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        if point.dist is None or point.dist.name not in used:
            continue
        try:
            made = point.load()
        except Exception as why:
            raise PluginError(
                f"The derivations '{point.name}' of {point.dist.name} do not load: {why}."
            ) from why
        if not isinstance(made, Derivation):
            raise PluginError(
                f"'{point.name}' of {point.dist.name} is no derivation: it needs 'variables' and 'derive(records)'."
            )
        found.append(made)
    return found
