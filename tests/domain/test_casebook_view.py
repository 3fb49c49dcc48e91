from decimal import Decimal

import pytest

from edc_core.api import DataType, EachRow, EditCheck, Finding
from edc_core.check_host.running import run_check
from edc_core.domain.casebook_picture import Reads
from edc_core.domain.partial_date import PartialDate
from edc_core.domain.plugin_identity import PluginIdentity
from edc_core.plugin_offers import RegisteredCheck
from tests.builders import a_subject, vital_signs

STUDY = vital_signs().build()


def filled():
    return (
        a_subject(STUDY)
        .with_value("VS.SYSBP", "120")
        .with_value("VS.DIABP", "high")
        .with_value("VS.DATE", "04 MAR 2026")
        .with_value("VS.NOTE", missing="ND")
        .with_value("AE.TERM", "Headache", rows=("10",))
        .with_value("AE.TERM", "Nausea", rows=("2",))
        .with_value("AE.TERM", "Struck", rows=("3",))
        .with_struck_row("AE.TERM", "3")
    )


def test_values_come_as_their_types_by_name_or_oid():
    form = filled().form("VS")
    assert form.number("SYSBP") == form.number("VS.SYSBP") == Decimal(120)
    assert form.date("DATE") == PartialDate(2026, 3, 4)
    assert form.text("DATE") == "2026-03-04"


def test_unreadable_missing_and_blank_are_told_apart():
    form = filled().form("VS")
    assert form.number("DIABP") is None
    assert form.is_unreadable("DIABP")
    assert form.missing("NOTE") == "ND"
    assert (form.text("NOTE"), form.is_unreadable("NOTE"), form.missing("SYSBP")) == (None, False, "")


def test_an_item_the_form_does_not_have_is_the_checks_mistake():
    with pytest.raises(KeyError, match="no item 'NOSUCH' here"):
        filled().form("VS").text("NOSUCH")


def test_rows_come_in_the_order_of_their_keys_and_struck_ones_do_not():
    rows = filled().form("AE").rows("AE.ROW")
    assert [(row.key, row.text("TERM")) for row in rows] == [("2", "Nausea"), ("10", "Headache")]


def test_a_removed_form_is_absent():
    view = filled().with_removed_form("VS").view()
    assert view.form("VS") is None
    assert [form.definition.oid for form in view.forms("AE")] == ["AE"]


def test_occurrences_come_in_the_order_of_events_and_keys():
    subject = filled()
    for key in ("10", "2"):
        subject.with_value("VS.SYSBP", key, event="UNS", event_key=key)
    assert [str(form.path) for form in subject.view().forms("VS")] == [
        "V1[1]/VS[1]",
        "UNS[2]/VS[1]",
        "UNS[10]/VS[1]",
    ]
    assert len(subject.view().forms("VS", event="UNS")) == 2


def fingerprint_of(subject, read):
    reads = Reads()
    read(subject.view(reads))
    return reads.fingerprint()


def systolic(view):
    view.form("VS").number("SYSBP")


def test_the_fingerprint_changes_with_what_was_read():
    before = fingerprint_of(filled(), systolic)
    assert fingerprint_of(filled(), systolic) == before
    assert fingerprint_of(filled().with_value("VS.SYSBP", "121"), systolic) != before
    assert fingerprint_of(filled().with_value("VS.SYSBP", missing="ND"), systolic) != before


def test_the_fingerprint_does_not_change_with_what_was_not_read():
    before = fingerprint_of(filled(), systolic)
    assert fingerprint_of(filled().with_value("VS.DIABP", "80"), systolic) == before
    assert fingerprint_of(filled().with_value("AE.TERM", "Rash", rows=("11",)), systolic) == before


def terms(view):
    for row in view.form("AE").rows("AE.ROW"):
        row.text("TERM")


def test_a_row_that_comes_or_goes_changes_the_fingerprint_of_who_read_the_rows():
    before = fingerprint_of(filled(), terms)
    assert fingerprint_of(filled().with_value("AE.GRADE", "1", rows=("11",)), terms) != before
    assert fingerprint_of(filled().with_struck_row("AE.TERM", "2"), terms) != before


def test_a_form_that_comes_changes_the_fingerprint_of_who_looked_for_it():
    def look(view):
        view.form("VS", event="UNS")

    assert fingerprint_of(filled(), look) != fingerprint_of(
        filled().with_value("VS.SYSBP", "1", event="UNS"), look
    )


def test_every_row_of_a_log_notes_what_it_reads_of_the_form_around_it():
    """Rows of one form share what was looked up in it, and not what was read."""
    study = vital_signs().with_item("AE.SEEN", DataType.INTEGER).build()

    def fingerprints(seen):
        subject = a_subject(study).with_value("AE.SEEN", seen)
        for row in ("1", "2"):
            subject.with_value("AE.TERM", "Rash", rows=(row,))
        result = run_check(RegisteredCheck(EARLIER, PLUGIN), subject.picture())
        assert not result.failures
        return [found.fingerprint for found in result.found]

    assert len(set(fingerprints("1"))) == 2
    assert not set(fingerprints("1")) & set(fingerprints("2"))


def seen(row):
    row.text("TERM")
    return Finding("TERM", f"{row.form.number('SEEN')} and again {row.form.number('SEEN')}")


EARLIER = EditCheck("EARLIER", "Seen earlier", "AE", EachRow("AE.ROW", seen))
PLUGIN = PluginIdentity("seen", "seen", "1", "0" * 64)
