"""Countries by their two letters, with three as SDTM has them (ISO 3166-1, as of 2025-01)."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files


def _read() -> dict[str, str]:
    text = files("edc_core_sdtm.facts").joinpath("countries.txt").read_text("utf-8")
    codes = text.partition("\n")[2].split()
    return dict(zip(codes[::2], codes[1::2], strict=True))


ALPHA_3: Mapping[str, str] = _read()
