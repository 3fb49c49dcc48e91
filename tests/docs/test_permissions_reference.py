from tests.docs.reference_pages import REFERENCE, written_anew


def test_the_page_is_what_the_matrix_is():
    page = (REFERENCE / "permissions.md").read_text(encoding="utf-8")
    assert page == written_anew("permissions.md"), "write it anew: python -m tests.docs.reference_pages"
