import pytest
from edc_core_preview import scaffold


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "demo"
    scaffold.begin("DEMO-9", folder)
    return folder


def test_the_case_report_form_is_written_where_it_is_wanted(edc, folder, tmp_path):
    done = edc("study", "crf", folder, "--out", tmp_path / "print/crf.pdf", "--annotated")
    assert done.code == 0
    assert "Annotated case report form, 1 form, version DEMO-9-1, en" in done.out
    assert (tmp_path / "print/crf.pdf").read_bytes().startswith(b"%PDF-")


def test_a_definition_with_errors_is_not_printed(edc, folder, tmp_path):
    file = folder / "forms/vs.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("type: date", "type: dat"), encoding="utf-8")
    done = edc("study", "crf", folder, "--out", tmp_path / "crf.pdf")
    assert done.code == 1
    assert "has 1 error; 'edc study check" in done.err
    assert not (tmp_path / "crf.pdf").exists()


def test_a_language_the_study_has_not_is_refused_naming_those_it_has(edc, folder, tmp_path):
    done = edc("study", "crf", folder, "--language", "ko", "--out", tmp_path / "crf.pdf")
    assert done.code == 2
    assert "'ko' is no language of DEMO-9. It has: en" in done.err
    assert not (tmp_path / "crf.pdf").exists()
