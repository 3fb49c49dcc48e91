from tests.docs.reference_pages import REFERENCE, written_anew


def test_the_page_is_what_the_tables_are():
    page = (REFERENCE / "states.md").read_text(encoding="utf-8")
    assert page == written_anew("states.md"), "write it anew: python -m tests.docs.reference_pages"
