"""Runs the rules of CDISC CORE over a folder. It is not imported here: the Python of the engine runs it as a script.

Reads a JSON object from standard input: ``data`` (files), ``define``, ``cache`` (folder with NAME.json.xz, see below), ``standard``
(``sdtmig``), ``version`` (``3-4``), ``terminology`` (``sdtmct-2025-03-28``; where it is empty, ``missing`` says why rules that need one
are not carried out), ``published`` (names of terminologies that there are). Writes lines of JSON: ``{"done": 3, "of": 430}`` while it
runs, at last ``{"rules": [...]}`` with, of each rule, ``id``, ``agencies``, ``ran`` (on one dataset at least), ``findings`` (dataset,
record from 1, values by variable, text) and ``failures`` (dataset, why, is_error): a dataset that the rule could not look at, or on
which the engine broke. A rule without any of these had nothing to look at.

The cache holds what the engine's own files hold, as JSON instead of pickles, which would run what they contain:
``{"__set__": [...]}`` stands for a set.
"""

from __future__ import annotations

import json
import logging
import lzma
import os
import pickle
import sys
import tempfile
from pathlib import Path

TOLD_EVERY = 10
FILES = (
    "standards_details",
    "standards_models",
    "variable_codelist_maps",
    "variables_metadata",
)


def main() -> int:
    asked = json.load(sys.stdin)
    out, sys.stdout = sys.stdout, sys.stderr  # what the engine prints is no answer
    logging.disable(logging.CRITICAL)
    cache = Path(asked["cache"])
    key = f"{asked['standard']}/{asked['version']}"
    rules = list(read(cache / "rules.json.xz").values())
    details, models, maps, variables = (read(cache / f"{name}.json.xz") for name in FILES)
    used = {name: read(cache / f"{name}.json.xz") for name in [asked["terminology"]] if name}

    import cdisc_rules_engine
    from cdisc_rules_engine.models.library_metadata_container import LibraryMetadataContainer
    from cdisc_rules_engine.rules_engine import RulesEngine
    from cdisc_rules_engine.services import logger
    from cdisc_rules_engine.services.cache import InMemoryCacheService
    from cdisc_rules_engine.utilities.utils import get_model_details_cache_key_from_ig

    os.chdir(Path(cdisc_rules_engine.__file__).parents[1])  # it opens its schemas relative to this folder
    logger.setLevel("critical")
    with tempfile.TemporaryDirectory() as folder:
        # rules that meet a terminology named in the data look for its file
        for name, terms in used.items():
            (Path(folder) / f"{name}.pkl").write_bytes(pickle.dumps(terms))
        standard = details[f"standards/{key}"]
        library = LibraryMetadataContainer(
            standard_metadata=standard,
            model_metadata=models[get_model_details_cache_key_from_ig(standard)],
            variable_codelist_map=maps[f"{key.replace('/', '-')}-codelists"],
            variables_metadata=variables[f"library_variables_metadata/{key}"],
            ct_package_metadata=dict(used),
            published_ct_packages=asked["published"],
            cache_path=folder,
        )
        engine = RulesEngine(
            cache=InMemoryCacheService(),
            dataset_paths=asked["data"],
            standard=asked["standard"],
            standard_version=asked["version"],
            library_metadata=library,
            ct_packages=list(used),
            define_xml_path=asked["define"],
            validate_xml=False,
        )
        results = []
        for done, rule in enumerate(sorted(rules, key=lambda one: one["core_id"]), 1):
            results.append(
                result_of(rule, engine) if used or not needs_terms(rule) else unable(rule, asked["missing"])
            )
            if not done % TOLD_EVERY:
                print(json.dumps({"done": done, "of": len(rules)}), file=out, flush=True)
        print(json.dumps({"rules": results}), file=out, flush=True)
    return 0


def read(file: Path) -> dict:
    """A file of the cache."""
    return json.loads(lzma.decompress(file.read_bytes()), object_hook=as_set)


def as_set(found: dict) -> dict | set:
    return set(found["__set__"]) if found.keys() == {"__set__"} else found


def needs_terms(rule: dict) -> bool:
    """Whether a rule looks anything up in a terminology: what does so in the engine is named after code lists."""
    return any("codelist" in one["operator"] for one in rule.get("operations") or [])


def unable(rule: dict, why: str) -> dict:
    """A rule that was not run."""
    failures = [{"dataset": "", "why": why, "is_error": False}]
    return {
        "id": rule["core_id"],
        "agencies": agencies(rule),
        "ran": False,
        "findings": [],
        "failures": failures,
    }


def agencies(rule: dict) -> list[str]:
    return sorted({one["Organization"] for one in rule.get("authorities") or []})


def result_of(rule: dict, engine: object) -> dict:
    """What one rule says of every dataset."""
    told = [one for several in engine.validate_single_rule(rule).values() for one in several]  # type: ignore[attr-defined]
    findings, failures = [], []
    for one in told:
        if one["executionStatus"] == "execution error":
            failures += [failure(one, why, is_error=True) for why in reasons(one)]
        elif one["executionStatus"] == "issue reported":
            for error in one["errors"]:
                # what the engine cannot report of a dataset it reports as a value of this name
                if unable := error["value"].get("ERROR"):
                    failures.append(failure(one, unable, is_error=False))
                else:
                    findings.append(finding(one, error))
    finished = {"success", "issue reported"}
    unable_at = {one["dataset"] for one in failures}
    return {
        "id": rule["core_id"],
        "agencies": agencies(rule),
        "ran": any(one["executionStatus"] in finished and place_of(one) not in unable_at for one in told),
        "findings": findings,
        "failures": failures,
    }


def finding(one: dict, error: dict) -> dict:
    return {
        "dataset": of_study(error.get("dataset") or one.get("dataset")),
        "record": int(error.get("row") or 0),
        "values": {str(name): text_of(value) for name, value in error["value"].items()},
        "text": str(one.get("message") or ""),
    }


def failure(one: dict, why: str, *, is_error: bool) -> dict:
    return {"dataset": place_of(one), "why": str(why), "is_error": is_error}


def reasons(one: dict) -> list[str]:
    found = [
        ": ".join(filter(None, (str(e.get("error") or ""), str(e.get("message") or ""))))
        for e in one["errors"]
    ]
    return list(dict.fromkeys(filter(None, found))) or [str(one.get("message") or "no reason given")]


def place_of(one: dict) -> str:
    return of_study(one.get("domain") or one.get("dataset"))


def of_study(dataset: str | None) -> str:
    """A dataset, or an empty text for what the engine says of the study as a whole."""
    return "" if dataset in {None, "STUDY", "N/A"} else str(dataset)


def text_of(value: object) -> str:
    """A value as text; a missing one is empty, a number has no needless ``.0``."""
    if value is None or value != value:  # noqa: PLR0124 - not a number
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, tuple, set)):
        return ", ".join(sorted(text_of(one) for one in value))
    return str(value)


if __name__ == "__main__":
    sys.exit(main())
