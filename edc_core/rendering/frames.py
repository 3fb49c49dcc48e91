"""Markup with gaps: what a definition fixes is rendered once, what a subject's data say is put in per page.

A 200-item form holds some 2,800 expressions when every label and option passes the template engine again;
here Jinja runs once per item, layout, language and MetaDataVersion, and a page joins strings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Mapping

# Two noncharacters of Unicode: no definition holds them, since XML and YAML refuse them.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_GAP = re.compile(f"{_OPEN}(.*?){_CLOSE}")


def gap(name: str) -> Markup:
    """What a template writes where a page's own value will stand."""
    return Markup(f"{_OPEN}{name}{_CLOSE}")  # noqa: S704 - noncharacters around a name of ours


@dataclass(frozen=True, slots=True)
class Frame:
    """Fixed markup and gap names in turn; the first and the last piece are markup."""

    pieces: tuple[str, ...]

    @classmethod
    def of(cls, rendered: str) -> Frame:
        return cls(tuple(_GAP.split(re.sub(r"\n\s*", "", rendered))))

    def fill(self, values: Mapping[str, str]) -> Markup:
        """Join markup and values. A gap without a value stays empty; only ``Markup`` goes in unescaped."""
        parts = list(self.pieces)
        for i in range(1, len(parts), 2):
            value = values.get(parts[i], "")
            parts[i] = str(value if isinstance(value, Markup) else escape(value)) if value else ""
        return Markup("".join(parts))  # noqa: S704 - each part was escaped above or by Jinja
