"""A warning where an item seems to ask for what identifies a person (REQ-PRV-01): a subject is known by its code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edc_core.definitions.lint import Lint
    from edc_core.domain.metadata import ItemDef

_ASKS = re.compile(
    r"\b(?:sur|first|last|family|given|full|middle|maiden)[ _-]?names?\b|\b(?:patient|subject|participant)(?:'?s)?[ _]names?\b"
    r"|\binitials\b|\b(?:home|postal|street|e-?mail)[ _]address\b|\b(?:post ?code|zip[ _]code)\b|\be-?mail\b"
    r"|\b(?:tele|mobile|cell)?[ _]?phone(?:[ _]number)?\b|\bMRN\b|\b(?:medical[ _]record|hospital|chart)[ _](?:no|number)\b"
    r"|\bsocial[ _]security\b|\bSSN\b|\bnational[ _]id(?:entity|entification)?\b|\bpassport\b|\binsurance[ _]number\b"
    r"|성명|대상자 ?이름|환자 ?이름|주소|전화 ?번호|연락처|이메일|주민 ?등록 ?번호|병원 ?등록 ?번호|차트 ?번호|여권 ?번호",
    re.IGNORECASE,
)


#: One of these is in whatever ``_ASKS`` finds; most questions have none, which is told at a tenth of the cost.
_MAY_ASK = re.compile(
    "names?|initials|address|code|mail|phone|mrn|record|hospital|chart|security|ssn|national|passport|insurance|[가-힣]"
)


def check_identifiers(lint: Lint, item: ItemDef) -> None:
    asked = "\n".join((item.name.replace("_", " "), item.name, *(text for _, text in item.question.texts)))
    found = _ASKS.search(asked) if _MAY_ASK.search(asked.casefold()) else None
    if found is not None and item.sensitivity != "identifying":
        message = (
            f"The item '{item.name}' seems to ask for what identifies a person ('{found.group()}'). The subject "
            "number stands for the person; leave the item out, or say `sensitivity: identifying`."
        )
        lint.note("item", item.oid, (), "W316", message)
