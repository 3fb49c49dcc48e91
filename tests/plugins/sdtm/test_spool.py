"""Records of a dataset in a temporary file: read as often as wanted, and never fewer than were made."""

import pytest
from edc_core_sdtm.spool import Spool

from edc_core.api import ExportRefused

ROWS = [["DEMO", f"DEMO-{n:04}", "긴 글 " * 40, None] for n in range(2000)]  #: more than is held in memory


@pytest.fixture
def spool():
    spool = Spool("AE", ["STUDYID", "USUBJID", "AETERM", "AEDECOD"])
    for row in ROWS:
        spool.add(list(row))
    yield spool
    spool.close()


def test_rows_come_as_they_were_added_again_and_again(spool):
    assert list(spool.rows()) == ROWS
    assert list(spool.rows()) == ROWS
    assert (spool.count, spool.extents["AETERM"].length) == (2000, 160)


def test_two_readers_at_once_do_not_disturb_each_other(spool):
    pairs = list(zip(spool.rows(), spool.rows(), strict=True))
    assert [one for one, _ in pairs] == [other for _, other in pairs] == ROWS


@pytest.mark.parametrize("lost", [1, 50_000])
def test_a_file_that_lost_its_end_is_refused(spool, lost):
    spool.flush()
    spool._file.seek(0)
    spool._file.truncate(len(spool._file.read()) - lost)
    with pytest.raises(ExportRefused, match=r"2000 records of AE were made and 1\d\d\d read back"):
        list(spool.rows())
