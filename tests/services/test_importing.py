"""Imports through the services: all or nothing where the study is empty, by subject elsewhere, and resumable."""

import csv
import io
from dataclasses import replace

import pytest

from edc_core.core import Core
from edc_core.domain.commands import Reason
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.imported import Imported, ImportedForm, ImportedItem, ImportedSubject, Problem
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.metadata import DataType, SiteDef
from edc_core.domain.permission import Actor
from edc_core.errors import ImportRefused, NotAllowed
from edc_core.expressions.rules import rules_of
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting, importing, publishing, studies, subjects
from edc_core.services.importing import Staged
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import readers
from tests.builders import Trial, a_study, vital_signs
from tests.conformance.test_redcap_through_the_core import DICTIONARY
from tests.services.test_publishing import BLINDED, NO_PASSES, STUDY

CLI = Actor("cli:test", trusted=True)
VS = ItemPath.parse("V1[1]/VS[1]")
GROUP = VS.with_group("VS", "1")
AE = ItemPath.parse("V1[1]/AE[1]")


def item(oid, raw, **more):
    return ImportedItem(GROUP.with_item(oid), raw, **more)


def subject(key, *items, site="KR-01", study="TRIAL-1", version="1", **more):
    forms = more.pop("forms", (ImportedForm(VS, items),) if items else ())
    return ImportedSubject(study, version, key, site, forms, **more)


def pressure(high="120", low="80"):
    return item("VS.SYSBP", high), item("VS.DIABP", low)


def staged(*subjects, versions=(), sites=(), sha256="a" * 64, **more):
    return Staged(Imported(versions, sites, subjects, **more), sha256, ("file.xml",))


def bring_in(core, *subjects, environment="dev", **more):
    return importing.run(core, CLI, staged(*subjects, **more), environment=environment)


@pytest.fixture
def dev(core):
    """A study in dev without subjects."""
    return Trial(core, vital_signs().build(), environment="dev")


@pytest.fixture
def peopled(dev):
    dev.add_subject("S-900", site="KR-01")
    return dev


def keys(trial):
    with trial.core.read() as source:
        return {
            key
            for key in ("S-001", "S-002", "S-003", "S-900")
            if readers.subject_exists(source.connection, trial.study_id, key)
        }


def sound(core):
    report = verify(core, rebuild=True)
    assert report.ok, report.problems
    return report.entries


def values(trial, key):
    return {path.item: data for path, data in trial.casebook(key).items.items()}


# Everything, or nothing, or by subject


def test_empty_study_takes_all(dev):
    report = bring_in(dev.core, subject("S-001", *pressure()), subject("S-002", *pressure("130")))
    assert (report.subjects, report.not_in, report.item_values) == (["S-001", "S-002"], {}, 4)
    assert report.as_json() | {"problems": []} == {
        "study": "TRIAL-1@dev", "meta_data_version": "1", "subjects": 2, "item_values": 4,
        "not_in": {}, "problems": [],
    }  # fmt: skip
    assert values(dev, "S-002")["VS.SYSBP"].value == "130"
    assert dev.casebook("S-001").forms[VS].status is EntryStatus.COMPLETE
    sound(dev.core)


def test_empty_study_takes_nothing_when_one_subject_fails(dev):
    bad = replace(subject("S-002", *pressure()), line=77)
    bad = replace(bad, forms=(ImportedForm(VS, (*pressure(), item("VS.NOTE", "a\0b"))),))
    with pytest.raises(ImportRefused, match=r"Nothing was imported. Subject 'S-002' \(line 77\)"):
        bring_in(dev.core, subject("S-001", *pressure()), bad)
    assert keys(dev) == set()
    assert not [e for e in dev.entries() if e["kind"] == EntryKind.IMPORT_END]
    sound(dev.core)


def test_study_with_subjects_takes_those_it_can_and_the_report_names_both(peopled):
    bad = subject("S-002", *pressure(), item("VS.NOTE", "a\0b"))
    report = bring_in(peopled.core, subject("S-001", *pressure()), bad, subject("S-003", *pressure()))
    assert report.subjects == ["S-001", "S-003"]
    assert list(report.not_in) == ["S-002"]
    assert "NUL" in report.not_in["S-002"]
    assert report.item_values == 4
    assert keys(peopled) == {"S-001", "S-003", "S-900"}
    sound(peopled.core)


def test_same_file_again_changes_nothing(peopled):
    found = (subject("S-001", *pressure()), subject("S-002", *pressure()))
    bring_in(peopled.core, *found)
    before = sound(peopled.core)
    again = bring_in(peopled.core, *found)
    assert again.subjects == ["S-001", "S-002"]
    assert sound(peopled.core) == before


def test_import_that_stopped_half_way_goes_on_and_ends_as_one_that_did_not(peopled):
    found = [subject(f"S-00{n}", *pressure(str(120 + n))) for n in (1, 2, 3)]

    class Stopped(Exception):
        pass

    def stop(done, total):
        if done == 2:
            raise Stopped

    with pytest.raises(Stopped):
        importing.run(peopled.core, CLI, staged(*found), progress=stop)
    assert keys(peopled) == {"S-001", "S-002", "S-900"}
    report = bring_in(peopled.core, *found)
    assert report.subjects == ["S-001", "S-002", "S-003"]
    kinds = [e["kind"] for e in peopled.entries("S-001")]
    assert kinds.count("item.set") == 2
    assert [e["kind"] for e in peopled.entries("S-003")] == kinds
    assert [e["kind"] for e in peopled.entries()].count(EntryKind.IMPORT_END) == 1
    sound(peopled.core)


def test_values_somebody_changed_meanwhile_are_not_overwritten_by_the_same_file(peopled):
    found = subject("S-001", *pressure())
    bring_in(peopled.core, found)
    peopled.save("S-001", {"VS.SYSBP": "111"}, reason=Reason("transcription", ""))
    bring_in(peopled.core, found)
    assert values(peopled, "S-001")["VS.SYSBP"].value == "111"


# What a file may hold


@pytest.mark.parametrize(
    ("raw", "reading", "queries"),
    [("abc", "unreadable", 1), ("1200", "ok", 1), ("300", "ok", 1), ("120", "ok", 0)],
)
def test_value_that_entry_would_refuse_is_kept_marked_and_queried(dev, raw, reading, queries):
    bring_in(dev.core, subject("S-001", *pressure(raw)))
    held = values(dev, "S-001")["VS.SYSBP"]
    assert (held.raw, held.reading) == (raw, reading)
    asked = [path for _, path in dev.open_queries("S-001") if path.endswith("VS.SYSBP")]
    assert bool(asked) == bool(queries)


def test_missing_required_value_is_queried(dev):
    bring_in(dev.core, subject("S-001", item("VS.SYSBP", "120"), item("VS.DIABP", None, missing="ND")))
    assert values(dev, "S-001")["VS.DIABP"].missing == "ND"
    bring_in(dev.core, subject("S-002", item("VS.SYSBP", "120")), sha256="b" * 64)
    assert [path for _, path in dev.open_queries("S-002")] == [str(GROUP.with_item("VS.DIABP"))]


def test_form_that_the_source_calls_incomplete_arrives_in_progress_and_asks_nothing(dev):
    early = ImportedForm(VS, pressure("abc"), source={"kept": "0"}, complete=False)
    bring_in(dev.core, subject("S-001", forms=(early,)))
    with dev.core.read() as source:
        book = readers.casebook(source, readers.subject_by_key(source.connection, dev.study_id, "S-001"))
    assert (book.forms[VS].status, book.forms[VS].was_complete) == (EntryStatus.IN_PROGRESS, False)
    assert dev.open_queries("S-001") == []
    bring_in(dev.core, subject("S-001", *pressure("xyz")), sha256="b" * 64)
    assert len(dev.open_queries("S-001")) == 1
    bring_in(dev.core, subject("S-001", forms=(replace(early, items=pressure("uvw")),)), sha256="c" * 64)
    with dev.core.read() as source:
        book = readers.casebook(source, readers.subject_by_key(source.connection, dev.study_id, "S-001"))
    assert book.forms[VS].status is EntryStatus.COMPLETE  # what was complete here is not opened by a file
    sound(dev.core)


def test_history_of_a_transactional_file_keeps_its_order_and_its_records(dev):
    record = {"audit": {"UserRef": "U1", "DateTimeStamp": "2020-01-01T00:00:00"}}
    path = "VS.SYSBP"
    bring_in(
        dev.core,
        subject("S-001", item(path, "118", transaction="Insert", source=record),
                item(path, "119", transaction="Update"), item(path, "119", transaction="Remove"),
                item(path, "121", transaction="Update"), item(path, "999", transaction="Context")),
    )  # fmt: skip
    written = [e["payload"] for e in dev.entries("S-001") if e["kind"] == "item.set"]
    assert [one["value"] for one in written] == ["118", "119", None, "121"]
    assert [one["version"] for one in written] == [1, 2, 3, 4]
    assert written[0]["source"] == record
    assert {e["actor"] for e in dev.entries("S-001") if e["kind"] == "item.set"} == {"cli:test"}
    sound(dev.core)


def test_rows_keep_their_keys_and_empty_ones_are_not_lost(dev):
    rows = [AE.with_group("AE.ROW", key) for key in ("7", "B/2", "empty")]
    terms = tuple(
        ImportedItem(row.with_item("AE.TERM"), f"Term {n}") for n, row in enumerate(rows[:2], start=1)
    )
    bring_in(dev.core, subject("S-001", forms=(ImportedForm(AE, terms, tuple(rows)),)))
    assert set(dev.casebook("S-001").groups) == set(rows)
    assert dev.casebook("S-001").items[rows[1].with_item("AE.TERM")].value == "Term 2"


def test_unknown_item_is_told_by_line_and_the_rest_comes_in(dev):
    report = bring_in(dev.core, subject("S-001", *pressure(), item("VS.NOSUCH", "1", line=42)))
    assert [(p.line, p.code) for p in report.problems] == [(42, "EDC102")]
    assert report.item_values == 2


def test_version_the_study_does_not_have_is_told_and_the_newest_taken(dev):
    report = bring_in(dev.core, subject("S-001", *pressure(), version="9"))
    assert [p.code for p in report.problems] == ["EDC101"]
    assert dev.casebook("S-001").forms[VS].meta_data_version == "1"


def test_fatal_problem_refuses_the_file_before_anything_is_written(core, tmp_path):
    with pytest.raises(ImportRefused, match="cannot be read"):
        importing.stage(core, [tmp_path / "none.xml"])
    (tmp_path / "x.txt").write_text("hello")
    with pytest.raises(ImportRefused, match="of no format"):
        importing.stage(core, [tmp_path / "x.txt"])
    with pytest.raises(ImportRefused, match="no import format 'nosuch'"):
        importing.stage(core, [tmp_path / "x.txt"], format_name="nosuch")
    with pytest.raises(ImportRefused, match="at least one file"):
        importing.stage(core, [])


# Where it goes


def test_sites_of_the_file_are_added_with_their_country_and_zone(dev):
    tokyo = SiteDef("JP-01", "Tokyo", "JP", "Asia/Tokyo")
    bring_in(
        dev.core, subject("S-001", *pressure(), site="JP-01"), subject("S-002", *pressure(), site="NEW"),
        subject("S-003", *pressure(), site=""), sites=(tokyo,),
    )  # fmt: skip
    with dev.core.read() as source:
        sites = {row.number: row for row in readers.sites(source.connection, dev.study_id).values()}
    assert (sites["JP-01"].name, sites["JP-01"].country, sites["JP-01"].zone) == ("Tokyo", "JP", "Asia/Tokyo")
    assert {"NEW", importing.NO_SITE} <= set(sites)
    assert dev.casebook("S-003").subject.site_id == sites[importing.NO_SITE].site_id
    assert dev.casebook("S-001").subject.site_id == sites["JP-01"].site_id
    sound(dev.core)


def test_definition_and_data_of_one_file_begin_a_study(core):
    version = vital_signs("NEW-1").build()
    report = bring_in(core, subject("S-001", *pressure(), study="NEW-1"), versions=(version,))
    assert (report.study, report.meta_data_version, report.subjects) == ("NEW-1@dev", "1", ["S-001"])
    with core.read() as source:
        assert readers.find_study(source.connection, "NEW-1@dev").meta_data_version == "1"
    sound(core)


def test_data_without_a_study_are_refused_with_what_to_do(core):
    with pytest.raises(ImportRefused, match="Import its definition first"):
        bring_in(core, subject("S-001", *pressure(), study="NOWHERE"))


def test_data_alone_go_into_the_study_they_name_whatever_its_environment(core):
    uat = Trial(core, vital_signs("UAT-1").build(), environment="uat")
    report = bring_in(core, subject("S-001", *pressure(), study="UAT-1"))
    assert report.study == "UAT-1@uat"
    assert keys(uat) == {"S-001"}


def test_two_studies_of_one_import_each_get_their_own(core):
    versions = (vital_signs("ONE").build(), vital_signs("TWO").build())
    report = bring_in(
        core, subject("S-001", *pressure(), study="ONE"), subject("S-002", *pressure(), study="TWO"),
        versions=versions,
    )  # fmt: skip
    assert report.subjects == ["S-001", "S-002"]
    sound(core)


def test_live_study_takes_no_item_that_the_site_enters(core):
    live = Trial(core, vital_signs().build())
    live.add_subject("S-900")
    report = bring_in(core, subject("S-001", *pressure()), environment="live")
    assert "only transferred items" in report.not_in["S-001"]
    assert keys(live) == {"S-900"}


def test_live_study_takes_transferred_items(core):
    version = a_study().with_event("V1", "LB").with_item("LB.HGB", DataType.INTEGER).build()
    version = replace(version, items=tuple(replace(one, origin="transferred") for one in version.items))
    live = Trial(core, version)
    path = live.path("LB.HGB")
    found = subject("S-001", forms=(ImportedForm(path.form_path, (ImportedItem(path, "12"),)),))
    assert bring_in(core, found, environment="live").subjects == ["S-001"]


def transferred(version="1", *more):
    """A definition whose items all come by transfer, and a subject's form of it."""
    built = a_study().with_event("V1", "LB").with_item("LB.HGB", DataType.INTEGER)
    for name in more:
        built = built.with_item(name, DataType.INTEGER)
    built = built.build(version)
    return replace(built, items=tuple(replace(one, origin="transferred") for one in built.items))


def laboratory(core, live, key, site="KR-01", version="1"):
    path = live.path("LB.HGB")
    return subject(
        key, site=site, version=version, forms=(ImportedForm(path.form_path, (ImportedItem(path, "12"),)),)
    )


def in_force(live):
    with live.core.read() as source:
        return {
            site.number: site.meta_data_version
            for site in readers.sites(source.connection, live.study_id).values()
        }


def test_amendment_imported_into_a_live_study_waits_for_its_approval_at_each_site(core):
    live = Trial(core, transferred())
    amended = replace(
        transferred("2", "LB.ALT"), sites=(*live.index.version.sites, SiteDef("DE-01", "Ulm", "DE"))
    )
    importing.run(core, CLI, staged(versions=(amended,)), environment="live", with_data=False)
    assert in_force(live) == {"KR-01": "1", "DE-01": ""}
    with core.read() as source:
        assert list(readers.versions(source.connection, live.study_id)) == ["1", "2"]


def test_data_imported_into_a_live_study_take_the_version_approved_for_their_site(core):
    live = Trial(core, transferred())
    amended = transferred("2", "LB.ALT")
    report = bring_in(
        core, laboratory(core, live, "S-001", version="2"), versions=(amended,), environment="live"
    )
    assert live.casebook("S-001").forms[live.path("LB.HGB").form_path].meta_data_version == "1"
    assert [(p.code, p.text) for p in report.problems] == [
        ("EDC101", "MetaDataVersion '2' is not in force at site KR-01; '1' was taken.")
    ]


def test_site_that_an_import_names_in_a_live_study_takes_nobody_before_a_version_is_approved_for_it(core):
    live = Trial(core, transferred())
    live.act(live.cli, subjects.add_subject, subjects.AddSubject, subject_key="S-900",
             site_id=next(iter(live.sites.values())))  # fmt: skip
    report = bring_in(core, laboratory(core, live, "S-001", site="DE-07"), environment="live")
    assert in_force(live) == {"KR-01": "1", "DE-07": ""}
    assert report.not_in == {
        "S-001": "No version of the study is in force at site DE-07 yet. 'edc study activate' puts one in force there."
    }


def test_site_that_an_import_adds_takes_the_version_in_force_and_not_one_that_waits(dev):
    waiting = studies.Publish(study_id="", op=new_id(), environment="dev", activate=False,
                              version=replace(dev.index.version, oid="2"))  # fmt: skip
    dev.do(CLI, studies.publish, waiting)
    bring_in(dev.core, subject("S-001", *pressure(), site="DE-07"))
    assert in_force(dev) == {"KR-01": "1", "US-01": "1", "DE-07": "1"}


def test_version_imported_into_dev_comes_into_force_at_once(dev):
    importing.run(dev.core, CLI, staged(versions=(replace(dev.index.version, oid="2"),)), with_data=False)
    assert in_force(dev) == {"KR-01": "2", "US-01": "2"}


def test_person_without_the_right_imports_nothing(peopled):
    for person in (peopled.crc, peopled.cra, peopled.spo):
        with pytest.raises(NotAllowed):
            importing.run(peopled.core, person, staged(subject("S-001", *pressure())))
    assert keys(peopled) == {"S-900"}


def test_problems_of_the_importer_stand_in_the_report(dev):
    told = Problem("file.xml", 3, "ODM012", "An unknown attribute.")
    assert bring_in(dev.core, subject("S-001", *pressure()), problems=(told,)).problems == [told]


# Out and in again


@pytest.fixture
def with_formats(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(), clock)
    yield core
    core.close()


def export(core, study_id, name, out):
    command = exporting.RequestExport(
        study_id=study_id, op=new_id(), choice=ExportChoice(name, unlocked=True)
    )
    return exporting.export(core, CLI, command, out).folder


def test_query_that_was_exported_and_imported_stands_once_in_the_next_export(with_formats, tmp_path):
    first = Trial(with_formats, vital_signs("ROUND").build(), environment="uat")
    first.add_subject("S-001", site="KR-01")
    first.save("S-001", {"VS.SYSBP": "300", "VS.DIABP": "80"}, by=first.crc)
    first.complete("S-001", "VS")
    odm = export(with_formats, first.study_id, "odm-1.3.2", tmp_path / "first") / "odm.xml"
    done = importing.run(with_formats, CLI, importing.stage(with_formats, [odm]), environment="dev")
    assert done.subjects == ["S-001"]
    with with_formats.read() as source:
        second = readers.find_study(source.connection, "ROUND@dev").study_id
    again = export(with_formats, second, "odm-1.3.2", tmp_path / "second") / "odm.xml"
    assert asked(odm) == asked(again) == 1
    table = export(with_formats, second, "csv", tmp_path / "csv") / "queries.csv"
    assert len(list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))) == 1


def asked(odm):
    """How many queries' first messages a file holds."""
    return odm.read_text().count('CodeListOID="CL.EDC.QUERY"')


GATES = [
    (NO_PASSES, "E503", "EC05 has no example that passes, so it is not published to uat."),
    (
        BLINDED.replace("forms: [VS]}", "forms: [{form: VS, when: \"visit('RAND').RAND.ARM == 'A'\"}]}"),
        "E504",
        "So it is not published to uat.",
    ),
]


@pytest.mark.parametrize(("text", "code", "said"), GATES, ids=["E503", "E504"])
def test_what_keeps_a_folder_out_of_uat_keeps_a_file_out_that_says_the_same(
    with_formats, tmp_path, text, code, said
):
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    published = publishing.publish_folder(with_formats, CLI, tmp_path, "dev")
    for name in ("odm-1.3.2", "odm-2.0"):
        folder = export(with_formats, published.result["study_id"], name, tmp_path / name)
        (file,) = folder.glob("odm*.xml")
        read = importing.stage(with_formats, [file])
        with pytest.raises(ImportRefused) as refused:
            importing.run(with_formats, CLI, read, environment="uat")
        (problem,) = [one for one in refused.value.details["problems"] if one.code == code]
        assert said in problem.text
        assert said in refused.value.message
        with with_formats.read() as source:
            assert {row.environment for row in readers.studies(source.connection)} == {"dev"}, (
                "nothing is written"
            )
        assert importing.run(with_formats, CLI, read, environment="dev").meta_data_version


def test_a_version_that_stands_in_uat_already_takes_its_data(with_formats, tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    published = publishing.publish_folder(with_formats, CLI, tmp_path, "uat")
    folder = export(with_formats, published.result["study_id"], "odm-1.3.2", tmp_path / "out")
    done = importing.run(
        with_formats, CLI, importing.stage(with_formats, [folder / "odm.xml"]), environment="uat"
    )
    assert done.meta_data_version == published.result["meta_data_version"]


def test_a_redcap_dictionary_goes_through_the_same_gate(with_formats):
    """REDCap knows no blinded field: the same dictionary passes, and is refused where a branching field is blinded."""
    read = importing.stage(with_formats, [DICTIONARY], format_name="redcap")
    (version,) = read.imported.versions
    conditions = rules_of(MetaDataIndex(version)).conditions
    decides = {oid for condition in conditions for _, oid in condition.exception.reads}
    assert decides
    items = tuple(replace(i, sensitivity="blinded") if i.oid in decides else i for i in version.items)
    blinded = replace(read, imported=replace(read.imported, versions=(replace(version, items=items),)))
    with pytest.raises(ImportRefused) as refused:
        importing.run(with_formats, CLI, blinded, environment="uat", with_data=False)
    assert {problem.code for problem in refused.value.details["problems"]} == {"E504"}
    assert importing.run(with_formats, CLI, read, environment="uat", with_data=False).study.endswith("@uat")
