"""The order in which the first statement of a write takes its locks."""

from edc_core.store import locks
from tests.databases import on_postgres


@on_postgres
def test_the_site_s_lock_is_taken_before_the_row_of_the_head(core):
    """Who freezes or locks takes them in this order too; the other way round two writers could wait for each other."""
    text = str(locks._SUBJECT_SITE_LOCKED.compile(dialect=core.engine.dialect))
    with core.read() as source:
        plan = source.connection.exec_driver_sql("EXPLAIN (VERBOSE) " + text, {"study": "s", "key": "k"})
        lines = plan.scalars().all()
    assert lines[0].startswith("LockRows")
    below = next(place for place, line in enumerate(lines) if line.lstrip().startswith("->"))
    assert "pg_advisory_xact_lock_shared" in lines[below + 1]
