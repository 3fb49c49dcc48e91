"""The code lists behind our flags, as they stand in every MetaDataVersion of an ODM 2.0 export."""

from __future__ import annotations

from edc_core.api import MetaDataVersion
from edc_core_odm.code_lists import closed_lists
from edc_core_odm.odm2.write_parts import translated
from edc_core_odm.vocabulary import FREE, LIST
from edc_core_odm.write_xml import element

_FREE = FREE | {"UNIT": "Unit of the value"}  #: ODM 2.0 has an item for the unit, and no MeasurementUnit


def code_lists(version: MetaDataVersion) -> str:
    """Our lists for one version; its own missing reasons are among ours. One of free text has no terms."""
    written = [
        _list(kind, LIST + kind, "".join(_term(code, words) for code, words in terms.items()))
        for kind, terms in closed_lists(version, _FREE).items()
    ]
    written += [_list(kind, what, "") for kind, what in _FREE.items()]
    return "".join(written)


def _list(kind: str, name: str, terms: str) -> str:
    return element("CodeList", {"OID": LIST + kind, "Name": name, "DataType": "text"}, terms)


def _term(code: str, words: str) -> str:
    return element("CodeListItem", {"CodedValue": code}, f"<Decode>{translated('en', words)}</Decode>")
