"""Sign a snapshot on a page, and take its sealed record along."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.api import (
    ROLE_WORDS,
    Action,
    AlreadyExists,
    Attachment,
    BadRequest,
    EditConflict,
    Meaning,
    Page,
    ReasonRequired,
    Refused,
    Role,
    SeeOther,
    UnsafeSettings,
    WrongState,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import PageRequest, SnapshotSignature, Times

LONGEST = 80  #: letters of a name
#: What a snapshot is signed for; responsibility for the data is the investigator's.
MEANINGS = (Meaning.APPROVAL, Meaning.REVIEW)


@dataclass(frozen=True, slots=True)
class SigningPage:
    """:param manifest: what is signed, with its SHA-256. :param message: why it was not signed, or not sealed."""

    study: str
    name: str
    manifest: Mapping[str, Any]
    sha256: str
    signatures: tuple[SnapshotSignature, ...]
    meanings: tuple[Meaning, ...]
    may_sign: bool
    message: str
    login: str
    op: str
    times: Times


def signing(asked: PageRequest) -> SigningPage:
    """A snapshot, as it is signed."""
    return _page(asked)


def _page(asked: PageRequest, message: str = "") -> SigningPage:
    study, name = asked.study, asked.text("name", longest=LONGEST, required=True)
    manifest, sha256, signatures = study.snapshots.manifest(name)
    return SigningPage(
        study=study.name,
        name=name,
        manifest=manifest,
        sha256=sha256,
        signatures=tuple(one._replace(role=ROLE_WORDS.get(Role(one.role), one.role)) for one in signatures),
        meanings=MEANINGS,
        may_sign=study.may(Action.SNAPSHOT, "*"),
        message=message,
        login=study.login,
        op=asked.op,
        times=asked.times,
    )


def sign(asked: PageRequest) -> SeeOther | Refused:
    """Sign what was read."""
    name, meaning = asked.text("name", required=True), asked.text("meaning", required=True)
    if meaning not in MEANINGS:
        raise BadRequest("A snapshot is signed with one of the meanings on the page.")
    try:
        asked.study.snapshots.sign(
            name, asked.text("sha256", required=True), Meaning(meaning), login=asked.text("login"),
            password=asked.text("password", longest=1024), op=asked.text("op", longest=150, required=True),
        )  # fmt: skip
    except (AlreadyExists, EditConflict, ReasonRequired, WrongState) as error:
        return Refused(_page(asked, error.message))
    return SeeOther("sign", query={"name": name})


def sealed(asked: PageRequest) -> Attachment | Refused:
    """The record that is checked without the database."""
    name = asked.text("name", longest=LONGEST, required=True)
    try:
        content = asked.study.snapshots.sealed(name)
    except UnsafeSettings as error:
        return Refused(_page(asked, error.message))
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return Attachment(f"{name}.snapshot.json", "application/json", text)


SIGNING_PAGES = (
    Page(path="sign", action=Action.EXPORT_LOCKED, handler=signing, template="sign.html"),
    Page(path="sign", action=Action.SNAPSHOT, handler=sign, template="sign.html", method="POST"),
    Page(path="sealed", action=Action.EXPORT_LOCKED, handler=sealed, template="sign.html"),
)
