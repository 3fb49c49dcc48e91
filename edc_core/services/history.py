"""The audit trail in sentences: who did what, from what to what, and why, for a person who did not build the study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from edc_core.domain.file_value import FileValue
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.domain.permission import ROLE_WORDS, Role
from edc_core.domain.query import QueryState
from edc_core.domain.redaction import MASK, digest_left
from edc_core.errors import NotFound
from edc_core.services.noting import may_read
from edc_core.services.reading import PlaceWords, note_shown, words_of
from edc_core.services.sentences import sent, sentence
from edc_core.store import listing_queries
from edc_core.store.listing_queries import TrailFilter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.metadata import ItemDef
    from edc_core.services.reading import StudyPicture

PAGE = 50
#: What a reader may narrow a history to: word in the address, beginnings of kinds.
KINDS: dict[str, tuple[str, ...]] = {
    "values": ("item.", "derived.", "file.", "group.", "note.", "redact"),
    "queries": ("query.",),
    "status": ("form.", "event.", "subject."),
    "protection": ("protect.", "sign.", "review.", "waiver."),
}
#: What concerns an item although it happens to the row, form or visit it lies in, or to the subject.
ABOVE = ("group.", "form.", "event.", *KINDS["protection"])
#: By which door a value came that nobody typed.
DOORS = {"import": "by an import", "transferred": "by a transfer", "derived": ""}


@dataclass(frozen=True, slots=True)
class Happening:
    """One effect in words.

    :param who: full name, or what acted when it was no person.
    :param text: goes on after the name: "changed Weight from 72.4 kg to 74.2 kg."
    :param op: effects of one operation share it.
    :param file: what was sent, where the effect is that a file was.
    """

    n: int
    op: str
    at: str
    site_zone: str
    who: str
    role: str
    text: str
    reason: str
    place: PlaceWords
    path: ItemPath
    kind: str
    is_person: bool
    file: FileValue | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """:param older: position to ask for next; 0 when this is the end. :param actors: who wrote in this chain at all."""

    happenings: tuple[Happening, ...]
    older: int
    actors: tuple[tuple[str, str], ...] = ()


def history(
    picture: StudyPicture, chain: str, wanted: TrailFilter, *, site_id: str = "", limit: int = PAGE
) -> HistoryPage:
    """A page of a chain, newest first, without what lies at items the person may not see: three statements."""
    connection = picture.source.connection
    scope = picture.scope_at([site_id] if site_id else picture.sites)
    rows = listing_queries.entries(connection, scope, chain, wanted, limit=limit + 1)
    logins = listing_queries.actors(connection, picture.study.study_id, chain)
    names = listing_queries.full_names(connection, logins)
    older = rows[limit - 1].n if len(rows) > limit else 0
    shown = [row for row in rows[:limit] if may_know(picture, row)]
    note_shown(picture, f"subject:{chain} history {wanted.path}".rstrip(), items_of(picture, shown))
    return HistoryPage(
        tuple(happening(picture, row, names) for row in shown),
        older,
        tuple((login, names.get(login) or who(login)) for login in logins),
    )


def item_history(
    picture: StudyPicture, chain: str, path: ItemPath, *, site_id: str, limit: int, before: int = 0
) -> HistoryPage:
    """What happened to one item, and to what it lies in as far as it concerns the item; newest first."""
    wanted = TrailFilter(before, path=str(path), above=ABOVE)
    return history(picture, chain, wanted, site_id=site_id, limit=limit)


def items_of(picture: StudyPicture, rows: Iterable[Any]) -> Iterator[ItemDef | None]:
    """Items whose values entries hold."""
    for row in rows:
        if row.kind in (EntryKind.ITEM_SET, EntryKind.DERIVED_SET):
            yield _index(picture, row.meta_data_version).items.get(ItemPath.parse(row.path).item or "")


def may_know(picture: StudyPicture, row: Any) -> bool:
    """Candidates are not for the site, in the trail as in the list; notes about the study are for whom they are meant."""
    if row.kind == EntryKind.NOTE_ADD and row.chain == STUDY_CHAIN:
        return may_read(picture, row.actor, orjson.loads(row.payload))
    if row.kind not in (EntryKind.QUERY_OPEN, EntryKind.QUERY_STATE):
        return True
    payload = orjson.loads(row.payload)
    if not payload.get("asked", True) and QueryState.CANDIDATE not in picture.query_states:
        return False
    return payload.get("state", "") in picture.query_states


def who(actor: str) -> str:
    """What acted, when it was no person with an account."""
    kind, _, name = actor.partition(":")
    return {"system": "The system", "plugin": f"Plugin {name}", "cli": f"Command line ({name})"}.get(
        kind, actor
    )


def happening(picture: StudyPicture, row: Any, names: Mapping[str, str]) -> Happening:
    """An entry of the ledger in words. :param names: full names by login."""
    path = ItemPath.parse(row.path)
    index = _index(picture, row.meta_data_version)
    language = picture.language(row.site_id)
    place = words_of(index, path, language)
    known = row.role in set(Role)
    payload = _payload(picture, row)
    return Happening(
        n=row.n, op=row.op, at=row.at, site_zone=row.site_zone, who=names.get(row.actor) or who(row.actor),
        role=ROLE_WORDS[Role(row.role)] if known else "",
        text=_ended(sentence(EntryKind(row.kind), payload, place, index, path) + _door(row, payload)),
        reason=_ended(_reason(row, index.version.policy.words_of_reasons(language))), place=place, path=path,
        kind=row.kind, is_person=row.actor in names,
        file=sent(payload) if row.kind == EntryKind.FILE_ADD and not payload.get("redacted") else None,
    )  # fmt: skip


def _door(row: Any, payload: Mapping[str, Any]) -> str:
    """How it came in when nobody typed it, and which build of a plugin was at work."""
    plugin = str(payload.get("plugin", "")) if row.kind.startswith(("query.", "check.")) else ""
    said = ", ".join(filter(None, (DOORS.get(row.origin, ""), plugin)))
    return f" ({said})" if said else ""


def _payload(picture: StudyPicture, row: Any) -> dict[str, Any]:
    """The payload with the name of what lies above a subject, where an entry is about that."""
    payload: dict[str, Any] = orjson.loads(row.payload)
    if row.chain == STUDY_CHAIN:
        site = picture.all_sites.get(payload.get("scope", "") or payload.get("site_id", ""))
        payload["above"] = f"site {site.number}" if site else "the study"
    return payload


def _index(picture: StudyPicture, oid: str) -> MetaDataIndex:
    """The definition an entry was written with; entries about no definition are read with the newest."""
    try:
        return picture.version(oid) if oid else picture.index
    except NotFound:
        return picture.index


def _ended(text: str) -> str:
    """A sentence ends once, also where it quotes one that ended already."""
    return text if not text or text[-1] in ".?!" else f"{text}."


def _reason(row: Any, known: Mapping[str, str]) -> str:
    said = MASK if digest_left(row.reason_text) else row.reason_text
    return ": ".join(filter(None, (known.get(row.reason_code, row.reason_code), said)))
