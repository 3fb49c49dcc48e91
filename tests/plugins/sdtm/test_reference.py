"""The reference names every rule and every finding as the code has them."""

import re
from pathlib import Path

from edc_core_sdtm import native_texts, plan_checks, planning, tabulation
from edc_core_sdtm.rules import RULES

PAGE = (Path(__file__).parents[3] / "docs/reference/sdtm.md").read_text("utf-8")


def test_every_rule_stands_in_the_reference():
    written = dict(re.findall(r"^\| `([A-Z.-]+)` \| (.*) \|$", PAGE, re.MULTILINE))
    assert written == dict(RULES)


def test_every_finding_stands_in_the_reference():
    raised = {
        code
        for module in (tabulation, plan_checks, planning, native_texts)
        for code in re.findall(r'"(S\d{3})"', Path(module.__file__).read_text("utf-8"))
    }
    assert set(re.findall(r"^\| (S\d{3}) \|", PAGE, re.MULTILINE)) == raised
