"""How far a subject of HERSC-301 came, and when it died: nothing that is entered is of a day after that."""

from __future__ import annotations

from datetime import date, timedelta

from edc_core_simulate.case import Case

AT_THE_END = frozenset({"S1", "S2", "S8"})  #: stories that need visits up to cycle 8
REACHED = (("SCR", 1), ("C1D1", 1), ("C2D1", 3), ("C3D1", 3), ("C5D1", 2), ("C8D1", 1))


def last_visit(case: Case) -> str:
    """OID of the visit after which nothing is entered yet."""
    if case.scenarios & AT_THE_END:
        return "C8D1"
    reached = case.at("last visit").weighted(REACHED)
    return "C2D1" if case.scenarios and reached == "SCR" else reached


def died_after(case: Case) -> date:
    """The day of death of a subject that dies: some days after its last visit, so that it comes to no other."""
    return case.day(last_visit(case)) + timedelta(days=case.at("AE", "death").whole(9, 20))
