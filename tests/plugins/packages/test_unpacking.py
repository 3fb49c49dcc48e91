"""A ZIP archive from a browser is unpacked without its tricks."""

import io
import zipfile

import pytest
from edc_core_packages import unpacking
from edc_core_packages.unpacking import unpack

from edc_core.api import ExportRefused


def archive(tmp_path, files, name="adam.zip"):
    file = tmp_path / name
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for path, content in files:
            target.writestr(path, content)
    return file


def unpacked(tmp_path, *files):
    folder = tmp_path / "out"
    folder.mkdir()
    unpack(archive(tmp_path, files), folder)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("top", ["", "adam/", "Analysis data/"])
def test_a_folder_around_all_of_it_and_what_systems_add_do_not_count(tmp_path, top):
    found = unpacked(
        tmp_path, (f"{top}adsl.xpt", b"1"), (f"{top}programs/adsl.sas", b"2"), ("__MACOSX/._adsl.xpt", b"x"),
        (f"{top}.DS_Store", b"x"),
    )  # fmt: skip
    assert found == {"adsl.xpt": b"1", "programs/adsl.sas": b"2"}


def test_programs_alone_stay_programs(tmp_path):
    assert unpacked(tmp_path, ("programs/adsl.sas", b"2")) == {"programs/adsl.sas": b"2"}


@pytest.mark.parametrize(
    ("files", "said"),
    [([("../adsl.xpt", b"1")], "which leads out of it"), ([("/etc/adsl.xpt", b"1")], "which leads out of it"),
     ([("C:/adsl.xpt", b"1")], "which leads out of it"), ([("a/..\\..\\adsl.xpt", b"1")], "which leads out of it"),
     ([("adsl.xpt", b"1"), ("ADSL.xpt", b"1")], "two files with the name 'ADSL.xpt'"),
     ([("adsl.xpt", b"\0" * 50_000_000)], "too much"),
     ([(f"programs/{n}.sas", b"") for n in range(2_001)], "holds 2,001 files; 2,000 are the most")],
)  # fmt: skip
def test_what_is_not_taken_is_said_and_nothing_lies_outside(tmp_path, files, said):
    with pytest.raises(ExportRefused, match=said):
        unpacked(tmp_path, *files)
    assert {path.name for path in tmp_path.rglob("*")} <= {"adam.zip", "out"}


def test_a_file_that_is_no_archive_or_was_cut_off(tmp_path):
    good = archive(tmp_path, [("adsl.xpt", b"1" * 1000)]).read_bytes()
    damaged = bytearray(good)
    damaged[good.index(b"adsl.xpt") + len(b"adsl.xpt")] = 0xFF  # a kind of block that is none
    for content in (b"no archive", good[: len(good) // 2], damaged):
        file = tmp_path / "bad.zip"
        file.write_bytes(content)
        (folder := tmp_path / "out").mkdir(exist_ok=True)
        with pytest.raises(ExportRefused, match="Make it anew and send it again"):
            unpack(file, folder)


def test_a_password_is_said_before_anything_is_unpacked(tmp_path):
    content = io.BytesIO(archive(tmp_path, [("adsl.xpt", b"1")]).read_bytes()).getvalue()
    locked = bytearray(content)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + at] |= unpacking._ENCRYPTED
    file = tmp_path / "locked.zip"
    file.write_bytes(locked)
    (folder := tmp_path / "out").mkdir()
    with pytest.raises(ExportRefused, match="without a password"):
        unpack(file, folder)
    assert not list(folder.iterdir())
