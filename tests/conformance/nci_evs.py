"""A release of the controlled terminology in the layout that NCI EVS publishes, made of the table beside the repository."""

import csv

from edc_core_sdtm.terminology import HEADER


def as_published(table, folder, release):
    """:param table: CSV with a row for each term. Gives the file that was written into a folder."""
    lists, terms = {}, {}
    with table.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            code = row["codelist_code"]
            extensible = "Yes" if row["extensible"] == "Y" else "No"
            lists[code] = (code, "", extensible, row["codelist_name"], row["codelist"], "", "", "")
            terms.setdefault(code, []).append(
                (row["term_code"], code, "", row["codelist_name"], row["term"], "", "", "")
            )
    rows = [HEADER, *(row for code, head in lists.items() for row in (head, *terms[code]))]
    file = folder / f"SDTM Terminology {release}.txt"
    file.write_text("".join("\t".join(row) + "\n" for row in rows), "utf-8")
    return file
