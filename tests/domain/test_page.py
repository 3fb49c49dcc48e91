"""The fields of a request as a handler reads them."""

import pytest

from edc_core.domain.page import Asked
from edc_core.errors import BadRequest


@pytest.mark.parametrize(
    ("given", "lines", "page"),
    [("", 0, (1, 1)), ("", 101, (1, 3)), ("2", 101, (2, 3)), ("3", 100, (2, 2)), ("999999999", 51, (2, 2))],
)
def test_a_page_of_a_list_is_one_that_there_is(given, lines, page):
    assert Asked({}, {"page": (given,)}, None, "op").page_of(lines, 50) == page


@pytest.mark.parametrize("given", ["0", "-1", "x", "1.5", "²", "٣", "1" * 10])
def test_what_is_no_page_is_refused(given):
    with pytest.raises(BadRequest, match="page"):
        Asked({}, {"page": (given,)}, None, "op").page_of(101, 50)
