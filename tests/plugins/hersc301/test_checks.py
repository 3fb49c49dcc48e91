"""For each check, rows of examples: what is in the casebook, and where it fires."""

import pytest
from edc_core_trial_hersc301.plugin import CHECKS

from edc_core.api import Severity
from edc_core.check_host.running import run_check
from edc_core.domain.casebook_picture import CasebookPicture
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.plugin_identity import PluginIdentity
from edc_core.plugin_manager import RegisteredCheck
from tests.plugins.hersc301.picture import ITEMS, LOGS, casebook, version, view

INDEX = MetaDataIndex(version())
PLUGIN = PluginIdentity("trial_hersc301", "edc-core-trial-hersc301", "0.1.0", "0" * 64)
BY_OID = {check.oid: check for check in CHECKS}
SIX_NO = "AESDTH=N;AESLIFE=N;AESHOSP=N;AESDISAB=N;AESCONG=N;AESMIE=N"
CONSENT = "SCR CONSENT RFICDAT=2026-03-01T10:00"
IN = "SCR IE IEYN=Y;IEDAT=2026-03-10"
SC = "ECOCCUR=Y;ECROUTE=SUBCUTANEOUS"

#: check, lines of the casebook, expected items (with the finding's key after a colon); empty: silent
EXAMPLES = [
    ("EC05", ["SCR VS SYSBP=120;DIABP=120"], "DIABP"),
    ("EC05", ["SCR VS SYSBP=120;DIABP=130"], "DIABP"),
    ("EC05", ["SCR VS SYSBP=120;DIABP=80"], ""),
    ("EC05", ["SCR VS SYSBP=120"], ""),
    ("EC05", ["SCR VS SYSBP=120;DIABP=~ND"], ""),
    ("EC05", ["SCR VS SYSBP=!12o;DIABP=80"], ""),
    ("EC08", ["LOGS AE[1] AESTDAT=2026-03-04;AEENDAT=2026-03-03"], "AEENDAT"),
    ("EC08", ["LOGS AE[1] AESTDAT=2026-04;AEENDAT=2026-03-31"], "AEENDAT"),
    ("EC08", ["LOGS AE[1] AESTDAT=2026-03;AEENDAT=2026-03-10"], ""),
    ("EC08", ["LOGS AE[1] AESTDAT=2026-03-04;AEENDAT=2026-03-04"], ""),
    ("EC08", ["LOGS AE[1] AESTDAT=2026-03-04"], ""),
    ("EC08P", ["LOGS AE[1] AESTDAT=2026-11-10;AEENDAT=2026-11"], "AEENDAT"),
    ("EC08P", ["LOGS AE[1] AESTDAT=2026-11;AEENDAT=2026-11"], ""),
    ("EC08P", ["LOGS AE[1] AESTDAT=2026-03-04;AEENDAT=2026-03-03"], ""),
    ("EC08P", ["LOGS AE[1] AESTDAT=2026-03;AEENDAT=2026-04-01"], ""),
    ("EC08P", ["LOGS AE[1] AEENDAT=2026-04"], ""),
    ("EC09", [f"LOGS AE[1] AESER=Y;{SIX_NO}"], "AESER"),
    ("EC09", ["LOGS AE[1] AESER=Y;AESDTH=N;AESLIFE=N"], ""),
    ("EC09", [f"LOGS AE[1] AESER=N;{SIX_NO}"], ""),
    ("EC09", [f"LOGS AE[1] AESER=Y;{SIX_NO};AESHOSP=Y"], ""),
    ("EC10", [f"LOGS AE[1] AESER=N;{SIX_NO};AESHOSP=Y"], "AESER"),
    ("EC10", ["LOGS AE[1] AESHOSP=Y"], ""),
    ("EC10", [f"LOGS AE[1] AESER=N;{SIX_NO}"], ""),
    ("EC11", ["LOGS AE[1] AEOUT=FATAL;AETOXGR=4"], "AETOXGR"),
    ("EC11", ["LOGS AE[1] AEOUT=FATAL;AETOXGR=5"], ""),
    ("EC11", ["LOGS AE[1] AEOUT=FATAL"], ""),
    ("EC12", ["LOGS AE[1] AETOXGR=5;AESDTH=N"], "AESDTH"),
    ("EC12", ["LOGS AE[1] AETOXGR=5;AESDTH=Y"], ""),
    ("EC12", ["LOGS AE[1] AETOXGR=5"], ""),
    ("EC13", ["LOGS AE[1] AEONGO=Y;AEENDAT=2026-03"], "AEENDAT"),
    ("EC13", ["LOGS AE[1] AEONGO=N;AEENDAT=2026-03"], ""),
    ("EC13", ["LOGS AE[1] AEONGO=Y"], ""),
    ("EC14", ["LOGS AE[1] AEOUT=RECOVERED/RESOLVED"], "AEENDAT"),
    ("EC14", ["LOGS AE[1] AEOUT=RECOVERED/RESOLVED;AEENDAT=~UNK"], ""),
    ("EC14", ["LOGS AE[1] AEOUT=RECOVERED/RESOLVED;AEENDAT=!soon"], ""),
    ("EC14", ["LOGS AE[1] AEOUT=RECOVERED/RESOLVED;AEENDAT=2026"], ""),
    ("EC14", ["LOGS AE[1] AEOUT=NOT RECOVERED/NOT RESOLVED"], ""),
    ("EC15", [CONSENT, "LOGS AE[1] AETERM=Headache;AESTDAT=2026-02-28"], "AESTDAT"),
    ("EC15", [CONSENT, "LOGS AE[1] AETERM=Headache;AESTDAT=2026-02"], "AESTDAT"),
    ("EC15", [CONSENT, "LOGS AE[1] AETERM=Headache;AESTDAT=2026"], ""),
    ("EC15", [CONSENT, "LOGS AE[1] AETERM=Headache;AESTDAT=2026-03-01"], ""),
    ("EC15", [CONSENT, "LOGS AE[1] AETERM=Headache;AESTDAT=2025", "SCR MH[1] MHTERM=HEAD  ACHE"], "AESTDAT"),
    ("EC15", [CONSENT, "LOGS AE[1] AETERM=Headache;AESTDAT=2025", "SCR MH[3] MHTERM=headache "], ""),
    ("EC15", ["LOGS AE[1] AETERM=Headache;AESTDAT=2025"], ""),
    ("EC24", [CONSENT, "SCR VS VSDAT=2026-02-28", "SCR PREG LBDAT=2026-02-27"], "VSDAT LBDAT"),
    ("EC24", [CONSENT, "SCR VS VSDAT=2026-03-01"], ""),
    ("EC24", [CONSENT, "SCR CONSENT#2 RFICDAT=2026-06-01T09:00", "SCR VS VSDAT=2026-03-02"], ""),
    ("EC24", ["SCR CONSENT RFICDAT=~UNK", "SCR VS VSDAT=2020-03-02"], ""),
    ("EC25", [IN, CONSENT, "SCR DM BRTHDAT=2008-03-02"], "IEYN:I01"),
    ("EC25", [IN, CONSENT, "SCR DM BRTHDAT=2009"], "IEYN:I01"),
    ("EC25", [IN, CONSENT, "SCR DM BRTHDAT=2008"], ""),
    ("EC25", [IN, CONSENT, "SCR DM BRTHDAT=2008-03-01"], ""),
    ("EC25", [IN, "SCR DM SEX=M", "SCR BCH HER2IHC=1+;HER2ISH=NOT DONE"], "IEYN:I02 IEYN:I03"),
    ("EC25", [IN, "SCR DM SEX=F", "SCR BCH HER2IHC=3+;HER2ISH=NOT DONE"], ""),
    ("EC25", [IN, "SCR BCH HER2IHC=1+"], ""),
    ("EC25", [IN, "SCR LVEF LVEF=54", "SCR ECOG ECOG101=2"], "IEYN:I05 IEYN:I06"),
    ("EC25", [IN, "SCR LVEF LVEF=55", "SCR ECOG ECOG101=1", "C1D1 ECOG ECOG101=2"], ""),
    ("EC25", [IN, "SCR LB_HEM NEUT=1.49"], "IEYN:I07"),
    ("EC25", [IN, "SCR LB_HEM PLAT=99"], "IEYN:I07"),
    ("EC25", [IN, "SCR LB_HEM NEUT=1.50;PLAT=100"], ""),
    ("EC25", [IN, "SCR DM CHILDPOT=Y", "SCR PREG HCG=POSITIVE"], "IEYN:I10"),
    ("EC25", [IN, "SCR CONSENT WITHDRAWDAT=2026-03-09"], "IEYN:I12"),
    ("EC25", ["SCR IE IEYN=N", "SCR DM SEX=M"], ""),
    ("EC27", ["SCR DM CHILDPOT=Y", "C1D1 EX_TRA ECSTDAT=2026-03-20"], "ECSTDAT"),
    (
        "EC27",
        ["SCR DM CHILDPOT=Y", "C1D1 EX_TRA ECSTDAT=2026-03-20", "SCR PREG LBDAT=2026-03-12;HCG=NEGATIVE"],
        "ECSTDAT",
    ),
    (
        "EC27",
        ["SCR DM CHILDPOT=Y", "C1D1 EX_TRA ECSTDAT=2026-03-20", "SCR PREG LBDAT=2026-03-13;HCG=NEGATIVE"],
        "",
    ),
    (
        "EC27",
        ["SCR DM CHILDPOT=Y", "C1D1 EX_TRA ECSTDAT=2026-03-20", "SCR PREG LBDAT=2026-03-21;HCG=NEGATIVE"],
        "ECSTDAT",
    ),
    ("EC27", ["SCR DM CHILDPOT=N-SURGICAL", "C1D1 EX_TRA ECSTDAT=2026-03-20"], ""),
    ("EC27", ["SCR DM CHILDPOT=Y", "C1D1 EX_TRA ECOCCUR=N;ECSTDAT=2026-03-20"], ""),
    ("EC29", ["SCR BCH HER2IHC=2+;HER2ISH=EQUIVOCAL"], "HER2ISH"),
    ("EC29", ["SCR BCH HER2IHC=2+;HER2ISH=AMPLIFIED"], ""),
    ("EC29", ["SCR BCH HER2IHC=2+"], ""),
    ("EC29", ["SCR BCH HER2IHC=3+;HER2ISH=NOT DONE"], ""),
    ("EC33", [f"C1D1 EX_TRA {SC};ECDOSE=500.0;ECVOL=4.0;ECLOC=ABDOMEN"], "ECDOSE ECVOL ECLOC"),
    ("EC33", [f"C1D1 EX_TRA {SC};ECSTTIM=10:00;ECENTIM=10:06"], "ECENTIM"),
    ("EC33", [f"C1D1 EX_TRA {SC};ECSTTIM=10:00;ECENTIM=10:01"], "ECENTIM"),
    ("EC33", [f"C1D1 EX_TRA {SC};ECDOSE=600.0;ECVOL=5.0;ECLOC=THIGH;ECSTTIM=23:58;ECENTIM=00:02"], ""),
    ("EC33", [f"C1D1 EX_TRA {SC}"], ""),
    ("EC33", ["C1D1 EX_TRA ECROUTE=INTRAVENOUS;ECDOSE=480.0"], ""),
    (
        "EC34",
        [
            f"C1D1 EX_TRA {SC};ECSTDAT=2026-03-01;ECLAT=LEFT",
            f"C2D1 EX_TRA {SC};ECSTDAT=2026-03-22;ECLAT=LEFT",
        ],
        "ECLAT",
    ),
    (
        "EC34",
        [
            f"C1D1 EX_TRA {SC};ECSTDAT=2026-03-01;ECLAT=LEFT",
            f"C2D1 EX_TRA {SC};ECSTDAT=2026-03-22;ECLAT=RIGHT",
        ],
        "",
    ),
    ("EC34", [f"C1D1 EX_TRA {SC};ECSTDAT=2026-03-01", f"C2D1 EX_TRA {SC};ECSTDAT=2026-03-22"], ""),
    ("EC38", ["C1D1 EX_TRA ECSTDAT=2026-03-01", "C2D1 EX_TRA ECSTDAT=2026-03-22"], ""),
    ("EC38", ["C1D1 EX_TRA ECSTDAT=2026-03-01", "C2D1 EX_TRA ECSTDAT=2026-03-18"], "ECSTDAT"),
    ("EC38", ["C1D1 EX_TRA ECSTDAT=2026-03-01", "C2D1 EX_TRA ECSTDAT=2026-03-26"], "ECSTDAT"),
    ("EC38", ["C1D1 EX_TRA ECSTDAT=2026-03-01", "C2D1 EX_TRA ECSTDAT=2026-04-20"], "ECSTDAT"),
    ("EC38", ["C1D1 EX_TRA ECSTDAT=2026-03", "C2D1 EX_TRA ECSTDAT=2026-04-20"], ""),
    ("EC38", ["C1D1 EX_TRA ECSTDAT=2026-03-01"], ""),
    ("EC41", ["SCR LVEF LVEF=62", "C2D1 LVEF LVEF=48"], "LVEF:hold LVEF:event"),
    ("EC41", ["SCR LVEF LVEF=62", "C2D1 LVEF LVEF=48", "LOGS AE[1] AESI=CARDIAC"], "LVEF:hold"),
    ("EC41", ["SCR LVEF LVEF=62", "C2D1 LVEF LVEF=50"], ""),
    ("EC41", ["SCR LVEF LVEF=57", "C2D1 LVEF LVEF=48"], ""),
    ("EC41", ["C2D1 LVEF LVEF=40"], ""),
    ("EC43", ["SCR LVEF CVMETHOD=ECHOCARDIOGRAPHY", "C2D1 LVEF CVMETHOD=MUGA SCAN"], "CVMETHOD"),
    ("EC43", ["SCR LVEF CVMETHOD=MUGA SCAN", "C2D1 LVEF CVMETHOD=MUGA SCAN"], ""),
    ("EC43", ["SCR LVEF CVMETHOD=MUGA SCAN", "C2D1 LVEF LVEF=60"], ""),
    ("EC45", ["SCR VS VSDAT=2026-03-10", "C1D1 VS VSDAT=2026-03-09"], "VSDAT"),
    ("EC45", ["SCR VS VSDAT=2026-03-10", "C1D1 VS VSDAT=2026-03-10"], ""),
    ("EC45", ["SCR VS SYSBP=120", "C1D1 VS VSDAT=2026-03-10"], ""),
]


def findings(oid, lines):
    result = run_check(RegisteredCheck(BY_OID[oid], PLUGIN), CasebookPicture(casebook(*lines), INDEX))
    assert result.failures == []
    return result.found


@pytest.mark.parametrize(("oid", "lines", "expected"), EXAMPLES)
def test_example(oid, lines, expected):
    names = [f"{f.path.item.split('.')[1]}:{f.key}".rstrip(":") for f in findings(oid, lines)]
    assert sorted(names) == sorted(expected.split())


@pytest.mark.parametrize("oid", sorted(BY_OID))
def test_every_check_has_an_example_that_fires_and_one_that_does_not(oid):
    outcomes = {bool(expected) for name, _, expected in EXAMPLES if name == oid}
    assert outcomes == {True, False}


@pytest.mark.parametrize("oid", sorted(BY_OID))
@pytest.mark.parametrize("mark", ["~UNK", "!unreadable"])
def test_what_is_missing_or_unreadable_says_nothing(oid, mark):
    """Every item of every form, in two visits: no check may speak, and none may raise."""
    lines = [
        f"{event} {form}{'[1]' if form in LOGS else ''} "
        + ";".join(f"{item}={mark}" for item in items.split())
        for event in ("SCR", "C2D1")
        for form, items in ITEMS.items()
    ]
    assert findings(oid, lines) == []


def test_only_possible_order_of_partial_dates_is_a_warning():
    assert {oid for oid, check in BY_OID.items() if check.severity is Severity.WARNING} == {"EC08P"}


def test_messages_hold_no_collected_value_and_fit():
    for oid, lines, expected in EXAMPLES:
        if expected:
            for found in findings(oid, lines):
                text = found.message.in_language("en")
                assert not text.endswith("…")
                assert "Headache" not in text


def test_row_checks_name_their_row():
    found = findings(
        "EC13",
        ["LOGS AE[1] AEONGO=Y", "LOGS AE[2] AEONGO=Y;AEENDAT=2026", "LOGS AE[3] AEONGO=Y;AEENDAT=2026"],
    )
    assert [f.path.groups[-1].key for f in found] == ["2", "3"]


def test_checks_are_plain_functions_of_a_view():
    form = view("SCR VS SYSBP=80;DIABP=90").form("VS")
    assert BY_OID["EC05"].check(form).target == "DIABP"
