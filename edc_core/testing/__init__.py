"""What tests of plugins need: builders of studies and casebooks, a clock that stands, a trial on a real database.

In a plugin's ``conftest.py``: ``pytest_plugins = ["edc_core.testing.fixtures"]``. A study needs no more than ``a_study().with_item("VS.SYSBP")``.
"""

from edc_core.core import Core
from edc_core.testing.fake_clock import FakeClock
from edc_core.testing.memory_sink import MemorySink
from edc_core.testing.study_builder import StudyBuilder, a_study
from edc_core.testing.subject_builder import SubjectBuilder, a_subject, find_path
from edc_core.testing.trial import SOME_REASON, Trial

__all__ = [
    "SOME_REASON",
    "Core",
    "FakeClock",
    "MemorySink",
    "StudyBuilder",
    "SubjectBuilder",
    "Trial",
    "a_study",
    "a_subject",
    "find_path",
]
