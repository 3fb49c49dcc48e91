"""The first files of a new study: small, publishable, made to be changed; and the JSON Schemas beside a study."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from edc_core.api import AlreadyExists, BadRequest

#: The files as they are written, with OID where the study's own goes.
TEMPLATE = Path(__file__).parent / "template"


def begin(oid: str, folder: Path) -> list[Path]:
    """Write the files of a new study.

    :returns: them, in the order to read them. :raises AlreadyExists: the folder holds a study.
    :raises BadRequest: the OID holds a line break or a quote.
    """
    if not oid or any(character in oid for character in "\n\r\"'{}:#"):
        raise BadRequest("A StudyOID for a new study is made of letters, digits, spaces, '-', '.' and '_'.")
    if (folder / "study.yaml").exists():
        raise AlreadyExists(f"'{folder}' holds a study already.")
    texts = {
        name: (TEMPLATE / name).read_text(encoding="utf-8").replace("OID", oid)
        for name in ("study.yaml", "events.yaml", "forms/vs.yaml")
    }
    return _write(folder, texts)


def write_schemas(folder: Path, schemas: Mapping[str, object]) -> list[Path]:
    """Write the JSON Schemas that editors read beside a study; returns the files."""
    texts = {
        f".edc/{name}": json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
        for name, schema in schemas.items()
    }
    return _write(folder, texts)


def _write(folder: Path, texts: dict[str, str]) -> list[Path]:
    written = []
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return written
