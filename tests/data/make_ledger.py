"""The recipe of the ledgers beside it: python make_ledger.py OUT.sql, in the sources of the release that is to be kept.

They are made once for each schema and never again: what a release wrote is what later ones have to read.
"""

import sqlite3
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

from edc_core.core import Core
from edc_core.domain.commands import DecideRedaction, OpenQuery, Reason, RequestRedaction
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import queries, redacting
from edc_core.settings import Settings
from edc_core.store import schema
from edc_core.testing import FakeClock
from tests.builders import Trial, vital_signs

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        file, clock = Path(folder) / "edc.db", FakeClock()
        core = Core(
            Settings(database_url=f"sqlite:///{file}", files_dir=file.parent / "files"), EdcPlugins(()), clock
        )
        schema.upgrade(core.engine)
        trial = Trial(core, vital_signs("GOLDEN").build())
        for key in ("S-001", "S-002"):
            trial.add_subject(key)
            trial.save(key, {"VS.SYSBP": "300", "VS.DIABP": " 80,0 ", "VS.NOTE": "두통 \u2028 <b>"})
            clock.advance(minutes=5)
            trial.complete(key, "VS")
            trial.run_checks(key)
            trial.save(key, {"VS.SYSBP": "130"}, reason=Reason("other", "Read the wrong line"))
            place = {"subject_key": key, "path": trial.path("VS.NOTE")}
            trial.act(trial.dm, queries.open_query, OpenQuery, text="Since when?", **place)
        # From 0100 on: a name that two persons took out.
        why = Reason(text="An identity was entered by mistake.")
        for value in ("Gildong Hong", "x"):
            trial.save("S-001", {"VS.NOTE": value}, reason=why)
        [n] = [e["n"] for e in trial.entries("S-001") if e["payload"].get("raw") == "Gildong Hong"]
        named = {"subject_key": "S-001", "reason": why}
        asked = trial.act(trial.dm, redacting.request_redaction, RequestRedaction, n=n, **named)
        decided = {"request": asked["request"], "approve": True}
        trial.act(trial.spo, redacting.decide_redaction, DecideRedaction, **named, **decided)
        core.close()
        with sqlite3.connect(file) as database:
            Path(sys.argv[1]).write_text("\n".join(database.iterdump()), encoding="utf-8")
