"""What a trial derives besides the rules of this plugin, in code of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from importlib.metadata import entry_points
from typing import Protocol, runtime_checkable

from edc_core.api import MetaDataIndex, PluginError, TranslatedText
from edc_core_sdtm.record import Record

GROUP = "edc_core_sdtm"  #: of entry points
ENGLISH = "en"


@runtime_checkable
class Derivation(Protocol):
    """A derivation of a trial: any object with these names, in the entry-point group ``edc_core_sdtm`` of a distribution that the
    study names under ``plugins``. It needs to import nothing of this plugin.

    ``variables`` says in words how each derived variable comes about, by ``DOMAIN.VARIABLE`` or, of a supplemental qualifier, by
    ``SUPPDOMAIN.QNAM``: for the methods of Define-XML. The words are English, or a mapping of texts by language (BCP 47) of which
    one is ``en``; an authority that asks for another language gets that beside English.
    ``derive`` is called for each subject, after the rules and before ``--SEQ``, with its records by domain; it changes their
    ``values`` (text by variable), adds what ``record.another(values)`` makes, or calls ``record.qualify(name, label, value)``.
    """

    variables: Mapping[str, str | Mapping[str, str]]

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


def said_of(derivations: Iterable[Derivation]) -> dict[str, TranslatedText]:
    """How each variable comes about, by its name.

    :raises PluginError: a text has no English words.
    """
    return {name: _text(name, said) for one in derivations for name, said in one.variables.items()}


def _text(name: str, said: str | Mapping[str, str]) -> TranslatedText:
    text = TranslatedText.of(said, ENGLISH) if isinstance(said, str) else TranslatedText(tuple(said.items()))
    if not dict(text.texts).get(ENGLISH):
        raise PluginError(
            f"The derivation of {name} is not said in English: give its text in 'variables' as \"...\" or with an 'en'."
        )
    return text
