"""A plugin whose checks depend on the version of the study: a limit that moved, one check dropped, one new."""

from edc_core.api import EditCheck, Finding, hookimpl

LIMITS = {"1": 100, "2": 200}


@hookimpl
def edc_register_checks(study):
    version = study.index.version.oid
    limit = LIMITS[version]

    def high(form):
        value = form.number("SYSBP")
        return Finding("SYSBP", f"Above {limit}?") if value is not None and value > limit else None

    def below(form):
        low = form.number("DIABP")  # an item that version 1 does not have
        return Finding("DIABP", "Please confirm.") if low is not None and low > 90 else None

    def nowhere(form):
        items = [name for one in form.casebook.forms("VS") for name in ("SYSBP", "DIABP") if _has(one, name)]
        return Finding("SEX", f"Sees {' '.join(items)}") if form.text("SEX") == "M" else None

    yield EditCheck("HIGH", "Systolic above the limit", form="VS", check=high)
    yield EditCheck("SEES", "What another form defines", form="DM", check=nowhere)
    yield EditCheck(
        "OLD" if version == "1" else "NEW", "One of them", form="VS", check=high if version == "1" else below
    )


def _has(form, name):
    try:
        form.at(name)
    except KeyError:
        return False
    return True
