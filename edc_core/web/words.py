"""What the browser's part says. Kept with the other texts, so that one catalogue holds all of them."""

from __future__ import annotations

import json
from pathlib import Path

from markupsafe import Markup

from edc_core.rendering.widgets import MISSING_WORDS

#: In a file of their own, for who translates them.
BROWSER: dict[str, str] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))


def browser_words() -> Markup:
    """The texts as JSON for a data block. ``<`` is escaped, so no text can end the block."""
    text = json.dumps({**BROWSER, "reasons": dict(MISSING_WORDS)}, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - made of constants, and escaped for its place
