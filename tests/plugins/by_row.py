"""Well-behaved checks: one by row, one that speaks about the same place from every form."""

from edc_core.api import EachRow, EditCheck, Finding, hookimpl


def serious(row):
    if row.text("AETERM") and row.text("AESER") == "Y":
        return Finding("AESER", "Serious?")
    return None


def pairs(form):
    first = form.casebook.forms("VS")[0]
    return Finding(first.at("SYSBP"), "Compare the two visits.")


@hookimpl
def edc_register_checks(study):
    yield EditCheck("SERIOUS", "Serious", form="AE", check=EachRow("AE", serious))
    yield EditCheck("PAIRS", "Pairs", form="VS", check=pairs)
