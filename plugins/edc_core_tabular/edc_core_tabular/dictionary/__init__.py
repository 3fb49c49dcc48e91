"""The dictionary of an export as one page to read and search: it needs no network, and to be read no script."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import jinja2

from edc_core.api import CodeList, ExportDataset, ExportSink, TabularDataset, Variable
from edc_core_tabular.forms.rows import LeftOut

NAME = "dictionary.html"
FOLDER = Path(__file__).parent
_PARTS = 1_000  #: of the page, which are written at once
PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)  # fmt: skip


def write(
    dataset: ExportDataset, tables: Sequence[TabularDataset], counts: Mapping[str, int], left_out: LeftOut,
    sink: ExportSink, native: Sequence[str] = (),
) -> None:  # fmt: skip
    """Write ``dictionary.html``. :param counts: rows of each table by its name. :param native: items of ``left_out.texts``."""
    style, script = ((FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "search.js"))
    page = PAGES.get_template("page.html").stream(
        dataset=dataset, tables=tables, counts=counts, left_out=left_out, native=native, code_lists=_code_lists(tables),
        kind=_kind, style=style, script=script, digest=_digest,
    )  # fmt: skip
    page.enable_buffering(_PARTS)
    with sink.open(NAME) as stream:
        page.dump(stream, "utf-8", "backslashreplace")


def _digest(text: str) -> str:
    """By which a page names the only style and the only script that it runs (CSP 3, hash-source)."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _code_lists(tables: Iterable[TabularDataset]) -> list[CodeList]:
    lists = (variable.code_list for table in tables for variable in table.variables)
    return [found for _, found in sorted({one.oid: one for one in lists if one}.items())]


def _kind(variable: Variable) -> str:
    """The type in words: ``float, 1 decimal place``."""
    words = [variable.data_type.value]
    if variable.significant_digits is not None:
        one = variable.significant_digits == 1
        words.append(f"{variable.significant_digits} decimal place{'' if one else 's'}")
    elif variable.length:
        words.append(f"up to {variable.length} characters")
    return ", ".join(words)
