"""Names of the rules in a cache of CDISC CORE, without the engine."""

from __future__ import annotations

import json
import lzma
from functools import lru_cache
from pathlib import Path

from edc_core.api import KnownRules


def rules_in(cache: Path) -> KnownRules:
    """Ids of the rules (``CORE-000264``), or why they cannot be read; read again when their file was changed."""
    file = cache / "rules.json.xz"
    try:
        known = file.stat()
        return KnownRules(_read(file, known.st_mtime_ns, known.st_size))
    except (OSError, EOFError, lzma.LZMAError, ValueError) as error:
        return KnownRules(why=f"'{file}' cannot be read ({type(error).__name__}); bring the cache anew.")


@lru_cache(maxsize=2)
def _read(file: Path, _changed: int, _size: int) -> frozenset[str]:
    return frozenset(json.loads(lzma.decompress(file.read_bytes())))
