"""The first files of a new study: small, publishable, made to be changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from edc_core.errors import AlreadyExists, BadRequest
from edc_core.study_author import json_schema

if TYPE_CHECKING:
    from pathlib import Path

_STUDY = """\
# yaml-language-server: $schema=./.edc/study.schema.json
oid: {oid}
name: {oid}
description: Say in one sentence what this study is about.
protocol_name: {oid}

version:
  oid: {oid}-1
  name: "1"

languages: [en]

policy:
  subject_key_pattern: "S-[0-9]{{3}}"
  subject_key_hint: S- and three digits, for example S-001

sites:
  - {{number: "01", name: First site, country: KR, zone: Asia/Seoul}}
"""

_EVENTS = """\
# yaml-language-server: $schema=./.edc/events.schema.json
events:
  - oid: V1
    name: Visit 1
    forms: [VS]
"""

_FORM = """\
# yaml-language-server: $schema=../.edc/form.schema.json
oid: VS
name: VS
title: Vital signs

items:
  - name: VSDAT
    question: Date measured
    type: date
    required: true
  - name: SYSBP
    question: Systolic blood pressure
    type: integer
    length: 3
    required: true
    range:
      - {ge: 70, le: 220, message: "Expected is 70 to 220 mmHg. Please check the source; correct it or confirm it."}
"""


def begin(oid: str, folder: Path) -> list[Path]:
    """Write the files of a new study.

    :returns: the files, in the order to read them. :raises AlreadyExists: the folder holds a study.
    :raises BadRequest: the OID holds a line break or a quote.
    """
    if not oid or any(character in oid for character in "\n\r\"'{}:#"):
        raise BadRequest("A StudyOID for a new study is made of letters, digits, spaces, '-', '.' and '_'.")
    if (folder / "study.yaml").exists():
        raise AlreadyExists(f"'{folder}' holds a study already.")
    texts = {"study.yaml": _STUDY.format(oid=oid), "events.yaml": _EVENTS, "forms/vs.yaml": _FORM}
    return [*_write(folder, texts), *write_schemas(folder)]


def write_schemas(folder: Path) -> list[Path]:
    """Write the JSON Schemas that editors read beside a study; returns the files."""
    texts = {
        f".edc/{name}": json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
        for name, schema in json_schema.schemas().items()
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
