"""COSMoS CRF (collection) specializations and SDTM dataset specializations, as found in their files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from edc_core.api import DataType
from edc_core_cosmos import shapes
from edc_core_cosmos.lined import Lined
from edc_core_cosmos.problems import ProblemLog
from edc_core_cosmos.shapes import Key

#: COSMoS data type to ours.
TYPES = {
    "text": DataType.TEXT,
    "integer": DataType.INTEGER,
    "decimal": DataType.FLOAT,
    "float": DataType.FLOAT,
    "date": DataType.DATE,
    "partialDate": DataType.PARTIAL_DATE,
    "time": DataType.TIME,
    "datetime": DataType.DATETIME,
    "boolean": DataType.BOOLEAN,
}
SPECIALIZATION = {
    "id": Key("text", required=True),
    "domain": Key("text", required=True),
    "name": Key("text", required=True),
    "items": Key("mappings", required=True),
    "dss": Key("text"),
}
ITEM = {
    "item": Key("text", required=True),
    "type": Key("text", required=True),
    "order": Key("number", required=True),
    "var": Key("text"),
    "q": Key("text"),
    "prompt": Key("text"),
    "len": Key("number"),
    "sig": Key("number"),
    "req": Key("flag"),
    "hidden": Key("flag"),
    "pre": Key("text"),
    "cl": Key("text"),
    "clname": Key("text"),
    "values": Key("values"),
    "sel": Key("text"),
    "sdtm": Key("text"),
    "annot": Key("text"),
}
DATASET = {
    "id": Key("text", required=True),
    "domain": Key("text", required=True),
    "vars": Key("mappings", required=True),
}
VARIABLE = {
    "var": Key("text", required=True),
    "value": Key("text"),
    "values": Key("texts"),
    "nsv": Key("flag"),
    "role": Key("text"),
}
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class CollectionItem:
    """An item of a CRF specialization. ``values`` are (submission value, what people read); ``preset`` is a constant."""

    name: str
    variable: str
    question: str
    data_type: DataType
    order: float
    line: int
    length: int | None = None
    significant_digits: int | None = None
    required: bool = False
    hidden: bool = False
    preset: str = ""
    code_list: str = ""
    values: tuple[tuple[str, str], ...] = ()
    multiple: bool = False
    targets: tuple[str, ...] = ()
    annotation: str = ""


@dataclass(frozen=True, slots=True)
class Specialization:
    """A CRF specialization: one field group. ``dataset`` is the id of its SDTM dataset specialization."""

    id: str
    domain: str
    name: str
    items: tuple[CollectionItem, ...]
    line: int
    log: ProblemLog
    dataset: str = ""


@dataclass(frozen=True, slots=True)
class DatasetVariable:
    """A variable of an SDTM dataset specialization: its constant, its permitted values, whether it is non-standard."""

    value: str = ""
    values: tuple[str, ...] = ()
    non_standard: bool = False


@dataclass(slots=True)
class Specializations:
    """Everything read from the files of one import, by id."""

    collection: dict[str, Specialization] = field(default_factory=dict)
    datasets: dict[str, dict[str, DatasetVariable]] = field(default_factory=dict)

    def read(self, found: list[object], log: ProblemLog, *, closed: bool = False) -> None:
        """Add the specializations of a file, collection and dataset ones alike."""
        for each in found:
            if not isinstance(each, Lined):
                log.add("COS008", 1, "A list of specializations holds mappings only.")
            elif "vars" in each:
                self._dataset(each, log)
            else:
                self._collection(each, log, closed=closed)

    def _collection(self, found: Lined, log: ProblemLog, *, closed: bool) -> None:
        what = f"Specialization {found.get('id', '?')}"
        keys = SPECIALIZATION
        taken = shapes.read(found, keys, what, log, closed=closed)
        items = [_item(each, what, log, closed=closed) for each in taken.get("items", ())]
        whole = [item for item in items if item is not None]
        for n, item in enumerate(whole):
            if item.name in {other.name for other in whole[:n]}:
                log.add("COS010", item.line, f"{what}: item {item.name}.")
        if any(key.required and name not in taken for name, key in keys.items()):
            return
        made = Specialization(
            taken["id"],
            taken["domain"],
            taken["name"],
            tuple(sorted(whole, key=lambda item: item.order)),
            found.line,
            log,
            taken.get("dss", ""),
        )
        if made.id in self.collection:
            log.add("COS010", found.line, f"{what}.")
        self.collection[made.id] = made

    def _dataset(self, found: Lined, log: ProblemLog) -> None:
        what = f"Dataset specialization {found.get('id', '?')}"
        taken = shapes.read(found, DATASET, what, log, closed=False)
        variables: dict[str, DatasetVariable] = {}
        for each in taken.get("vars", ()):
            given = shapes.read(each, VARIABLE, what, log, closed=False)
            if "var" not in given:
                continue
            if given["var"] in variables:
                log.add("COS010", each.line, f"{what}: variable {given['var']}.")
            variables[given["var"]] = DatasetVariable(
                given.get("value", ""), tuple(given.get("values", ())), given.get("nsv", False)
            )
        if "id" in taken:
            if taken["id"] in self.datasets:
                log.add("COS010", found.line, f"{what}.")
            self.datasets[taken["id"]] = variables


def _item(found: Lined, what: str, log: ProblemLog, *, closed: bool) -> CollectionItem | None:
    place = f"{what}, item {found.get('item', '?')}"
    given = shapes.read(found, ITEM, place, log, closed=closed)
    data_type = TYPES.get(given.get("type", "text"))
    if data_type is None:
        log.add("COS009", found.line, f"{place}: {given['type']}. There are: {', '.join(TYPES)}.")
    if "item" in given and not _WORD.fullmatch(given["item"]):
        log.add("COS008", found.line, f"{place}: an item's name is letters, digits and underscores.")
    if "q" not in given and "prompt" not in given:
        log.add("COS007", found.line, f"{place}: q or prompt.")
    repeated = [
        value for n, (value, _) in enumerate(given.get("values", ())) if value in dict(given["values"][:n])
    ]
    if repeated:
        log.add("COS010", found.line, f"{place}: value {', '.join(repeated)}.")
    if data_type is None or any(name not in given for name in ("item", "order")):
        return None
    return CollectionItem(
        name=given["item"],
        variable=given.get("var", given["item"]),
        question=_question(given.get("q") or given.get("prompt", "")),
        data_type=data_type,
        order=float(given["order"]),
        line=found.line,
        length=int(float(given["len"])) if "len" in given else None,
        significant_digits=int(float(given["sig"])) if "sig" in given else None,
        required=given.get("req", False),
        hidden=given.get("hidden", False),
        preset=given.get("pre", ""),
        code_list=given.get("cl", ""),
        values=tuple((value, text) for value, text in given.get("values", ())),
        multiple=given.get("sel") == "Multiple",
        targets=tuple(part.strip() for part in given.get("sdtm", "").split(";") if part.strip()),
        annotation=given.get("annot", ""),
    )


def _question(text: str) -> str:
    """The question on one line; what a study would write in brackets there is left out."""
    text = re.sub(r"\s*\([^()]*\[[^\]]*\][^()]*\)", "", text)
    return re.sub(r"\?+", "?", re.sub(r"\s+", " ", text)).strip()
