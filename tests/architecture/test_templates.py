"""What the style sheet asks of the templates of pages."""

import re

from tests.architecture.imports import CORE, PLUGINS, ROOT

TEXTAREA = re.compile(r'<textarea(?: class="([^"]*)")?')


def test_a_box_for_a_long_text_is_as_high_as_its_rows():
    """``ta`` lets it: ``in`` is one line high, whatever ``rows`` says."""
    pages = [file for folder in (CORE, PLUGINS) for file in folder.rglob("*.html")]
    boxes = [(file, found) for file in pages for found in TEXTAREA.findall(file.read_text(encoding="utf-8"))]
    assert len(boxes) > 10
    assert [str(file.relative_to(ROOT)) for file, classes in boxes if "ta" not in classes.split()] == []
