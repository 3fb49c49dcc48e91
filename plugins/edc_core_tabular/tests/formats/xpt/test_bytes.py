"""The layout of SAS TS-140, byte by byte, and that the same cells are the same bytes."""

import struct

HEADER = "HEADER RECORD*******{}HEADER RECORD!!!!!!!{}  "
AT = "04MAR26:05:06:07"
SYSTEM = "9.4     " + " " * 32 + AT


def namestr(kind, width, number, name, label, position):
    return struct.pack(
        ">hhhh8s40s8shhh2s8shhl52s",
        kind, 0, width, number, name.ljust(8).encode(), label.ljust(40).encode(), b" " * 8, 0, 0, 0, b"\0\0",
        b" " * 8, 0, 0, position, bytes(52),
    )  # fmt: skip


def test_a_file_is_laid_out_as_published(table, write):
    sink = write(table(TERM=("text", ["cold", "flu"]), N=("integer", ["1", None])))
    expected = [
        HEADER.format("LIBRARY ", "0" * 30).encode(),
        ("SAS     SAS     SASLIB  " + SYSTEM).encode(),
        (AT + " " * 64).encode(),
        HEADER.format("MEMBER  ", "000000000000000001600000000140").encode(),
        HEADER.format("DSCRPTR ", "0" * 30).encode(),
        ("SAS     AE      SASDATA " + SYSTEM).encode(),
        (AT + " " * 16 + "Adverse Events".ljust(40) + " " * 8).encode(),
        HEADER.format("NAMESTR ", "000000000200000000000000000000").encode(),
        (namestr(2, 4, 1, "TERM", "Term", 0) + namestr(1, 8, 2, "N", "N", 4)).ljust(320, b" "),
        HEADER.format("OBS     ", "0" * 30).encode(),
        (b"cold\x41\x10\0\0\0\0\0\0flu \x2e\0\0\0\0\0\0\0").ljust(80, b" "),
    ]
    data = sink.files["ae.xpt"]
    assert [data[n : n + 80] for n in range(0, len(data), 80)] == [
        part[n : n + 80] for part in expected for n in range(0, len(part), 80)
    ]


def test_the_same_cells_are_the_same_bytes(table, write):
    tables = [table(name, N=("float", ["1.5", None]), T=("text", ["a", "b"])) for name in ("AE", "CM")]
    assert write(*tables).files == write(*tables).files
