"""The code lists behind our flags, as they stand in every MetaDataVersion of an export."""

from __future__ import annotations

from collections.abc import Mapping

from edc_core.api import MetaDataVersion
from edc_core_odm.vocabulary import CLOSED, FREE, LIST, MISSING
from edc_core_odm.write_xml import attribute, body, element

KIND = LIST + "KIND"  #: FlagType of every flag of ours


def flag(kind: str, value: str) -> str:
    """One Flag; ``value`` is already fit for XML (closed words, or escaped)."""
    return (
        f'<Flag><FlagValue CodeListOID="{LIST}{kind}">{body(value)}</FlagValue>'
        f'<FlagType CodeListOID="{KIND}">{kind}</FlagType></Flag>'
    )


def code_lists(version: MetaDataVersion) -> str:
    """Our lists for one version; its own missing reasons are among ours."""
    written = [_closed(kind, terms) for kind, terms in closed_lists(version, FREE).items()]
    written += [
        f'<CodeList OID="{LIST}{kind}" Name="{attribute(what)}" DataType="text">\n'
        f'<ExternalCodeList Dictionary="free text"/>\n</CodeList>\n'
        for kind, what in FREE.items()
    ]
    return "".join(written)


def closed_lists(version: MetaDataVersion, free: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    """Kind to terms of the closed lists, the list of all kinds first; the reasons begin ReasonForChange, in no flag.

    :param free: kinds of free text, and what they are.
    """
    missing = dict(MISSING)
    for item in version.items:
        for reason in item.missing_reasons:
            missing.setdefault(reason, reason)
    reasons = version.policy.words_of_reasons("en")
    kinds = {"MISSING": "Why there is no value"} | {kind: kind.capitalize() for kind in CLOSED} | dict(free)
    return {"KIND": kinds, "MISSING": missing, "REASON_FOR_CHANGE": reasons, **CLOSED}


def oids() -> set[str]:
    return {LIST + kind for kind in ("KIND", "MISSING", "REASON_FOR_CHANGE", *CLOSED, *FREE)}


def _closed(kind: str, terms: Mapping[str, str]) -> str:
    items = "".join(
        element(
            "CodeListItem",
            {"CodedValue": code},
            f'<Decode><TranslatedText xml:lang="en">{body(words)}</TranslatedText></Decode>',
        )
        for code, words in terms.items()
    )
    return element("CodeList", {"OID": LIST + kind, "Name": LIST + kind, "DataType": "text"}, items)
