"""Writes ``define.xml``, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from lxml import etree

from edc_core.api import DataType, ExportDataset, ExportSink, Labels, TranslatedText
from edc_core_sdtm.columns import SUPP
from edc_core_sdtm.datasets import Dataset, item_oid
from edc_core_sdtm.define.code_lists import CodeLists, DefinedList, Term
from edc_core_sdtm.define.origins import COLLECTED, Origin, Origins
from edc_core_sdtm.define.texts import Texts, in_english, sentence
from edc_core_sdtm.define.values import ValueItem, value_items
from edc_core_sdtm.define.xml import element, texted
from edc_core_sdtm.plan import StudyPlan
from edc_core_sdtm.standard import StandardVariable, standard
from edc_core_sdtm.terminology import Terminology

FILE = "define.xml"
ANNOTATED_CRF = "acrf.pdf"
_ACRF = "LF.acrf"
_IG, _CT, _COMMENT = "STD.SDTMIG", "STD.CT", "COM.STD.CT"


def write_define(
    dataset: ExportDataset,
    datasets: Sequence[Dataset],
    plans: Sequence[StudyPlan],
    derived: Mapping[str, TranslatedText],
    pages: Mapping[tuple[str, str], tuple[int, ...]],
    sink: ExportSink,
    folder: str,
    file_of: Callable[[str], str],
    labels: Labels | None = None,
) -> Mapping[str, tuple[int, tuple[str, ...]]]:
    """Write Define-XML 2.1 of the datasets into a folder of an export. It is as large as the definition, not the data.

    :param pages: of the annotated CRF, see ``AnnotatedCrf``. :param file_of: see ``Tabulation.write_define``; ``labels``, and what it
        answers, likewise.
    """
    texts = Texts(labels)
    made = _Define(dataset, datasets, Origins(plans, derived, pages), file_of, plans[0].terms, texts)
    version = element("MetaDataVersion", made.version_attributes(), *made.parts())
    study = element("Study", {"OID": dataset.study_oid}, made.globals(), version)
    document = etree.ElementTree(element("ODM", made.file_attributes(), study))
    with sink.open(f"{folder}{FILE}") as stream:
        document.write(stream, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return texts.english


class _Define:
    def __init__(
        self,
        dataset: ExportDataset,
        datasets: Sequence[Dataset],
        origins: Origins,
        file_of: Callable[[str], str],
        terms: Terminology,
        texts: Texts,
    ) -> None:
        self._dataset = dataset
        self._datasets = datasets
        self._origins = origins
        self._file_of = file_of
        self._terms = terms
        self._texts = texts
        self._lists = CodeLists(origins, terms)
        self._methods: dict[str, tuple[str, TranslatedText]] = {}  #: OID to name and text
        self._values = {one.name: list(value_items(one, origins, self._lists)) for one in datasets}

    def file_attributes(self) -> dict[str, str]:
        return {
            "FileType": "Snapshot",
            "FileOID": f"DEF.{self._dataset.study_oid}.{self._dataset.cut}",
            "ODMVersion": "1.3.2",
            "CreationDateTime": self._dataset.created_at,
            "SourceSystem": "edc-core",
            "def:Context": "Submission",
        }

    def version_attributes(self) -> dict[str, str]:
        version = self._dataset.newest.version
        return {
            "OID": version.oid,
            "Name": f"Study {self._dataset.study_oid}, data definitions",
            "Description": f"SDTM datasets of {self._dataset.study_name}",
            "def:DefineVersion": "2.1.0",
        }

    def globals(self) -> etree._Element:
        study = self._dataset.newest.version.study
        return element(
            "GlobalVariables",
            None,
            texted("StudyName", self._dataset.study_oid),
            texted("StudyDescription", study.description or study.name),
            texted("ProtocolName", study.protocol_name or study.oid),
        )

    def parts(self) -> Iterator[etree._Element]:
        """The children of MetaDataVersion in the order of the schema."""
        yield _standards(self._terms)
        yield element("def:AnnotatedCRF", None, element("def:DocumentRef", {"leafID": _ACRF}))
        groups = [self._group(one) for one in self._datasets]
        items = [item for one in self._datasets for item in self._items(one)]
        for one in self._datasets:
            yield from self._value_lists(one)
        yield from self._conditions()
        yield from groups
        yield from items
        for found in self._lists.found.values():
            yield self._code_list(found, is_standard=bool(found.code and self._terms.release))
        for oid, (name, text) in self._methods.items():
            yield element(
                "MethodDef",
                {"OID": oid, "Name": name, "Type": "Computation"},
                self._texts.described("method", text),
            )
        if sha256 := self._terms.sha256:
            yield self._comment(_COMMENT, sentence("read_from", sha256))
        for key in self._commented():
            yield self._comment(f"COM.{key}", self._origins.comments[key])
        yield _leaf(_ACRF, ANNOTATED_CRF, "Annotated case report form")

    def _comment(self, oid: str, text: TranslatedText) -> etree._Element:
        return element("def:CommentDef", {"OID": oid}, self._texts.described("comment", text))

    def _commented(self) -> list[str]:
        """The variables with a comment, of the datasets that there are."""
        names = {f"{one.name}.{variable.name}" for one in self._datasets for variable in one.variables}
        return [key for key in self._origins.comments if key in names]

    def _group(self, one: Dataset) -> etree._Element:
        facts = one.facts
        is_design = facts.observation_class == "Trial Design"
        attributes = {
            "OID": f"IG.{one.name}", "Domain": one.domain, "Name": one.name,
            "Repeating": "No" if one.name == "DM" else "Yes", "IsReferenceData": "Yes" if is_design else "No",
            "SASDatasetName": one.name, "Purpose": "Tabulation", "def:StandardOID": _IG, "def:Structure": facts.structure,
            "def:ArchiveLocationID": f"LF.{one.name}",
        }  # fmt: skip
        children = [
            self._texts.described("label", in_english(one.label)),
            *(self._ref(one, v, n) for n, v in enumerate(one.variables, 1)),
        ]
        if one.name.startswith(SUPP):
            children.append(element("Alias", {"Context": "DomainDescription", "Name": _label(one)}))
        children.append(element("def:Class", {"Name": facts.observation_class.upper().replace("-", " ")}))
        place = self._file_of(one.name)
        children.append(_leaf(f"LF.{one.name}", place, place.rpartition("/")[2]))
        return element("ItemGroupDef", attributes, *children)

    def _ref(self, one: Dataset, variable: StandardVariable, n: int) -> etree._Element:
        origin = self._origins.of(one, variable.name)
        attributes = {
            "ItemOID": item_oid(one.name, variable.name), "OrderNumber": n,
            "Mandatory": "Yes" if variable.core == "Req" else "No", "KeySequence": one.key_sequence(variable.name) or None,
            "MethodOID": self._method(f"MT.{one.name}.{variable.name}", origin), "Role": variable.role,
        }  # fmt: skip
        return element("ItemRef", attributes)

    def _method(self, oid: str, origin: Origin) -> str | None:
        if not origin.method:
            return None
        self._methods.setdefault(oid, (f"Rule of {oid.removeprefix('MT.')}", origin.method))
        return oid

    def _items(self, one: Dataset) -> Iterator[etree._Element]:
        listed = {value.variable for value in self._values[one.name]}
        for variable in one.variables:
            kind = one.data_type(variable)
            extent = one.extent(variable.name)
            attributes: dict[str, object] = {
                "OID": item_oid(one.name, variable.name), "Name": variable.name, "SASFieldName": variable.name,
                "DataType": kind.value,
            }  # fmt: skip
            if kind in {DataType.TEXT, DataType.INTEGER, DataType.FLOAT}:
                attributes["Length"] = max(extent.length, 1)
            if (key := f"{one.name}.{variable.name}") in self._origins.comments:
                attributes["def:CommentOID"] = f"COM.{key}"
            if kind is DataType.FLOAT:
                attributes["SignificantDigits"] = extent.decimals
            children = [self._texts.described("label", in_english(variable.label))]
            if code_list := self._lists.of_variable(one, variable):
                children.append(element("CodeListRef", {"CodeListOID": code_list}))
            children.append(_origin(self._origins.of(one, variable.name)))
            if variable.name in listed:
                children.append(
                    element("def:ValueListRef", {"ValueListOID": f"VL.{one.name}.{variable.name}"})
                )
            yield element("ItemDef", attributes, *children)
        for value in self._values[one.name]:
            yield self._value_item(value)

    def _value_lists(self, one: Dataset) -> Iterator[etree._Element]:
        by_variable: dict[str, list[ValueItem]] = {}
        for value in self._values[one.name]:
            by_variable.setdefault(value.variable, []).append(value)
        for variable, values in by_variable.items():
            refs = [
                element(
                    "ItemRef",
                    {
                        "ItemOID": v.oid,
                        "OrderNumber": n,
                        "Mandatory": "No",
                        "MethodOID": self._method(f"MT{v.oid[2:]}", v.origin),
                    },
                    element("def:WhereClauseRef", {"WhereClauseOID": v.condition}),
                )
                for n, v in enumerate(values, 1)
            ]
            yield element("def:ValueListDef", {"OID": f"VL.{one.name}.{variable}"}, *refs)

    def _conditions(self) -> Iterator[etree._Element]:
        written = set()
        for one in self._datasets:
            for value in self._values[one.name]:
                if value.condition in written:
                    continue
                written.add(value.condition)
                variable, text = value.when
                attributes = {
                    "Comparator": "EQ",
                    "SoftHard": "Soft",
                    "def:ItemOID": item_oid(one.name, variable),
                }
                check = element("RangeCheck", attributes, texted("CheckValue", text))
                yield element("def:WhereClauseDef", {"OID": value.condition}, check)

    def _value_item(self, value: ValueItem) -> etree._Element:
        attributes = {
            "OID": value.oid, "Name": value.when[1], "SASFieldName": value.when[1], "DataType": value.data_type,
            "Length": max(value.length, 1), "SignificantDigits": value.decimals if value.data_type == "float" else None,
        }  # fmt: skip
        children = [self._texts.described("value", value.label)] if value.label else []
        if value.code_list:
            children.append(element("CodeListRef", {"CodeListOID": value.code_list}))
        return element("ItemDef", attributes, *children, _origin(value.origin))

    def _code_list(self, found: DefinedList, *, is_standard: bool) -> etree._Element:
        attributes = {"OID": found.oid, "Name": found.name, "DataType": "text"}
        if found.dictionary:
            return element(
                "CodeList", attributes, element("ExternalCodeList", {"Dictionary": found.dictionary})
            )
        if is_standard:
            attributes["def:StandardOID"] = _CT
        has_texts = any(term.decode for term in found.terms)
        terms = [self._term(term, has_texts, is_standard) for term in found.terms]
        aliases = [_nci(found.code)] if found.code else []
        return element("CodeList", attributes, *terms, *aliases)

    def _term(self, term: Term, has_texts: bool, is_standard: bool) -> etree._Element:  # noqa: FBT001
        extended = "Yes" if is_standard and not term.code else None
        children: Iterable[etree._Element] = [_nci(term.code)] if term.code else []
        attributes = {"CodedValue": term.value, "def:ExtendedValue": extended}
        if not has_texts:
            return element("EnumeratedItem", attributes, *children)
        texts = self._texts.written("decode", term.decode or in_english(term.value))
        return element("CodeListItem", attributes, element("Decode", None, *texts), *children)


def _label(one: Dataset) -> str:
    return standard().domains[one.domain].label


def _standards(terms: Terminology) -> etree._Element:
    guide = {"OID": _IG, "Name": "SDTMIG", "Type": "IG", "Version": standard().version, "Status": "Final"}
    standards = [element("def:Standard", guide)]
    if terms.release:
        stated = {
            "OID": _CT, "Name": "CDISC/NCI", "Type": "CT", "PublishingSet": "SDTM", "Version": terms.release, "Status": "Final",
            "def:CommentOID": _COMMENT,
        }  # fmt: skip
        standards.append(element("def:Standard", stated))
    return element("def:Standards", None, *standards)


def _origin(origin: Origin) -> etree._Element:
    pages = {"PageRefs": " ".join(map(str, origin.pages)), "Type": "PhysicalRef"}
    refs = [element("def:PDFPageRef", pages)] if origin.pages else []
    documents = (
        [element("def:DocumentRef", {"leafID": _ACRF}, *refs)] if origin.type == COLLECTED.type else []
    )
    return element("def:Origin", {"Type": origin.type, "Source": origin.source}, *documents)


def _nci(code: str) -> etree._Element:
    return element("Alias", {"Name": code, "Context": "nci:ExtCodeID"})


def _leaf(oid: str, href: str, title: str) -> etree._Element:
    return element("def:leaf", {"ID": oid, "xlink:href": href}, texted("def:title", title))
