from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.routing import Map, Rule

from edc_core.domain.item_path import ItemPath, Step
from edc_core.web.urls import CONVERTERS

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
STEP = st.builds(Step, TEXT, TEXT)
MAP = Map([Rule("/<key:k>/<step:s>/x/<place:p>/end", endpoint="all")], converters=CONVERTERS)


@given(TEXT, STEP, st.builds(ItemPath, STEP, STEP, st.lists(STEP, min_size=1, max_size=2).map(tuple), TEXT))
def test_any_key_step_and_path_comes_back_from_its_address(key, step, path):
    urls = MAP.bind("localhost")
    address = urls.build("all", {"k": key, "s": step, "p": path})
    assert address.isascii()
    assert urls.match(unquote(address)) == ("all", {"k": key, "s": step, "p": path})
