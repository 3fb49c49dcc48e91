from edc_core_simulate.chance import Chance


def test_a_place_has_its_own_draws_whatever_was_drawn_elsewhere():
    chance = Chance("7")
    before = chance.at("a", 1).share()
    chance.at("b").share()
    assert chance.at("a", 1).share() == before
    assert chance.at("a", 2).share() != before


def test_draws_are_the_same_on_every_machine():
    draws = Chance("7").at("HERSC-301", 0)
    assert [draws.whole(1, 100) for _ in range(5)] == [36, 49, 16, 65, 8]


def test_whole_numbers_reach_both_ends():
    draws = Chance("7").at("ends")
    assert {draws.whole(1, 3) for _ in range(100)} == {1, 2, 3}


def test_weights_count():
    draws = Chance("7").at("weights")
    assert {draws.weighted((("a", 1), ("b", 0))) for _ in range(50)} == {"a"}
