"""``edc export --format sdtm``: the datasets, Define-XML, lineage and what is left to say of the annotations."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import orjson

from edc_core.api import (
    TEXTS_LEFT_OUT,
    ExportDataset,
    ExportRefused,
    ExportSink,
    TransportProfile,
    collector_resting,
)
from edc_core_sdtm import lineage
from edc_core_sdtm.tabulation import tabulated

TRANSPORT = "xpt-v5"
#: Formats that the datasets are written in, and where a file is, by the lower-case name of its dataset.
FORMATS: Mapping[str, str] = MappingProxyType({TRANSPORT: "xpt/{}.xpt", "dataset-json-1.1": "json/{}.json"})


@collector_resting()
def write(settings: Mapping[str, str], dataset: ExportDataset, sink: ExportSink) -> None:
    """Write the study as SDTM.

    :param settings: of the installation, for this plugin.
    :raises ExportRefused: the annotations have errors, or nothing that writes datasets is installed.
    """
    formats = [name for name in FORMATS if name in dataset.formats]
    if not formats:
        raise ExportRefused(
            f"No plugin that writes {' or '.join(FORMATS)} is installed. Install edc-core-tabular and export again."
        )
    # all formats hold the same, which is what define.xml describes
    encoding = TransportProfile().encoding if formats[0] == TRANSPORT else "utf-8"
    with tabulated(settings, dataset, sink.progress, encoding) as made:
        for name in formats:
            folder = FORMATS[name].partition("/")[0]
            dataset.formats[name](dataset, made.datasets, TransportProfile(folder=f"{folder}/"), sink)
        made.write_define(sink, "", lambda name: FORMATS[formats[0]].format(name.lower()), None)
        made.write_lineage(sink, lineage.FILE)
        sink.leave_out(TEXTS_LEFT_OUT, sum(made.left_out.values()))
        with sink.open("findings.json") as file:
            file.write(orjson.dumps(made.remarks, option=orjson.OPT_INDENT_2))
