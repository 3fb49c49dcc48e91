"""A plugin that looks before the lock: every adverse event without a grade is not settled."""

from edc_core.api import ItemPath, ListingWanted, LockCheck, Obstacle, Unsettled, hookimpl


def ungraded(study):
    for row in study.listing(ListingWanted(form="AE", group="AE.ROW", columns=("AE.GRADE",))).rows:
        if not row.cells[0]:
            yield Unsettled(row.subject_key, row.path, "Not in the list yet.", "grade")


def fails(study):
    raise ValueError("a collected value")


def nobody(study):
    return [Unsettled("S-999", ItemPath(), "There is no such subject.")]


def wordy(study):
    return [Unsettled("S-001", ItemPath(), "x" * 281)]


def texts(study):
    return ["S-001"]


def strangers(study):
    return [Unsettled("", ItemPath(), "An event of nobody.", "3")]


def somewhere(study):
    return [Unsettled("", ItemPath.parse("V1[1]/AE[1]"), "Whose form is it?")]


#: Called while a check looks: what somebody else does meanwhile.
meanwhile = []


def slow(study):
    for act in meanwhile:
        act()
    return ()


def a_plugin(check, why=Obstacle.UNRECONCILED):
    class Plugin:
        @staticmethod
        @hookimpl
        def edc_register_checks(study):
            yield LockCheck("LISTED", "Every event is in the list", why, check, page="list")

    return Plugin


plugin = a_plugin(ungraded)
failing = a_plugin(fails)
of_nobody = a_plugin(nobody)
too_long = a_plugin(wordy)
no_answer = a_plugin(texts)
of_no_subject = a_plugin(strangers)
no_place = a_plugin(somewhere)
interrupted = a_plugin(slow)
of_a_query = a_plugin(ungraded, Obstacle.OPEN_QUERY)
