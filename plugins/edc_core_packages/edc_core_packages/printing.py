"""Guides as PDF. The same guide, fonts and release of typst give the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst

from edc_core.api import ExportRefused

if TYPE_CHECKING:
    from edc_core.api import ChooseFonts

LOOK = Path(__file__).with_name("guide.typ")
LATIN = "Libertinus Serif"  #: comes with typst
_EAST_ASIAN = re.compile(
    r"[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f]+"
)


def printed(said: dict[str, Any], choose: ChooseFonts | None) -> bytes:
    """A guide, all of whose words come as plain values. :param choose: what chooses fonts, where a plugin is here that can.

    :raises BadRequest: no font here shows its words. :raises ExportRefused: nothing here chooses one.
    """
    fonts = fonts_for(list(_texts(said)), said["language"], choose)
    data = json.dumps(said | {"fonts": fonts}, ensure_ascii=False, sort_keys=True)
    made = typst.compile(LOOK, sys_inputs={"data": data})
    assert isinstance(made, bytes)
    return made


def fonts_for(texts: Iterable[str], language: str, choose: ChooseFonts | None) -> list[str]:
    """Fonts that show some texts: those of the annotated CRF, so that both look alike."""
    if choose is not None:
        return choose(texts, language)
    if found := next(filter(None, map(_EAST_ASIAN.search, texts)), None):
        raise ExportRefused(
            f"The guide says '{found[0]}', and no plugin here chooses a font for it. Install edc-core-crf-pdf and export again."
        )
    return [LATIN]


def _texts(said: object) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for one in said.values():
            yield from _texts(one)
    elif isinstance(said, list | tuple):
        for one in said:
            yield from _texts(one)
