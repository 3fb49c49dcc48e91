"""Who the subjects of a study were is found without a look at what was collected of them."""

from sqlalchemy import insert

from edc_core.domain.ledger_entry import COLUMNS
from edc_core.ledger.study_at_cut import about_subjects
from edc_core.store.ledger_tables import ledger_entry


def values_of_subjects(study_id, *, subjects, values):
    """Entries as a ledger has them by the thousand, each subject with a chain of its own."""
    blank = dict.fromkeys(COLUMNS, "")
    return [
        blank
        | {
            "study_id": study_id, "chain": f"c{chain}", "n": n, "op": f"o{chain}-{n}", "op_index": 0,
            "kind": "item.set" if n > 1 else "subject.add", "path": f"V1[1]/VS[1]/VS[1]/VS.I{n}",
            "at": f"2026-01-02T00:00:00.{n:06}Z", "payload": "{}",
            "prev": f"hash {chain} {n - 1}" if n > 1 else "", "hash": f"hash {chain} {n}",
        }
        for chain in range(subjects) for n in range(1, values + 2)
    ]  # fmt: skip


def test_subjects_are_found_by_the_kind_of_their_entries(core):
    with core.engine.connect().execution_options(edc_write=True) as connection:
        rows = values_of_subjects("s", subjects=20, values=250)
        connection.execute(insert(ledger_entry), rows)
        is_sqlite = connection.dialect.name == "sqlite"
        if not is_sqlite:
            connection.exec_driver_sql("ANALYZE ledger_entry")
        words = about_subjects("s").compile(connection, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
        plan = " ".join(str(row) for row in connection.exec_driver_sql(f"{explain} {words}"))
        found = connection.execute(about_subjects("s")).all()
        connection.rollback()
    assert "ix_ledger_entry_kind" in plan
    assert "kind" in plan.partition("ix_ledger_entry_kind")[2], "the index is looked up by kind, not walked"
    assert {row.chain for row in found} == {f"c{n}" for n in range(20)}
