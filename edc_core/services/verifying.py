"""Verification of a whole installation or one study, and the rebuild that proves its projections."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from edc_core.ledger import rebuild as rebuilding
from edc_core.ledger import verify as ledger_verify
from edc_core.store import readers
from edc_core.store.engine import read_only_engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from edc_core.core import Core
    from edc_core.ledger.verify import Report


def verify(
    core: Core, study: str = "", *, rebuild: bool = False, progress: Callable[[int], None] | None = None
) -> Report:
    """Verify without writing: the database is opened read-only.

    :param study: name of one study; empty verifies everything.
    :raises NotFound: there is no such study.
    """
    engine = read_only_engine(core.settings.database_url)
    try:
        with engine.connect() as connection:
            study_id = None
            if study:
                study_id = readers.find_study(connection, study).study_id
            report = ledger_verify.verify(
                connection,
                study_id=study_id,
                anchor_file=core.settings.anchor_file,
                files=core.files,
                progress=progress,
            )
            if rebuild:
                with tempfile.TemporaryDirectory(prefix="edc-rebuild-") as folder:
                    rebuilding.prove(connection, report, study_id, Path(folder) / "rebuilt.db")
    finally:
        engine.dispose()
    return report
