"""What was entered before: the unit that a site used last for an item, and the terms that a study has for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from edc_core.domain.item_path import decode, encode
from edc_core.store.driver import Prepared
from edc_core.store.subject_tables import WORDS

if TYPE_CHECKING:
    from sqlalchemy import Connection

_UNITS = Prepared(
    text("""
    SELECT item.item_oid, item.unit FROM (
        SELECT form.study_id, form.subject_id, form.path FROM subject
        JOIN form_data AS form ON form.study_id = subject.study_id AND form.subject_id = subject.subject_id
        WHERE subject.study_id = :study AND subject.site_id = :site AND form.form_oid = :form
        ORDER BY form.at DESC LIMIT 50
    ) AS recent
    JOIN item_data AS item ON item.study_id = recent.study_id AND item.subject_id = recent.subject_id
        AND item.form_path = recent.path AND item.unit <> ''
    JOIN ledger_entry AS entry ON entry.study_id = item.study_id AND entry.chain = item.subject_id AND entry.n = item.n
    ORDER BY entry.at
    """)
)
_TERMS = Prepared(
    text(f"""
    SELECT value FROM item_data WHERE study_id = :study AND item_oid = :item AND {WORDS}
    GROUP BY value HAVING min(subject_id) <> max(subject_id) ORDER BY count(*) DESC, value
    """)  # noqa: S608 - WORDS is a constant
)


def units_used(connection: Connection, study_id: str, site_id: str, form_oid: str) -> dict[str, str]:
    """Item OID to the OID of the unit that was given for it last, in the newest forms of the subjects of a site."""
    rows = _UNITS.rows(connection, {"study": study_id, "site": site_id, "form": form_oid})
    return {decode(item): unit for item, unit in rows}


def earlier_terms(connection: Connection, study_id: str, item_oid: str) -> list[str]:
    """Texts that stand in an item for two subjects or more, most used first."""
    return [value for (value,) in _TERMS.rows(connection, {"study": study_id, "item": encode(item_oid)})]
