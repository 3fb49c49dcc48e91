"""CN-B2, CN-B3 and CN-B9: what has to be on record before subjects, samples, the border and the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import Gate, GateEvent, Identifier
from edc_core_country_cn.sources import says

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import PluginStudy

_DAY = r"\d{4}-\d{2}-\d{2}"
CTR = Identifier("cn-ctr", says("CTR registration", "临床试验登记号"), r"CTR\d{8}", "country", "CTR20260001")
IND = Identifier(
    "cn-ind",
    says("Day of the implied permission (IND)", "临床试验默示许可日期"),
    _DAY,
    "country",
    "2026-03-02",
)
LEADING = Identifier(
    "cn-ec",
    says("Approval of the leading site's committee", "组长单位伦理批准日期"),
    _DAY,
    "country",
    "2026-03-02",
)
HGR = Identifier(
    "cn-hgr",
    says("HGR approval or filing number", "人类遗传资源批准或备案号"),
    r"\S{6,40}",
    "country",
    "HGR-2026-0001",
)
HGR_OUT = Identifier(
    "cn-hgr-out",
    says("HGR number for genomic data or samples that leave China", "遗传资源出境审批号"),
    r"\S{6,40}",
    "country",
    "HGR-2026-0002",
)
LOCK_LIST = Identifier(
    "cn-lock-list", says("Day of the signed lock list", "数据库锁定清单签署日期"), _DAY, "site", "2026-03-02"
)
MINUTES = Identifier(
    "cn-minutes",
    says("Day of the minutes of the data review meeting", "数据审核会议纪要日期"),
    _DAY,
    "country",
    "2026-03-02",
)
IDENTIFIERS = (CTR, IND, LEADING, HGR, HGR_OUT, LOCK_LIST, MINUTES)
SAMPLES = ("PC", "IS", "PK", "BIOPSY", "GENETIC")  #: forms in which samples are recorded
GENOMIC = ("GEN", "PGX", "NGS")  #: how names of items of genomic data begin


def gates(study: PluginStudy) -> Iterator[Gate]:
    """As far as the study has forms of them."""
    yield Gate(
        "CN-B2", GateEvent.SUBJECT, says("The trial is permitted, registered and approved.", "试验已获许可、登记并经伦理批准。"),
        (CTR, IND, LEADING),
    )  # fmt: skip
    yield Gate(
        "CN-B2", GateEvent.SAMPLE, says("Samples are taken once HGR has approved it.", "采样前须完成人类遗传资源审批或备案。"),
        (HGR,), forms=SAMPLES,
    )  # fmt: skip
    if any(item.name.startswith(GENOMIC) for item in study.index.version.items):
        yield Gate(
            "CN-B2", GateEvent.EXPORT, says("Genomic data leave China with a number of their own.", "基因数据出境须另有审批号。"),
            (HGR_OUT,),
        )  # fmt: skip
    form = next((one for one in study.index.version.forms if one.name == "CONSENT"), None)
    if form is not None:
        yield Gate(
            "CN-B3", GateEvent.EXPORT, says("Without consent the data stay in China.", "未经同意，数据不出境。"),
            item=f"{form.oid}.CNXBDAT",
        )  # fmt: skip
    yield Gate(
        "CN-B9", GateEvent.LOCK, says("Data are reviewed and the lock list is signed.", "锁库前须完成数据审核并签署锁定清单。"),
        (LOCK_LIST, MINUTES),
    )  # fmt: skip
