"""Ages of queries in bands, the same in every list and report."""

#: Full days since a query was opened (REQ-QRY-03): each band in words, with its first day, rising.
AGE_BANDS = {"0 to 7 days": 0, "8 to 14 days": 8, "15 to 30 days": 15, "more than 30 days": 31}


def age_band(days: int) -> str:
    """The band that an age of ``days``, 0 or more, is in."""
    return [words for words, first in AGE_BANDS.items() if first <= days][-1]
