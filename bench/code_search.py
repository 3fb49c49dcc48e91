"""A keystroke in a code list of 100,000 terms: the whole request, from the session to the answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from bench.http_save import percentile, sign_in
from bench.measure import Line, Measured, Note, Size
from bench.scene import item_paths, sqlite_url, trial
from edc_core.domain.metadata import Alias, CodeList, CodeListItem, MetaDataVersion, TranslatedText
from edc_core.testing.study_builder import StudyBuilder
from edc_core.web.app import create_app

PARTS = (
    "acute",
    "chronic",
    "benign",
    "malignant",
    "congenital",
    "recurrent",
    "traumatic",
    "septic",
    "viral",
    "toxic",
)
PLACES = ("heart", "liver", "kidney", "lung", "stomach", "colon", "thyroid", "retina", "femur", "pancreas")
KOREAN = ("급성", "만성", "양성", "악성", "선천성", "재발성", "외상성", "패혈성", "바이러스성", "독성")
#: Common, rare and absent words, several words, codes, half-typed Hangul: the worst are those that read the whole list.
QUERIES = (
    "ac", "acute", "heart", "heart acute", "disorder of", "t0999", "t099999", "급성", "바이러", "만서",
    "no such term", "disorder toxic retina 77", "zz", "99", "traumatic pancreas disorder grade 9", "é", "syn 4242",
)  # fmt: skip


def definition(terms: int) -> MetaDataVersion:
    made = StudyBuilder("BENCH-1").with_item("VS.I000", codes=("X",)).build()
    items = tuple(
        CodeListItem(
            f"T{n:06}",
            TranslatedText(
                (
                    ("en", f"{PARTS[n % 10].title()} disorder of {PLACES[n // 10 % 10]}, grade {n // 100}"),
                    ("ko", f"{KOREAN[n % 10]} 장애 {n}"),
                )
            ),
            aliases=(Alias("synonym", f"syn {n}"),) if n % 5 == 0 else (),
        )
        for n in range(terms)
    )
    return replace(made, code_lists=(CodeList("CL.VS.I000", "CL.VS.I000", items=items),))


def run(size: Size, folder: Path) -> Iterator[Line]:
    terms = size.pick(tiny=200, quick=100_000, full=100_000)
    with trial(sqlite_url(folder), definition(terms)) as made:
        subject = made.add_subject("S-001")
        headers = sign_in(made)
        client = create_app(made.core).test_client(use_cookies=False)
        [path] = item_paths("VS", 1)
        address = f"/s/BENCH-1@{made.environment}/subjects/{subject}/items/{quote(quote(str(path), safe='/[]'), safe='/[]%')}"

        def ask(typed: str) -> float:
            start = time.perf_counter()
            answer = client.get(f"{address}/terms?version=1&q={quote(typed)}", headers=headers)
            seconds = time.perf_counter() - start
            assert answer.status_code == 200, answer.text
            return seconds

        yield Note(
            f"{terms:,} terms; first search, which reads the definition and folds it: {ask('acute'):.2f} s"
        )
        rounds = [
            percentile([ask(typed) for typed in QUERIES for _ in range(3)], 95) * 1000
            for _ in range(size.pick(tiny=1, quick=5, full=11))
        ]
        yield Measured("code search", rounds, f"{len(QUERIES)} queries, p95 of each round")
