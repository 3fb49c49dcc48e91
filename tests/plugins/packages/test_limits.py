"""Each limit of a package, with a record that breaks it: nothing is cut off, and nothing of the package is there then."""

from dataclasses import replace

import pyreadstat
import pytest
from edc_core_packages import package as making

from edc_core.api import DataType, ExportRefused, TabularDataset, Variable

SDTM = "m5/datasets/pack-1/tabulations/sdtm"
LONG = "word " * 45 + "end"  # 228 letters


def written(trial):
    return [path.name for path in trial.folder.rglob("*.xpt")]


@pytest.mark.parametrize(
    ("authority", "what"), [("fda", "é"), ("ema", "é"), ("mhra", "é"), ("pmda", "頭痛"), ("mfds", "두통")]
)
def test_a_character_that_is_not_ascii_is_named_with_its_record(small, authority, what):
    small.event("US-001", AETERM="Headache", AESTDAT="2026-02-03")
    small.event("US-001", AETERM=f"Pain {what}", AESTDAT="2026-02-04")
    with pytest.raises(ExportRefused) as refused:
        small.package(authority)
    if authority == "pmda":  # its own rule comes before the format
        assert "JP-B5 error AE, record 2, AETERM" in refused.value.message
    else:
        assert "AE AETERM, record 2: has characters that ascii lacks" in refused.value.message
        assert f"U+{ord(what[0]):04X}" in refused.value.message
    assert written(small) == []


@pytest.mark.parametrize("authority", ["fda", "ema", "mhra", "mfds", "pmda", "nmpa"])
def test_a_text_of_more_than_two_hundred_bytes_goes_on_in_supp(small, authority):
    said = "痛" * 150 if authority == "nmpa" else LONG
    small.event("US-001", AETERM=said, AESTDAT="2026-02-03")
    folder = small.package(authority).folder / SDTM
    encoding = "gb18030" if authority == "nmpa" else None
    term, _ = pyreadstat.read_xport(folder / "ae.xpt", output_format="dict", encoding=encoding)
    more, _ = pyreadstat.read_xport(folder / "suppae.xpt", output_format="dict", encoding=encoding)
    rest = [
        value for name, value in zip(more["QNAM"], more["QVAL"], strict=True) if name.startswith("AETERM")
    ]
    parts = [*term["AETERM"], *rest]
    assert len(parts) > 1
    assert all(len(one.encode(encoding or "ascii")) <= 200 for one in parts)
    assert (" " if authority != "nmpa" else "").join(parts) == said


def of_rule(trial, authority, table, monkeypatch):
    """A package whose tabulation brings one dataset more, as a derivation of a trial may."""
    from contextlib import contextmanager

    real = making._tools

    @contextmanager
    def tabulated(dataset, progress, encoding):
        with real(dataset)[0](dataset, progress, encoding) as made:
            yield replace(made, datasets=(*made.datasets, table))

    monkeypatch.setattr(making, "_tools", lambda dataset: (tabulated, real(dataset)[1]))
    return trial.package(authority)


def a_table(name="XX", variable="XXTERM", label="Term", cells=("a",)):
    return TabularDataset(
        name,
        "Of the trial",
        (Variable(variable, label, DataType.TEXT, variable),),
        lambda: iter([[one] for one in cells]),
        name,
    )


@pytest.mark.parametrize("authority", ["fda", "ema", "mhra", "mfds", "pmda", "nmpa"])
@pytest.mark.parametrize(
    ("broken", "said"),
    [({"variable": "XXLONGNAM"}, "XXLONGNAM"), ({"variable": "1X"}, "1X"), ({"name": "TOOLONGNM"}, "TOOLONGNM"),
     ({"label": "x" * 41}, "40"), ({"cells": ("x" * 201,)}, "longer than 200 bytes")],
)  # fmt: skip
def test_names_labels_and_values_that_do_not_fit_are_refused(small, monkeypatch, authority, broken, said):
    with pytest.raises(ExportRefused) as refused:
        of_rule(small, authority, a_table(**broken), monkeypatch)
    assert said in refused.value.message
    assert written(small) == []


@pytest.mark.parametrize("authority", ["fda", "nmpa"])
def test_a_file_that_is_too_large_lies_there_whole_and_in_parts(small, monkeypatch, authority):
    """FDA takes 5 GB and NMPA 4 GB in a file: here it is four kilobytes."""
    for number in range(40):
        small.event("US-001", AETERM=f"Headache {number:03}" + "x" * 100, AESTDAT="2026-02-03")
    real = making.asked_by

    def smaller(name, dataset):
        asked = real(name, dataset)
        return replace(
            asked,
            profile=replace(asked.profile, transport=replace(asked.profile.transport, most_bytes=9_000)),
        )

    monkeypatch.setattr(making, "asked_by", smaller)
    folder = small.package(authority).folder / SDTM
    encoding = None if authority == "fda" else "gb18030"
    whole, _ = pyreadstat.read_xport(folder / "ae.xpt", output_format="dict", encoding=encoding)
    parts = sorted((folder / "split").glob("ae*.xpt"), key=lambda one: int(one.stem[2:]))
    assert [one.name for one in parts] == [f"ae{n}.xpt" for n in range(1, len(parts) + 1)]
    assert len(parts) > 1
    assert all(one.stat().st_size <= 9_000 for one in parts)
    joined = [
        term
        for one in parts
        for term in pyreadstat.read_xport(one, output_format="dict", encoding=encoding)[0]["AETERM"]
    ]
    assert joined == whole["AETERM"]
    assert len(joined) == 40


def test_pmda_takes_japanese_in_a_declared_variable_and_its_encoding_is_in_the_guide(made_of, text, words_of):
    asked = text.replace(
        'edc-core-country-jp: ">=0.1,<0.2"',
        'edc-core-country-jp: {range: ">=0.1,<0.2", settings: {alternates: AE.AETERM}}',
    )
    trial = made_of(asked)
    trial.enrol("US-001")
    trial.event("US-001", AETERM="頭痛", AESTDAT="2026-02-03")
    folder = trial.package("pmda").folder / SDTM
    found, _ = pyreadstat.read_xport(folder / "ae.xpt", output_format="dict", encoding="shift_jis")
    assert found["AETERM"] == ["頭痛"]
    assert "Encoding of the datasets shift_jis" in words_of(folder / "sdrg.pdf")
