"""The programs beside an export of the example trial are run: they find its rows, types, labels and codes."""

import json
import shutil
import subprocess
import sys

from tests.databases import on_sqlite
from tests.requirements import not_run

#: What both programs tell of the export, as JSON.
IN_PYTHON = """
import json, polars
from read import datasets, labels, code_lists
print(json.dumps({
    "rows": {name: frame.height for name, frame in datasets.items()},
    "labels": labels,
    "code_lists": code_lists,
    "levels": {f"{name}.{column}": frame.schema[column].categories.to_list()
               for name, frame in datasets.items() for column in frame.columns
               if isinstance(frame.schema[column], polars.Enum)},
    "filled": {f"{name}.{column}": frame.height - frame[column].null_count()
               for name, frame in datasets.items() for column in frame.columns},
    "sums": {f"{name}.{column}": round(float(frame[column].sum()), 6)
             for name, frame in datasets.items() for column in frame.columns if frame.schema[column].is_numeric()},
}))
"""
IN_R = r"""
source("read.R", chdir = TRUE)
quoted <- function(text) paste0('"', gsub('(["\\\\])', '\\\\\\1', enc2utf8(text)), '"')
each <- function(values, said) paste0("{", paste0(quoted(names(values)), ": ", vapply(values, said, ""), collapse = ", "), "}")
list_of <- function(texts) paste0("[", paste0(quoted(texts), collapse = ", "), "]")
columns <- list()
for (name in names(datasets)) for (column in names(datasets[[name]])) {
  columns[[paste0(name, ".", column)]] <- datasets[[name]][[column]]
}
factors <- columns[vapply(columns, is.factor, TRUE)]
numbers <- columns[vapply(columns, is.numeric, TRUE)]
out <- file("said.json", "wb")
writeLines(useBytes = TRUE, con = out, c(
  '{"rows":', each(datasets, function(data) as.character(nrow(data))),
  ', "labels":', each(datasets, function(data) each(data, function(column) quoted(attr(column, "label")))),
  ', "code_lists":', each(Filter(length, code_lists), function(texts) each(texts, quoted)),
  ', "levels":', each(factors, function(column) list_of(levels(column))),
  ', "filled":', each(columns, function(column) as.character(sum(!is.na(column)))),
  ', "sums":', each(numbers, function(column) format(round(sum(column, na.rm = TRUE), 6), digits = 15)), "}"))
close(out)
"""


def in_python(folder):
    command = [sys.executable, "-c", IN_PYTHON]
    return json.loads(subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout)


def in_r(folder):
    rscript = shutil.which("Rscript") or not_run(
        "R is not there; on Debian as root: apt-get install r-base-core"
    )
    (folder / "tell.R").write_text(IN_R, encoding="utf-8")
    done = subprocess.run(
        [rscript, "--vanilla", "tell.R"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "said.json").read_bytes())


@on_sqlite
def test_python_and_r_find_the_same_export(export):
    exported = export("csv")
    rows = {
        name.removesuffix(".csv"): facts["rows"]
        for name, facts in exported.manifest["files"].items()
        if name.endswith(".csv") and name not in {"codelists.csv", "data_origin.csv", "dictionary.csv"}
    }
    by_python = in_python(exported.folder)
    assert by_python["rows"] == rows
    assert by_python["labels"]["DM"]["SEX"]
    assert by_python["levels"]["DM.SEX"] == ["F", "M", "U", "INTERSEX"]  # also those of nobody
    assert any(by_python["sums"].values())
    by_r = in_r(exported.folder)
    by_r["code_lists"] |= {oid: texts for oid, texts in by_python["code_lists"].items() if not texts}
    assert {part: by_r[part] for part in by_python} == by_python


@on_sqlite
def test_a_file_that_lost_a_row_is_not_read(export):
    folder = export("csv").folder
    file = folder / "subjects.csv"
    file.write_bytes(b"\r\n".join(file.read_bytes().split(b"\r\n")[:-2]) + b"\r\n")
    done = subprocess.run(
        [sys.executable, "read.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert "subjects.csv is not the file of this export: 2 rows" in done.stderr
    assert done.returncode == 1
