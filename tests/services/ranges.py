"""Reference ranges brought into a study from the text of a file, as the command does."""

from edc_core_lab_ranges.reading import read_ranges

from edc_core.services.study_access import CoreStudyAccess
from edc_core.store import readers


def load_file(core, actor, study_id, text):
    """Every line of the text is right."""
    with core.read() as source:
        study = readers.study_by_id(source.connection, study_id)
    access = CoreStudyAccess(core, actor, study, "lab-ranges")
    read = read_ranges(text, access.ranged_tests())
    assert read.problems == ()
    return access.load_ranges(read.rows)
