"""Which forms are entered twice, as a study's definition says it."""

import pytest
from edc_core_study_import.writer import write

from edc_core.definitions.loader import load

STUDY = """\
oid: DEMO
version: {{oid: v1}}
events: [{{oid: V1, forms: [VS]}}]
plugins: {plugins}
policy: {policy}
forms:
  - oid: VS
    items:
      - {{name: SYSBP, question: Systolic, type: integer}}
"""
NAMED = '{edc-core-double-entry: ">=0.1"}'


def loaded(folder, policy, plugins=NAMED):
    (folder / "study.yaml").write_text(STUDY.format(policy=policy, plugins=plugins), encoding="utf-8")
    return load(folder / "study.yaml")


def test_forms_and_share_are_read_and_written_again(tmp_path):
    version = loaded(tmp_path, "{double_entry: VS, double_entry_share: 20}").required()
    assert (version.policy.double_entry, version.policy.double_entry_share) == (("VS",), 20)
    (tmp_path / "again").mkdir()
    write(version, tmp_path / "again")
    assert load(tmp_path / "again").required().policy == version.policy
    assert "double_entry_share: 20" in (tmp_path / "again" / "study.yaml").read_text()
    whole = loaded(tmp_path, "{double_entry: [VS]}").required()
    (tmp_path / "whole").mkdir()
    write(whole, tmp_path / "whole")
    assert "double_entry_share" not in (tmp_path / "whole" / "study.yaml").read_text()


@pytest.mark.parametrize(
    ("policy", "plugins", "line"),
    [
        ("{double_entry: [VS, LB]}", NAMED, 5),
        ("{double_entry: [VS]}", "{}", 5),
        ("{double_entry: [VS], double_entry_share: 0}", NAMED, 5),
        ("{double_entry: [VS], double_entry_share: 101}", NAMED, 5),
    ],
)
def test_what_cannot_be_is_found_with_its_place(tmp_path, policy, plugins, line):
    found = [(f.code, f.line) for f in loaded(tmp_path, policy, plugins).findings if f.severity == "error"]
    assert found == [("E271", line)]
