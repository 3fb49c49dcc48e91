"""Casebooks and the trail in a package: whose the layout asks for, and nothing that the package itself may not hold."""

import re

import pytest
from lxml import etree

from edc_core.errors import ExportRefused

IPL = "m5/53-clin-stud-rep/537-crf-ipl/pack-1/"
SETTINGS = '  edc-core-packages: {range: ">=0.1,<0.2", settings: {holds: "%s"}}\nsites:'


def asking(text, holds):
    return text.replace("sites:", SETTINGS % holds, 1)


def files_of(made):
    return {path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*") if path.is_file()}


def casebooks(made):
    return sorted(name.removeprefix(IPL) for name in files_of(made) if name.startswith(IPL))


def test_fda_gets_the_casebooks_of_those_who_died_or_stopped_for_an_event(small, words_of):
    made = small.package("fda")
    assert casebooks(made) == ["us-01/us-001.pdf"]
    assert "20 FEB 2026" in words_of(made.folder / IPL / "us-01/us-001.pdf")
    guide = words_of(made.folder / "m5/datasets/pack-1/tabulations/sdtm/csdrg.pdf")
    assert re.search(
        r"subjects who died, or who stopped for an adverse event 1 .*21 CFR 314\.50\(f\)\(2\)", guide
    )
    assert not [name for name in files_of(made) if name.startswith("inspection/")], (
        "nobody asked for the trail"
    )


def test_where_nobody_died_or_stopped_there_is_no_casebook(made_of, text):
    trial = made_of(text)
    trial.enrol("US-001")
    assert casebooks(trial.package("fda")) == []


def test_fda_gets_the_casebooks_of_all_where_it_asks_for_them(made_of, text, words_of):
    trial = made_of(asking(text, "casebooks:US-FDA"))
    for key in ("US-001", "US-002", "KR-001"):
        trial.enrol(key)
    told = []
    first = trial.package("fda", progress=lambda done, total: told.append((done, total)))
    again = trial.package("fda", snapshot=first.manifest["cut"])
    assert casebooks(first) == ["us-01/us-001.pdf", "us-01/us-002.pdf"], "data of Korea stay there"
    guide = words_of(first.folder / "m5/datasets/pack-1/tabulations/sdtm/csdrg.pdf")
    assert re.search(r"all subjects 2 .*21 CFR 314\.50\(f\)\(3\)", guide)
    assert "(f)(2)" not in guide
    assert casebooks(trial.package("mhra")) == [], "nobody asked for MHRA"
    assert first.manifest["files"] == again.manifest["files"], "the same state has the same bytes"
    done = [one for one, _ in told]
    assert done == sorted(done)
    assert done[-1] <= told[-1][1]
    assert {2, 502} <= set(done), "it goes on with each subject while casebooks are written"


def test_a_study_asks_for_casebooks_of_all_and_for_the_trail(made_of, text):
    trial = made_of(asking(text, "casebooks trail"))
    for key in ("US-001", "KR-001"):
        trial.enrol(key)
    trial.enter("US-001", {"DM.REMARK": "First words"})
    trial.enter("US-001", {"DM.REMARK": "Other words"})
    for authority, found in (
        ("mfds", ["kr-01/kr-001.pdf", "us-01/us-001.pdf"]),
        ("mhra", ["us-01/us-001.pdf"]),
    ):
        made = trial.package(authority)
        assert casebooks(made) == found, "data that stay in Korea are in the package for Korea alone"
        odm = etree.parse(made.folder / "inspection/odm/odm.xml")
        names = {"o": "http://www.cdisc.org/ns/odm/v1.3"}
        subjects = [one.get("SubjectKey") for one in odm.iterfind(".//o:SubjectData", names)]
        assert len(subjects) == len(found)
        records = odm.findall(".//o:AuditRecord", names)
        assert records, "each write has its record"
        said = etree.tostring(odm, encoding="unicode")
        assert "First words" in said
        assert "Other words" in said


def test_what_whoever_makes_it_may_not_see_is_in_no_casebook_and_no_trail(made_of, text, words_of):
    trial = made_of(asking(text, "casebooks trail"))
    trial.enrol("US-001")
    trial.enter("US-001", {"DM.ARMTOLD": "Old treatment"})
    for by, sees in ((trial.cli, True), (trial.dm, False)):
        made = trial.package("mhra", by=by)
        book = words_of(made.folder / IPL / "us-01/us-001.pdf")
        odm = (made.folder / "inspection/odm/odm.xml").read_text("utf-8")
        assert ("Old treatment" in book, "Old treatment" in odm) == (sees, sees)
        guide = words_of(made.folder / "m5/datasets/pack-1/tabulations/sdtm/sdrg.pdf")
        assert (
            "Questions that are blinded 1 Whoever made this package may not see them." in guide
        ) is not sees


def test_what_a_package_does_not_hold_is_named(made_of, text):
    trial = made_of(asking(text, "casebooks lists"))
    trial.enrol("US-001")
    with pytest.raises(
        ExportRefused, match=r"names 'lists', which a package does not hold. It can hold: casebooks, trail"
    ):
        trial.package("pmda")
    assert not list(trial.folder.rglob("*.xpt"))
