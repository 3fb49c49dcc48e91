"""``read.sas``, which nobody runs here: its text, for a dataset with everything in it."""

from edc_core_tabular.scripts.sas import in_sas

from edc_core.api import CodeList, CodeListItem, DataType, TranslatedText, Variable


def codes(oid, data_type, **texts):
    items = tuple(
        CodeListItem(code.strip("_"), TranslatedText.of(text, "en")) for code, text in texts.items()
    )
    return CodeList(oid, oid, data_type, items)


def test_a_dataset_is_read_with_labels_formats_and_its_rows_counted(table):
    sex = codes("CL.SEX", DataType.TEXT, M="Male", F="It's female")
    grade = codes("CL SEX", DataType.INTEGER, _1="Mild", _2="Severe")
    ae = table(
        "AE.ROW", "The patient's events", "AEROW",
        SEX=(Variable("SEX", "Sex & gender\nas told", DataType.TEXT, code_list=sex), []),
        TOXICITY_GRADE=(Variable("TOXICITY_GRADE", "", DataType.INTEGER, "TOXGR", code_list=grade), []),
    )  # fmt: skip
    program = in_sas([ae], {"AE.ROW": 7}, "utf-8")
    assert "Text is in utf-8" in program
    assert program.endswith("""\
proc format;
  value CL_SEX_
    1 = 'Mild'
    2 = 'Severe';
  value $CL_SEX_2_
    'M' = 'Male'
    'F' = 'It''s female';
run;

/* AE.ROW */
libname edc xport "&folder/aerow.xpt";
data work.AEROW (label='The patient''s events');
  set edc.AEROW;
  label
    SEX = 'Sex & gender as told'
  ;
  format
    SEX $CL_SEX_2_.
    TOXGR CL_SEX_.
  ;
run;
libname edc clear;
%rows(AEROW, 7);
""")


def test_names_of_formats_are_short_and_their_own(table):
    lists = [codes(f"A.VERY.LONG.NAME.OF.A.CODE.LIST.{n}", DataType.TEXT, X="x") for n in range(12)]
    columns = {
        f"V{n}": (Variable(f"V{n}", "", DataType.TEXT, code_list=one), []) for n, one in enumerate(lists)
    }
    program = in_sas([table(**columns)], {"AE": 0}, "ascii")
    names = [line.split()[1] for line in program.splitlines() if line.startswith("  value ")]
    assert len(set(names)) == 12
    assert all(name.startswith("$A_VERY") and len(name) <= 31 and name.endswith("_") for name in names)
