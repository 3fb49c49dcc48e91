"""Which encodings have the letters of a language, and what an item says of its own."""

import pytest

from edc_core.domain.metadata import Alias, DataType, ItemDef
from edc_core.domain.text_language import LETTERS, holds, letters_of, text_language


def test_an_item_says_its_language_by_an_alias():
    said = ItemDef("I", "I", DataType.TEXT, aliases=(Alias("SDTM", "SUPPAE.I"), Alias("edc:language", "zh")))
    assert text_language(said) == "zh"
    assert text_language(ItemDef("I", "I", DataType.TEXT)) == ""


@pytest.mark.parametrize(
    ("encoding", "held", "lacking"),
    [("ascii", {"en"}, {"zh", "zh-CN", "ko", "ja", "de", "fr"}),
     ("gb18030", set(LETTERS), set()),
     ("gb2312", {"zh", "zh-CN", "en"}, {"zh-Hant", "ko", "de"}),
     ("shift_jis", {"ja"}, {"zh", "ko"}),
     ("euc_kr", {"ko"}, {"zh"}),
     ("utf-8", set(LETTERS), set())],
)  # fmt: skip
def test_an_encoding_has_the_letters_of_some_languages(encoding, held, lacking):
    assert {tag for tag in held | lacking if holds(encoding, tag)} == held


def test_a_language_that_is_not_known_has_no_letters_and_is_refused_by_what_is_written():
    assert letters_of("xx") == ""
    assert letters_of("ZH") == "", "a tag as it is written: the check of a definition tells the nearest"
    assert holds("ascii", "xx")
