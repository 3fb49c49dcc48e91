"""Define-XML and lineage say what the datasets hold, variable by variable."""

import dataclasses
import json

import pytest
from edc_core_sdtm.define.texts import OTHERS, WORDS, Texts
from edc_core_sdtm.exporter import write
from edc_core_sdtm.lineage import item_path
from edc_core_sdtm.rules import RULES
from edc_core_sdtm.tabulation import tabulated
from lxml import etree

from edc_core.api import (
    Alias,
    ExportRefused,
    Labels,
    MetaDataIndex,
    PluginError,
    PluginUse,
    TranslatedText,
    Words,
)
from edc_core.testing import MemorySink

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DESIGN = {"TA", "TE", "TI", "TS", "TV"}
NAMES = {"o": "http://www.cdisc.org/ns/odm/v1.3", "d": "http://www.cdisc.org/ns/def/v2.1"}
ANSWERS = {
    ("SCR", "CONSENT", "RFICDAT"): "2026-03-01T09:30", ("RAND", "RAND", "ARM"): "SC", ("C1D1", "EX-TRA", "ECOCCUR"): "Y",
    ("C1D1", "EX-TRA", "ECSTDAT"): "2026-03-10", ("C1D1", "EX-TRA", "ECDOSE"): "600.0", ("SCR", "DM", "RACE"): "ASIAN;WHITE",
    ("SCR", "VS", "VSDAT"): "2026-03-02", ("SCR", "VS", "TEMP"): "98.6@F", ("SCR", "VS", "WEIGHT"): "61.5",
    ("C1D1", "LB-CHEM", "CREAT"): "0.9@mg/dL", ("LOGS", "AE", "AETERM", 1): "Fever",
    ("LOGS", "AE", "AEOUT", 1): "RECOVERED/RESOLVED", ("LOGS", "AE", "AESI", 1): "CARDIAC", ("SCR", "ECOG", "ECOG101"): "0",
}  # fmt: skip


@pytest.fixture
def exported(index, a_subject, export):
    return export(index, a_subject(index, ANSWERS))


@pytest.fixture
def define(exported):
    return etree.fromstring(exported.files["define.xml"])


def find(tree, path):
    return tree.findall(path, NAMES)


def test_every_dataset_and_variable_is_defined_as_it_is_written(define, exported):
    groups = {g.get("Name"): g for g in find(define, ".//o:ItemGroupDef")}
    items = {i.get("OID"): i for i in find(define, ".//o:ItemDef")}
    assert list(groups) == list(exported.tables)
    for name, (variables, records) in exported.tables.items():
        refs = [ref.get("ItemOID") for ref in find(groups[name], "o:ItemRef")]
        assert refs == [v.oid for v in variables]
        for n, variable in enumerate(variables):
            item = items[variable.oid]
            assert item.get("Name") == variable.name
            assert item.find("o:Description/o:TranslatedText", NAMES).text == variable.label
            assert item.get("DataType") == variable.data_type.value
            cells = [record[n] for record in records if record[n]]
            if item.get("Length"):
                assert int(item.get("Length")) == max([1, *map(len, cells)]) == variable.length


def test_keys_tell_records_apart(define, exported):
    for group in find(define, ".//o:ItemGroupDef"):
        keys = {r.get("ItemOID").rsplit(".", 1)[1] for r in find(group, "o:ItemRef") if r.get("KeySequence")}
        rows = exported.rows(group.get("Name"))
        assert len({tuple(row.get(key) for key in sorted(keys)) for row in rows}) == len(rows)


def test_every_reference_leads_somewhere(define):
    defined = {e.get(name) for e in define.iter() for name in ("OID", "ID") if e.get(name)}
    for element in define.iter():
        for name, value in element.attrib.items():
            local = etree.QName(name).localname
            if local == "leafID" or (local.endswith("OID") and local not in {"OID", "FileOID"}):
                assert value in defined, (element.tag, name, value)


def test_terms_of_coded_variables_hold_every_value(define, exported):
    lists = {c.get("OID"): c for c in find(define, ".//o:CodeList")}
    items = {i.get("OID"): i for i in find(define, ".//o:ItemDef")}
    for name, (variables, records) in exported.tables.items():
        for n, variable in enumerate(variables):
            ref = items[variable.oid].find("o:CodeListRef", NAMES)
            if ref is None or lists[ref.get("CodeListOID")].find("o:ExternalCodeList", NAMES) is not None:
                continue
            terms = {t.get("CodedValue") for t in lists[ref.get("CodeListOID")] if t.get("CodedValue")}
            assert {record[n] for record in records if record[n]} <= terms, (name, variable.name)


def test_code_lists_have_the_nci_codes_that_the_study_states(define):
    outcome = define.find(".//o:CodeList[@OID='CL.AE.AEOUT']", NAMES)
    assert outcome.findall("o:Alias", NAMES)[0].get("Name") == "C66768"


def test_results_are_defined_test_by_test(define):
    conditions = {
        w.get("OID"): w.find("o:RangeCheck/o:CheckValue", NAMES).text
        for w in find(define, ".//d:WhereClauseDef")
    }
    values = define.find(".//d:ValueListDef[@OID='VL.VS.VSORRES']", NAMES)
    tests = [conditions[r.find("d:WhereClauseRef", NAMES).get("WhereClauseOID")] for r in values]
    assert tests == ["TEMP", "WEIGHT"]
    temperature = define.find(".//o:ItemDef[@OID='IT.VS.VSORRES.TEMP']", NAMES)
    assert (temperature.get("DataType"), temperature.get("Length"), temperature.get("SignificantDigits")) == (
        "float",
        "4",
        "1",
    )


def test_origins_and_methods_follow_the_rules(define):
    def origin(oid):
        return define.find(f".//o:ItemDef[@OID='{oid}']/d:Origin", NAMES).get("Type")

    assert origin("IT.AE.AETERM") == "Collected"
    assert origin("IT.AE.AESTDY") == "Derived"
    assert origin("IT.DM.COUNTRY") == "Assigned"
    assert origin("IT.TV.VISITNUM") == "Protocol"
    assert origin("IT.SUPPAE.QVAL.AESI") == "Collected"
    method = define.find(".//o:ItemRef[@ItemOID='IT.AE.AESTDY']", NAMES).get("MethodOID")
    text = define.find(f".//o:MethodDef[@OID='{method}']/o:Description/o:TranslatedText", NAMES).text
    assert "no day 0" in text


def test_the_same_data_give_the_same_bytes(index, a_subject, export, exported):
    again = export(index, a_subject(index, ANSWERS))
    assert again.files == exported.files
    assert again.tables == exported.tables


def test_lineage_leads_from_a_record_to_its_items_and_back(index, exported):
    lines = [json.loads(line) for line in exported.files["lineage.ndjson"].splitlines()]
    plans = {line["plan"]: line for line in lines if isinstance(line, dict) and "plan" in line}
    records = [line for line in lines if isinstance(line, list)]
    numbered = {(name, n) for name, (_, found) in exported.tables.items() for n in range(1, len(found) + 1)}
    assert {(line[0], line[1]) for line in records} == {at for at in numbered if at[0] not in DESIGN}
    assert len(records) == len({(line[0], line[1]) for line in records})
    dataset, number, subject, place, plan = next(r for r in records if r[0] == "AE")
    assert (dataset, number, subject) == ("AE", 1, "KR01-0001")
    path = item_path(place, plans[plan]["variables"]["AETERM"]["items"][0])
    assert str(path) == "LOGS[1]/AE[1]/AE.AELOG[1]/AE.AETERM"
    assert index.place(path).item.name == "AETERM"


def test_a_cell_leads_to_its_item_a_record_to_its_row_and_what_comes_from_no_form_nowhere(exported, settings):
    special = next(n for n, row in enumerate(exported.rows("SUPPAE"), 1) if row["QNAM"] == "AESI")
    row = "LOGS[1]/AE[1]/AE.AELOG[1]"
    wanted = {
        ("AE", 1, "AETERM"): f"{row}/AE.AETERM",
        ("AE", 1, ""): row,
        ("AE", 1, "AESEQ"): row,  # no item gives it
        ("SUPPAE", special, "QVAL"): f"{row}/AE.AESI",
        ("DM", 1, "SEX"): "",  # of several forms
    }
    with tabulated(settings, exported.dataset, lambda done: None, "utf-8") as made:
        found = made.places({*wanted, ("TS", 1, "TSVAL"), ("AE", 999, "AETERM")})
    assert found == {cell: ("KR01-0001", place) for cell, place in wanted.items()}


class Lines:
    """The lines of lineage: the plans by number, and of a dataset the rows with the lines."""

    def __init__(self, exported):
        self._exported = exported
        lines = [json.loads(line) for line in exported.files["lineage.ndjson"].splitlines()]
        self.plans = {line.get("plan"): line for line in lines if isinstance(line, dict)}
        self._records = [line for line in lines if isinstance(line, list)]

    def of(self, dataset):
        rows = self._exported.rows(dataset)
        return [(rows[line[1] - 1], line) for line in self._records if line[0] == dataset]

    def items(self, line):
        return self.plans[line[4]]["variables"][line[5]]["items"]

    def paths(self, line):
        return [str(item_path(line[3], item)) for item in self.items(line)]

    def made_from(self, place):
        return {line[0] for line in self._records if line[3] == place}


def test_lineage_of_qualifiers_leads_to_item_and_record(index, a_subject, export):
    answers = {
        **ANSWERS, ("SCR", "MH", "MHTERM", 1): "word " * 50 + "end", ("LOGS", "AE", "AETERM", 2): "Sepsis",
        ("EVENTS", "SAE", "SAETERM"): "SEPSIS",
    }  # fmt: skip
    exported = export(index, a_subject(index, answers))
    lines = Lines(exported)
    special, reported = (
        next(line for row, line in lines.of("SUPPAE") if row["QNAM"] == name) for name in ("AESI", "SAETERM")
    )
    assert lines.paths(special) == ["LOGS[1]/AE[1]/AE.AELOG[1]/AE.AESI"]
    assert lines.paths(reported) == ["EVENTS[1]/SAE[1]/SAE.SAE[1]/SAE.SAETERM"]
    for line, term in ((special, "Fever"), (reported, "Sepsis")):
        dataset, number = line[6]
        assert exported.rows(dataset)[number - 1]["AETERM"] == term
    ((row, part),) = lines.of("SUPPMH")
    assert (row["QNAM"], part[5]) == ("MHTERM1", "MHTERM")
    assert [index.place(item_path(part[3], item)).item.name for item in lines.items(part)] == ["MHTERM"]
    races = [line for row, line in lines.of("SUPPDM") if row["QNAM"].startswith("RACE")]
    assert [(line[5], line[6]) for line in races] == [("RACE", ["DM", 1])] * 2
    assert "SUPPAE" in lines.made_from(special[3])


def test_lineage_of_relations_leads_to_the_records(index, a_subject, export):
    answers = {
        **ANSWERS, ("LOGS", "CM", "CMTRT", 1): "Paracetamol", ("LOGS", "CM", "CMINDC", 1): "fever",
        ("SCR", "TUMOR", "TULNKID", 1): "T01", ("SCR", "TUMOR", "TUROLE", 1): "TARGET", ("SCR", "TUMOR", "DIAM", 1): "22",
    }  # fmt: skip
    exported = export(index, a_subject(index, answers))
    lines = Lines(exported)
    given, event, *datasets = [line for _, line in lines.of("RELREC")]
    assert [index.place(item_path(given[3], i)).item.name for i in lines.items(given)] == ["CMINDC"]
    assert lines.paths(event) == ["LOGS[1]/AE[1]/AE.AELOG[1]/AE.AETERM"]
    assert [(line[6], line[2]) for line in (given, event)] == [
        (["CM", 1], "KR01-0001"),
        (["AE", 1], "KR01-0001"),
    ]
    assert [line[2:] for line in datasets] == [
        [None, None, None, "TULNKID", None],
        [None, None, None, "TRLNKID", None],
    ]
    assert {"AE", "SUPPAE", "RELREC"} <= lines.made_from(event[3])


def test_warnings_are_listed_beside_the_datasets(exported):
    findings = json.loads(exported.files["findings.json"])
    assert any(f["code"] == "S203" and "PEDESC" in f["message"] for f in findings)
    assert {f["severity"] for f in findings} == {"warning"}


def test_errors_of_the_annotations_refuse_the_export(index, a_subject, export):
    items = tuple(
        dataclasses.replace(i, aliases=(Alias("SDTM", "AE.AENOTHING"),)) if i.oid == "AE.AETERM" else i
        for i in index.version.items
    )
    wrong = MetaDataIndex(dataclasses.replace(index.version, items=items))
    with pytest.raises(ExportRefused, match=r"AE/AE\.AELOG/AE\.AETERM: S103"):
        export(wrong, a_subject(wrong, ANSWERS))


def test_without_a_format_nothing_is_written(index):
    from edc_core.api import ExportDataset

    dataset = ExportDataset(
        "S", "S", "live", {index.version.oid: index}, "c", "2026-01-01T00:00:00Z", {}, {}, lambda: iter(())
    )
    sink = MemorySink()
    with pytest.raises(ExportRefused, match="edc-core-tabular"):
        write({}, dataset, sink)
    assert sink.files == {}


class Doubled:
    """A derivation of a trial."""

    variables = {"VS.VSORRES": "Twice what was measured."}  # noqa: RUF012

    def derive(self, records):
        for record in records.get("VS", ()):
            record.values["VSNOTE"] = "x"
        records["VS"] += [
            r.another({**r.values, "VSTESTCD": "DOUBLE", "VSTEST": "Double"}) for r in records["VS"]
        ]


class Flagged:
    """A derivation of a trial that says in two languages what it does."""

    variables = {  # noqa: RUF012
        "SUPPVS.FLAG": {"en": "Y for a weight.", "zh": "体重为Y。"},
        "VS.VSORRES": "As it was measured.",
    }

    def derive(self, records):
        for record in records.get("VS", ()):
            if record.values["VSTESTCD"] == "WEIGHT":
                record.qualify("FLAG", "Flag of a weight", "Y")


class Speechless:
    """A derivation of a trial that is said in no English."""

    variables = {"VS.VSORRES": {"zh": "体重。"}}  # noqa: RUF012

    def derive(self, records):
        raise AssertionError


@pytest.fixture
def deriving(index, monkeypatch):
    """Call it with a derivation for the definition of a study that uses it."""
    from importlib.metadata import EntryPoint, EntryPoints

    from edc_core_sdtm import derivation

    class Named:
        name = "some-trial"

    def use(kind):
        point = EntryPoint(kind.__name__.lower(), f"{__name__}:{kind.__name__}", derivation.GROUP)
        vars(point)["dist"] = Named()
        vars(point)["load"] = kind
        monkeypatch.setattr(derivation, "entry_points", lambda group: EntryPoints([point]))
        return MetaDataIndex(dataclasses.replace(index.version, plugins=(PluginUse("some-trial", ">=1"),)))

    return use


def test_a_derivation_says_its_method_in_the_language_of_the_authority(deriving, a_subject, export):
    using = deriving(Flagged)
    exported = export(using, a_subject(using, ANSWERS))
    [flag] = [row for row in exported.rows("SUPPVS") if row["QNAM"] == "FLAG"]
    assert (flag["QLABEL"], flag["QVAL"], flag["QORIG"]) == ("Flag of a weight", "Y", "Derived")
    sink = MemorySink()
    with tabulated({}, exported.dataset, lambda _: None, "utf-8") as made:
        english = made.write_define(sink, "", lambda name: f"{name}.xpt", Labels("zh", {}))
    for file, chinese in ((exported.files, {}), (sink.files, {"zh": "体重为Y。"})):
        define = etree.fromstring(file["define.xml"])
        methods = {one.get("OID"): both(one) for one in find(define, ".//o:MethodDef")}
        assert methods["MT.SUPPVS.QVAL.FLAG"] == {**chinese, "en": "Y for a weight."}
        assert methods["MT.VS.VSORRES"] == {"en": "As it was measured."}
    assert "As it was measured." in english["method"][1]
    assert "Y for a weight." not in english["method"][1]


def test_a_derivation_that_is_not_said_in_english_is_refused_by_name(deriving, a_subject, export):
    using = deriving(Speechless)
    with pytest.raises(PluginError, match=r"VS\.VSORRES is not said in English.*with an 'en'"):
        export(using, a_subject(using, ANSWERS))


def test_a_trial_may_derive_more(index, a_subject, export, deriving):
    using = deriving(Doubled)
    assert (
        len(export(index, a_subject(index, ANSWERS)).rows("VS")) == 2
    )  # the study doesn't name the distribution
    found = export(using, a_subject(using, ANSWERS))
    assert [r["VSTESTCD"] for r in found.rows("VS")] == ["DOUBLE", "DOUBLE", "TEMP", "WEIGHT"]
    assert [r["VSSEQ"] for r in found.rows("VS")] == ["1", "2", "3", "4"]
    assert b"Twice what was measured." in found.files["define.xml"]


def both(element):
    """The texts of an element by language."""
    return {one.get(LANG): one.text for one in element.iterfind(".//o:TranslatedText", NAMES)}


@pytest.fixture
def chinese(index, a_subject, export):
    """``define.xml`` for an authority that wants Chinese, and which texts stayed English."""
    items = tuple(
        dataclasses.replace(one, question=TranslatedText((*one.question.texts, ("zh-CN", "特别关注"))))
        if one.name in ("AESI", "WEIGHT")
        else one
        for one in index.version.items
    )
    lists = tuple(
        dataclasses.replace(
            one,
            items=tuple(
                dataclasses.replace(
                    term, decode=TranslatedText((*term.decode.texts, ("zh", f"译{term.coded_value}")))
                )
                for term in one.items
            ),
        )
        if one.oid == "ECOG"
        else one
        for one in index.version.code_lists
    )
    version = dataclasses.replace(index.version, items=items, code_lists=lists)
    exported = export(MetaDataIndex(version), a_subject(MetaDataIndex(version), ANSWERS))
    sink = MemorySink()
    labels = Labels("zh", {"Sex": "性别", "male": "男", "Body temperature": "体温"})
    with tabulated({}, exported.dataset, lambda _: None, "utf-8") as made:
        english = made.write_define(sink, "", lambda name: f"{name}.xpt", labels)
    return etree.fromstring(sink.files["define.xml"]), english


def test_another_language_stands_before_english_in_whatever_is_said(chinese):
    define, english = chinese
    methods = {one.get("OID"): both(one) for one in find(define, ".//o:MethodDef")}
    assert methods["MT.DM.RFSTDTC"] == {"zh": "等于RFXSTDTC。", "en": "RFXSTDTC."}
    decodes = {one.get("CodedValue"): both(one) for one in find(define, ".//o:CodeListItem")}
    assert decodes["TEMP"] == {"zh": "体温", "en": "Body temperature"}
    assert decodes["WEIGHT"]["zh"] == "特别关注", "the question, whose words the name of the test is"
    assert decodes["0"]["zh"] == "译0"
    assert decodes["0"]["en"].startswith("0")
    for element in find(define, ".//o:TranslatedText"):
        before = element.getprevious()
        assert (element.get(LANG), None if before is None else before.get(LANG)) in {
            ("zh", None), ("en", "zh"), ("en", None),
        }  # fmt: skip
    for kind, path in (("method", "o:MethodDef"), ("comment", "d:CommentDef"), ("decode", "o:CodeListItem")):
        said = {texts["en"]: "zh" in texts for texts in map(both, find(define, f".//{path}"))}
        assert english[kind] == (len(said), tuple(text for text, is_there in said.items() if not is_there))
    assert english["comment"][1] == ()
    assert english["decode"][1], "what nobody translated is told"


def test_a_qualifier_is_called_what_is_asked(chinese):
    define, _ = chinese
    values = {one.get("OID"): both(one) for one in find(define, ".//o:ItemDef")}
    assert values["IT.SUPPAE.QVAL.AESI"]["zh"] == "特别关注"


def test_the_rules_have_each_of_their_languages():
    for language in OTHERS:
        words = Words(WORDS, language)
        assert words.group("rules").keys() == RULES.keys()
        for key in ("on_form", "later", "and", "read_from"):
            assert words.say(key, "1", "2") != Words(WORDS, "en").say(key, "1", "2")


def test_where_the_study_has_no_english_the_other_language_stands_alone():
    texts = Texts(Labels("zh", {}))
    (only,) = texts.written("decode", TranslatedText.of("正常", "zh"))
    assert (only.get(LANG), only.text) == ("zh", "正常")
    assert texts.english == {"decode": (1, ())}
