"""For which milestones places are signed, one by one and together."""

from edc_core.domain.item_path import ItemPath
from edc_core.domain.milestone import Milestone, Offer, held_by_all, offers_at
from edc_core.domain.translated_text import TranslatedText

CASEBOOK, DM = ItemPath(), ItemPath.parse("V1[1]/DM[1]")
INTERIM = Milestone(
    "INTERIM",
    TranslatedText((("en", "Before the analysis"), ("ko", "분석 전"))),
    TranslatedText((("en", "I reviewed it."), ("ko", "검토했습니다."))),
)
BOARD = Milestone("BOARD", forms=("DM",))
FIRST, SECOND, OTHER = (
    Offer("INTERIM", "Before the analysis", "I reviewed it."),
    Offer("LOCK", "Before the lock", "It is complete."),
    Offer("INTERIM", "Before the analysis", "I reviewed it and approve it."),
)


def test_an_offer_has_the_words_of_a_language_and_its_oid_where_it_has_no_title():
    assert offers_at(CASEBOOK, (INTERIM, BOARD), "ko") == (Offer("INTERIM", "분석 전", "검토했습니다."),)
    assert offers_at(DM, (INTERIM, BOARD), "en") == (Offer("BOARD", "BOARD", ""),)


def test_what_every_place_offers_in_the_same_words_is_signed_together():
    assert held_by_all([]) == ((), ())
    assert held_by_all([(FIRST, SECOND)]) == ((FIRST, SECOND), ())
    assert held_by_all([(FIRST, SECOND), (SECOND, FIRST)]) == ((FIRST, SECOND), ())


def test_what_one_place_lacks_or_words_otherwise_is_named_once_and_not_offered():
    assert held_by_all([(FIRST, SECOND), (SECOND,)]) == ((SECOND,), ("Before the analysis",))
    assert held_by_all([(FIRST, SECOND), (OTHER, SECOND)]) == ((SECOND,), ("Before the analysis",))
    assert held_by_all([(FIRST,), ()]) == ((), ("Before the analysis",))
