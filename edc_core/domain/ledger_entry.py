"""One row of the append-only truth, and the closed list of its kinds. How rows are hashed: ledger/hashing.py."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

TAG = "edc2"  #: the recipe that entries are hashed by now
TAGS = ("edc1", "edc2")  #: every recipe that was ever used: stored bytes never change
GENESIS = ""  #: ``prev`` of the first entry of a chain
STUDY_CHAIN = "@study"
SYSTEM_CHAIN = "@system"
SYSTEM_STUDY = "@system"  #: study_id of entries that belong to the installation


class EntryKind(StrEnum):
    """Everything that can be written to the ledger; a new kind is a release of the framework."""

    SUBJECT_ADD = "subject.add"
    SUBJECT_KEY = "subject.key"
    SUBJECT_SITE = "subject.site"
    SUBJECT_STATUS = "subject.status"
    SUBJECT_UNBLIND = "subject.unblind"
    EVENT_ADD = "event.add"
    EVENT_STATUS = "event.status"
    EVENT_REMOVE = "event.remove"
    EVENT_RESTORE = "event.restore"
    FORM_STATUS = "form.status"
    FORM_MIGRATE = "form.migrate"
    FORM_REMOVE = "form.remove"
    FORM_RESTORE = "form.restore"
    GROUP_ADD = "group.add"
    GROUP_REMOVE = "group.remove"
    GROUP_RESTORE = "group.restore"
    ITEM_SET = "item.set"
    DERIVED_SET = "derived.set"
    QUERY_OPEN = "query.open"
    QUERY_MESSAGE = "query.message"
    QUERY_STATE = "query.state"
    REVIEW_SET = "review.set"
    REVIEW_DROP = "review.drop"
    SIGN_SET = "sign.set"
    SIGN_BREAK = "sign.break"
    SIGN_WITHDRAW = "sign.withdraw"
    PROTECT_SET = "protect.set"
    WAIVER_SET = "waiver.set"
    CODING_SET = "coding.set"
    CODING_RESET = "coding.reset"
    NOTE_ADD = "note.add"
    FILE_ADD = "file.add"
    REDACT = "redact"
    CLOCK_TICK = "clock.tick"
    CHECK_FAILED = "check.failed"
    STUDY_ADD = "study.add"
    STUDY_RESIDENCY = "study.residency"
    STUDY_PUBLISH = "study.publish"
    STUDY_ACTIVATE = "study.activate"
    STUDY_APPROVE = "study.approve"
    STUDY_RELEASE = "study.release"
    STUDY_RANGES = "study.ranges"
    STUDY_PERMISSIONS = "study.permissions"
    STUDY_HOSTING = "study.hosting"
    STUDY_CHECK = "study.check"
    SITE_ADD = "site.add"
    SITE_CHANGE = "site.change"
    SITE_CLOSE = "site.close"
    SITE_RISK = "site.risk"
    GRANT_ADD = "grant.add"
    GRANT_END = "grant.end"
    GRANT_EVIDENCE = "grant.evidence"
    GRANT_USER_ADD = "grant.user_add"
    GRANT_USER_CHANGE = "grant.user_change"
    PLUGIN_QUARANTINE = "plugin.quarantine"
    PLUGIN_UPGRADE = "plugin.upgrade"
    PLUGIN_CHANGE = "plugin.change"
    IMPORT_START = "import.start"
    IMPORT_END = "import.end"
    EXPORT_REQUEST = "export.request"
    EXPORT_PRODUCE = "export.produce"
    EXPORT_EXPIRE = "export.expire"
    EXPORT_TOKEN = "export.token"  # noqa: S105 - the name of a kind
    EXPORT_HAND_OVER = "export.hand_over"
    EXPORT_OPEN = "export.open"
    EXPORT_RECEIPT = "export.receipt"
    CUT_CREATE = "cut.create"
    CUT_SIGN = "cut.sign"
    ANCHOR = "anchor"
    ANCHOR_KEY = "anchor.key"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One effect. Times are UTC ISO 8601 with microseconds and ``Z``; payload is canonical JSON text.

    :param chain: hex subject id, ``@study`` or ``@system``.
    :param n: position in the chain, from 1.
    :param op: the operation this effect belongs to; ``op_index`` its place in it.
    :param path: ItemPath text below the subject; empty for the subject or where no path applies.
    """

    study_id: str
    chain: str
    n: int
    op: str
    op_index: int
    kind: str
    path: str
    meta_data_version: str
    actor: str
    role: str
    site_id: str
    at: str
    user_zone: str
    site_zone: str
    reason_code: str
    reason_text: str
    origin: str
    payload: str
    payload_sha256: str
    prev: str
    hash: str


class EntryFacts(NamedTuple):
    """The columns of an entry that projections are made of; ``payload`` is parsed."""

    study_id: str
    chain: str
    n: int
    kind: str
    path: str
    meta_data_version: str
    actor: str
    role: str
    at: str
    reason_text: str
    payload: Mapping[str, Any]


#: Every column, in the order of the table.
COLUMNS = tuple(LedgerEntry.__dataclass_fields__)
#: Columns in the hash, in the order of the canonical JSON (sorted).
HASHED = tuple(sorted(set(COLUMNS) - {"payload", "prev", "hash"}))
