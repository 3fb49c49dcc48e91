"""Examples of each check: data on which it fires, and data on which it does not (REQ-DAT-05). Run when published."""

from __future__ import annotations

from edc_core.api import CheckExample

_SIX_NO = dict.fromkeys(("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE"), "N")
_CONSENT = {"CONSENT.RFICDAT": "2026-03-01 10:00"}
_SC = {"ECOCCUR": "Y", "ECROUTE": "SUBCUTANEOUS"}
_SC_BEFORE = {f"C1D1/EX_TRA.{item}": code for item, code in _SC.items()} | {
    "C1D1/EX_TRA.ECSTDAT": "2026-03-01",
    "C1D1/EX_TRA.ECLAT": "LEFT",
}
_SC_NOW = {f"C2D1/EX_TRA.{item}": code for item, code in _SC.items()} | {"C2D1/EX_TRA.ECSTDAT": "2026-03-22"}
_DOSED = {"DM.CHILDPOT": "Y", "C1D1/EX_TRA.ECOCCUR": "Y", "C1D1/EX_TRA.ECSTDAT": "2026-03-20"}
_TESTED = {"SCR/PREG.HCG": "NEGATIVE"}

#: Check to what makes it fire and what does not; an address is ITEM, FORM.ITEM or EVENT/FORM.ITEM.
_ROWS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "EC05": ({"SYSBP": "120", "DIABP": "130"}, {"SYSBP": "120", "DIABP": "80"}),
    "EC08": (
        {"AESTDAT": "2026-03-04", "AEENDAT": "2026-03-03"},
        {"AESTDAT": "2026-03-04", "AEENDAT": "2026-03-04"},
    ),
    "EC08P": (
        {"AESTDAT": "2026-11-10", "AEENDAT": "2026-11"},
        {"AESTDAT": "2026-03", "AEENDAT": "2026-04-01"},
    ),
    "EC09": ({"AESER": "Y", **_SIX_NO}, {"AESER": "Y", **_SIX_NO, "AESHOSP": "Y"}),
    "EC10": ({"AESER": "N", **_SIX_NO, "AESHOSP": "Y"}, {"AESER": "N", **_SIX_NO}),
    "EC11": ({"AEOUT": "FATAL", "AETOXGR": "4"}, {"AEOUT": "FATAL", "AETOXGR": "5"}),
    "EC12": ({"AETOXGR": "5", "AESDTH": "N"}, {"AETOXGR": "5", "AESDTH": "Y"}),
    "EC13": ({"AEONGO": "Y", "AEENDAT": "2026-03"}, {"AEONGO": "N", "AEENDAT": "2026-03"}),
    "EC14": ({"AEOUT": "RECOVERED/RESOLVED"}, {"AEOUT": "RECOVERED/RESOLVED", "AEENDAT": "~UNK"}),
    "EC15": (
        {**_CONSENT, "AETERM": "Headache", "AESTDAT": "2026-02"},
        {**_CONSENT, "AETERM": "Headache", "AESTDAT": "2025", "MH.MHTERM": "headache"},
    ),
    "EC24": (
        {"RFICDAT": "2026-03-01 10:00", "SCR/VS.VSDAT": "2026-02-28"},
        {"RFICDAT": "2026-03-01 10:00", "SCR/VS.VSDAT": "2026-03-01"},
    ),
    "EC25": ({"IEYN": "Y", "LVEF.LVEF": "54"}, {"IEYN": "Y", "LVEF.LVEF": "55"}),
    "EC27": (_DOSED, _DOSED | _TESTED | {"SCR/PREG.LBDAT": "2026-03-13"}),
    "EC29": (
        {"HER2IHC": "2+", "HER2ISH": "NOT AMPLIFIED"},
        {"HER2IHC": "2+", "HER2ISH": "AMPLIFIED"},
    ),
    "EC33": ({**_SC, "ECDOSE": "500"}, {**_SC, "ECDOSE": "600", "ECVOL": "5", "ECLOC": "THIGH"}),
    "EC34": (
        _SC_BEFORE | _SC_NOW | {"C2D1/EX_TRA.ECLAT": "LEFT"},
        _SC_BEFORE | _SC_NOW | {"C2D1/EX_TRA.ECLAT": "RIGHT"},
    ),
    "EC38": (
        {"C1D1/EX_TRA.ECSTDAT": "2026-03-01", "C2D1/EX_TRA.ECSTDAT": "2026-03-18"},
        {"C1D1/EX_TRA.ECSTDAT": "2026-03-01", "C2D1/EX_TRA.ECSTDAT": "2026-03-22"},
    ),
    "EC41": (
        {"SCR/LVEF.LVEF": "62", "C2D1/LVEF.LVEF": "48"},
        {"SCR/LVEF.LVEF": "62", "C2D1/LVEF.LVEF": "50"},
    ),
    "EC43": (
        {"SCR/LVEF.CVMETHOD": "ECHOCARDIOGRAPHY", "C2D1/LVEF.CVMETHOD": "MUGA SCAN"},
        {"SCR/LVEF.CVMETHOD": "MUGA SCAN", "C2D1/LVEF.CVMETHOD": "MUGA SCAN"},
    ),
    "EC45": (
        {"SCR/VS.VSDAT": "2026-03-10", "C1D1/VS.VSDAT": "2026-03-09"},
        {"SCR/VS.VSDAT": "2026-03-10", "C1D1/VS.VSDAT": "2026-03-10"},
    ),
}


def shown(oid: str) -> tuple[CheckExample, ...]:
    """The examples of a check.

    :raises KeyError: it has none, so it may not be registered.
    """
    fires, passes = _ROWS[oid]
    return (
        CheckExample(fires=True, values=tuple(fires.items())),
        CheckExample(fires=False, values=tuple(passes.items())),
    )
