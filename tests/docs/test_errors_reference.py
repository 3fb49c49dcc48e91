import re

from edc_core import errors
from edc_core.web.errors import STATUS
from tests.docs.reference_pages import REFERENCE

ROW = re.compile(r"^\| (EDC\d{3}) \| (\w+) \| (\d{3}) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def subclasses(kind):
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from subclasses(child)


def test_every_error_is_documented_with_its_name_and_status():
    documented = [row[:3] for row in ROW.findall((REFERENCE / "errors.md").read_text(encoding="utf-8"))]
    kinds = [errors.EdcError, *subclasses(errors.EdcError)]
    assert documented == sorted((one.code, one.__name__, str(STATUS.get(one, 500))) for one in kinds)


def test_no_code_is_used_twice():
    codes = [one.code for one in subclasses(errors.EdcError)]
    assert len(codes) == len(set(codes))
