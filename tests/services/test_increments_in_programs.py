"""``onto`` of the programs beside an export of changes: with them an earlier export is the whole one of the later state."""

import csv
import json
import shutil
import subprocess
import sys

import pytest

from tests.databases import on_sqlite
from tests.requirements import not_run
from tests.services.test_increments import DONE, base, core, do, export  # noqa: F401

IN_PYTHON = """
import runpy, sys
base, *increments, out = sys.argv[1:]
found = runpy.run_path(base + "/read.py")["datasets"]
for folder in increments:
    found = runpy.run_path(folder + "/read.py")["onto"](found)
for name, frame in found.items():
    frame.write_csv(f"{out}/{name}.csv")
"""
IN_R = """
said <- commandArgs(trailingOnly = TRUE)
program <- function(folder) {
  inside <- new.env()
  source(file.path(folder, "read.R"), local = inside, chdir = TRUE)
  inside
}
found <- program(said[1])$datasets
for (folder in said[-c(1, length(said))]) found <- program(folder)$onto(found)
for (name in names(found)) {
  stopifnot(!is.null(attr(found[[name]]$STUDYID, "label")))
  write.csv(found[[name]], file.path(said[length(said)], paste0(name, ".csv")), row.names = FALSE, na = "")
}
"""


def in_python(folders, out):
    command = [sys.executable, "-c", IN_PYTHON, *map(str, folders), str(out)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def in_r(folders, out):
    rscript = shutil.which("Rscript") or not_run(
        "R is not there; on Debian as root: apt-get install r-base-core"
    )
    (out / "onto.R").write_text(IN_R)
    command = [rscript, "--vanilla", str(out / "onto.R"), *map(str, folders), str(out)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def rows(folder):
    """Filled cells of each file of data, in no order; a number in whatever way it is written."""
    found = {}
    for file in folder.glob("*.csv"):
        if file.stem not in ("dictionary", "codelists", "data_origin"):
            with file.open(encoding="utf-8", newline="") as stream:
                read = csv.DictReader(stream)
                found[file.stem] = sorted(json.dumps({k: v for k, v in row.items() if v}) for row in read)
    return found


@on_sqlite
@pytest.mark.parametrize("program", [in_python, in_r])
def test_changes_are_carried_onto_an_earlier_export(base, tmp_path, program):  # noqa: F811
    trial, _ = base
    folders, cut = [tmp_path / "whole-before"], export(trial, tmp_path / "whole-before")["cut"]
    for number, steps in enumerate(DONE):
        for step in steps:
            do(trial, step)
        folders.append(tmp_path / str(number))
        cut = export(trial, folders[-1], since=cut)["cut"]
    export(trial, tmp_path / "whole", snapshot=cut)
    (tmp_path / "out").mkdir()
    done = program(folders, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert rows(tmp_path / "out") == rows(tmp_path / "whole")
    whole = program([tmp_path / "whole", tmp_path / "whole"], tmp_path / "out")
    assert "This export is whole" in whole.stderr
    assert whole.returncode == 1
