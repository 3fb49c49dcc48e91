"""What was signed as a PDF: drawn of the manifest and of the published versions it names, and of nothing else.

None of them ever changes, so the same manifest gives the same picture at any time. Who signed, and when, is not in it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from itertools import islice
from typing import Any

import typst

from edc_core.api import EdcError, ItemPath, JobRequest, MetaDataIndex, SignedManifest, Words
from edc_core_casebook_pdf.places import WORDS, rows, title, where
from edc_core_casebook_pdf.printing import pdf

log = logging.getLogger("edc.casebook_pdf")
AT_ONCE = 50  #: signatures in one round of the worker, which comes back for the rest
BY = f"edc-core-casebook-pdf {version('edc-core-casebook-pdf')}, typst {version('typst')}"


def draw(asked: JobRequest) -> Mapping[str, Any]:
    """Keep a picture of what was signed for each signature that has none.

    :returns: ``{"signatures": n}``.
    """
    study, done = asked.study, 0
    version_of = cache(study.version)
    for signed in islice(study.without_picture(), AT_ONCE):
        try:
            study.keep_picture(signed, pdf(document(signed, version_of), "signed"), BY)
        except (
            EdcError,
            typst.TypstError,
        ) as error:  # another worker was quicker, or words were taken out meanwhile
            log.warning("no picture of signature %s was kept: %s", signed.sha256, type(error).__name__)
        else:
            done += 1
    return {"signatures": done}


def document(signed: SignedManifest, version_of: Callable[[str], MetaDataIndex]) -> dict[str, Any]:
    """A manifest to print.

    :param version_of: a published version by its OID: visits and forms are called as it calls them.
    """
    said = json.loads(signed.content)
    language, words = said["language"], Words(WORDS, said["language"])
    index_of = {form["path"]: version_of(form["meta_data_version"]) for form in said["forms"]}
    known = list(index_of.values())

    def place(path: str) -> str:
        at = ItemPath.parse(path)
        index = index_of.get(str(at.form_path), known[-1]) if at.form else known[-1] if known else None
        return where(at, index, language, words) if index else path

    scope = title(ItemPath.parse(said["scope"]), known[-1], language) if known else said["scope"]
    milestone = said.get("milestone", "")
    named = (
        {one.oid: one.title.in_language(language) for one in known[-1].version.milestones} if known else {}
    )
    told = [scope or words.say("whole"), *([named.get(milestone) or milestone] if milestone else [])]
    return {
        "study": said["study"],
        "subject": said["subject"],
        "language": language,
        "words": dict(words.all)
        | {
            "signed_head": words.say("signed_head", said["subject"], ", ".join(told)),
            "signed_note": words.say("signed_note", signed.sha256),
        },
        "sha256": signed.sha256,
        "redacted": bool(said.get("redacted")),
        "forms": [_form(form, index_of[form["path"]], language, words) for form in said["forms"]],
        "not_done": [place(path) for path in said["not_done"]],
        "queries": [
            {
                "state": words.say("query", words.of("query_state", query["state"])),
                "text": f"{place(query['path'])}: {query['text']}",
            }
            for query in said["queries"]
        ],
    }


def _form(form: dict[str, Any], index: MetaDataIndex, language: str, words: Words) -> dict[str, Any]:
    path = ItemPath.parse(form["path"])
    return {
        "title": title(path, index, language) or form["path"],
        "facts": words.say("signed_facts", form["meta_data_version"], words.of("status", form["status"])),
        "items": [
            {
                "question": item["question"],
                "row": rows(ItemPath.parse(item["path"]), index, words),
                "value": _value(item, words),
            }
            for item in form["items"]
        ],
    }


def _value(item: dict[str, Any], words: Words) -> str:
    if item["missing"]:
        return words.say("missing", words.of("no_value", item["missing"]))
    return item["shown"] or words.say("blank")
