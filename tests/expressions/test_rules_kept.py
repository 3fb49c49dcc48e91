"""The compiled rules of a version are made once, and go when nobody has the version any more."""

import gc
import weakref

from edc_core.domain.index import MetaDataIndex
from edc_core.expressions.rules import rules_of
from edc_core.testing import a_study


def test_rules_are_compiled_once_for_a_version():
    index = MetaDataIndex(a_study().with_item("VS.SYSBP").build())
    assert rules_of(index) is rules_of(index)


def test_a_version_that_nobody_has_any_more_takes_its_rules_with_it():
    index = MetaDataIndex(a_study().with_item("VS.SYSBP").build())
    gone = weakref.ref(rules_of(index))
    gc.collect()
    assert gone() is not None
    del index
    gc.collect()
    assert gone() is None


def test_a_version_that_forgets_makes_its_rules_anew():
    index = MetaDataIndex(a_study().with_item("VS.SYSBP").build())
    before = rules_of(index)
    index.forget()
    assert rules_of(index) is not before
