"""Whether the files that the ledger names are there, and are what was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.store import file_entries

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from edc_core.ledger.verify import Report
    from edc_core.store.files import FileFolder, Standing


def verify_files(connection: Connection, report: Report, files: FileFolder, study_id: str | None) -> None:
    """Read every file once and compare its bytes with the hash in the ledger."""
    known: dict[str, Standing] = {}
    for entry in file_entries.every(connection, study_id):
        here = (entry.study_id, entry.chain, entry.n)
        sha256 = entry.file.sha256
        if sha256 not in known:
            known[sha256] = files.standing(sha256)
        if known[sha256] == "missing":
            report.add(*here, "file missing", f"File {sha256} is not in the folder of files.")
        elif known[sha256] == "changed":
            report.add(*here, "file", f"The bytes of file {sha256} are not those that were given.")
    for entry in file_entries.taken_out(connection, study_id):
        if files.standing(entry.file.sha256) != "missing":
            text = f"Two persons took file {entry.file.sha256} out, and it is in the folder of files."
            report.add(entry.study_id, entry.chain, entry.n, "file redacted", text)
