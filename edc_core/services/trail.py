"""The whole audit trail of a study at a cut, as one person may read it, and the anchors that vouch for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edc_core.domain.dataset import AnchoredState, TrailEntry
from edc_core.domain.ledger_entry import COLUMNS, STUDY_CHAIN, SYSTEM_STUDY, EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.domain.trail import Access, FoundTrail
from edc_core.errors import NotFound
from edc_core.ledger import anchor, cut, site_chains, study_at_cut
from edc_core.ledger.append import parse_payload
from edc_core.services.history import happening, items_of, may_know, who
from edc_core.services.reading import look_at, note_shown
from edc_core.store import listing_queries, readers, trail_queries
from edc_core.store.row_places import path_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from typing import Any

    from edc_core.domain.dataset import ExportDataset
    from edc_core.domain.permission import Actor
    from edc_core.domain.trail import TrailWanted
    from edc_core.ledger.cut import Cut
    from edc_core.services.reading import StudyPicture
    from edc_core.services.site_scope import SiteScope
    from edc_core.store.unit_of_work import Source

#: What is left of an entry that the person may not see.
LINKS = ("study_id", "chain", "n", "prev", "hash")


def with_trail(
    data: ExportDataset,
    source: Source,
    actor: Actor,
    taken: Cut,
    anchor_file: str,
    scope: SiteScope | None = None,
) -> ExportDataset:
    """A dataset that holds the trail too, as the actor may read it; of one site, without what is of the others."""
    if scope:
        own, sites = scope.trail_cut(source), [scope.site.site_id]
        states = anchored_states(source, (taken,), anchor_file)
        return replace(
            data,
            trail=lambda: scope.of_trail(trail(source, actor, own, sites)),
            anchors=tuple(scope.of_anchors(source, states)),
        )
    wrote = site_chains.writers(source.connection, taken.study_id, {chain: n for chain, n, _ in taken.vector})
    # Accounts are made before their owners write, but in an installation that the study was restored into.
    upto = max(taken.at, site_chains.accounts_made(source.connection, wrote))
    system = cut.cut_as_of(source.connection, SYSTEM_STUDY, upto)
    return replace(
        data,
        trail=lambda: trail(source, actor, taken),
        system_trail=lambda: system_trail(source, actor, taken.study_id, system, wrote),
        anchors=anchored_states(source, (taken, system), anchor_file),
    )


def trail(source: Source, actor: Actor, taken: Cut, sites: Collection[str] = ()) -> Iterator[TrailEntry]:
    """Every entry up to the cut, chain by chain, that of the study first; two statements for each chain.

    What lies at an item that the person may not see at every site has its place in the chain and nothing else.

    :param sites: those that these chains are of; all without it.
    """
    picture = look_at(source, actor, readers.study_by_id(source.connection, taken.study_id))
    hidden = picture.hidden_at(sites or picture.all_sites)
    names = study_at_cut.user_names(source.connection)
    keys = {chain: key for key, chain, _ in study_at_cut.study_at(source.connection, taken).subjects}
    for chain, n, _ in sorted(taken.vector, key=lambda leaf: (leaf[0] != STUDY_CHAIN, keys.get(leaf[0], ""))):
        for row in listing_queries.chain_upto(source.connection, taken.study_id, chain, n):
            yield _entry(picture, row, keys.get(chain, ""), hidden, names)


def system_trail(
    source: Source, actor: Actor, study_id: str, system: Cut, wrote: Collection[str]
) -> Iterator[TrailEntry]:
    """The installation's chain up to a cut: accounts of who wrote in the study, accounts and roles of its people, keys; of
    all else its links, which give no other study away.

    :param wrote: logins.
    """
    picture = look_at(source, actor, readers.study_by_id(source.connection, study_id))
    names, here = study_at_cut.user_names(source.connection), (study_id, "")
    for chain, n, _ in system.vector:

        def rows(chain: str = chain, n: int = n) -> Iterator[tuple[Any, dict[str, Any]]]:
            for row in listing_queries.chain_upto(source.connection, SYSTEM_STUDY, chain, n):
                yield row, parse_payload(row.payload)

        people = {
            said["user_id"]
            for row, said in rows()
            if row.kind == EntryKind.GRANT_ADD and said["study_id"] in here
        }
        for row, said in rows():
            if row.kind.startswith("grant.user_"):
                concerns = said["user_id"] in people or said["login"] in wrote
            else:
                concerns = row.kind.startswith(("anchor", "plugin.")) or said.get("study_id") in here
            yield _entry(picture, row, "", frozenset(), names) if concerns else _link(row, "", "")


def _link(row: Any, subject_key: str, number: str) -> TrailEntry:
    return TrailEntry({name: getattr(row, name) for name in LINKS}, subject_key, number, "", "", "", "", "")


def _entry(
    picture: StudyPicture,
    row: Any,
    subject_key: str,
    hidden: frozenset[str],
    names: Mapping[str, str],
    *,
    whole: bool = True,
) -> TrailEntry:
    """:param whole: for who works at every site; others read of what lists sites the words alone."""
    site = picture.all_sites.get(row.site_id)
    number = site.number if site else ""
    if path_of(row.path).item in hidden or not may_know(picture, row):
        return _link(row, subject_key, number)
    said = happening(picture, row, names)
    where = ", ".join(filter(None, (said.place.event, said.place.form, said.place.row, said.place.item)))
    # A definition holds the questions of hidden items too, and names every site; so do lists of sites.
    defines = row.kind == EntryKind.STUDY_PUBLISH
    withheld = (defines and hidden) or (not whole and (defines or row.kind == EntryKind.STUDY_CHECK))
    columns = {name: getattr(row, name) for name in COLUMNS if name != "payload" or not withheld}
    return TrailEntry(columns, subject_key, number, said.who, said.role, where, said.text, said.reason)


def found(picture: StudyPicture, wanted: TrailWanted) -> FoundTrail:
    """A page of the trail of every subject in scope and of the study: four statements.

    :raises NotAllowed: the person reads no trail anywhere. :raises NotFound: the site is not in scope.
    """
    sites = {s: site for s, site in picture.sites.items() if picture.may(Action.READ_TRAIL, s)}
    picture.actor.role_for(Action.READ_TRAIL, picture.place())
    chosen = {s for s, site in sites.items() if wanted.site in ("", site.number)}
    if wanted.site and not chosen:
        raise NotFound(f"There is no site '{wanted.site}' in this study.")
    scope = replace(picture.scope_at(sites), sites=frozenset(chosen))
    connection = picture.source.connection
    rows, total, older = trail_queries.trail(connection, scope, wanted)
    logins = trail_queries.writers(connection, picture.study.study_id)
    names = listing_queries.full_names(connection, logins)
    note_shown(picture, "trail", items_of(picture, (row for row in rows if may_know(picture, row))))
    return FoundTrail(
        tuple(
            _entry(picture, row, row.subject_key or "", scope.hidden, names, whole=not scope.others)
            for row in rows
        ),
        total,
        older,
        tuple((login, names.get(login) or who(login)) for login in logins),
        tuple((site.number, site.name) for site in sites.values()),
    )


def accesses(
    picture: StudyPicture, *, limit: int, since: str = "", until: str = "", login: str = "", action: str = ""
) -> tuple[Access, ...]:
    """Who signed in, looked at pages and files and took exports: for those who read the trail of every site.

    :raises NotAllowed: the person reads less.
    """
    picture.actor.role_for(Action.READ_TRAIL, Place.every_site(picture.study.study_id))
    connection, study_id = picture.source.connection, picture.study.study_id
    rows = trail_queries.accesses(
        connection, study_id, since=since, until=until, login=login, action=action, limit=limit
    )
    return tuple(
        Access(row.at, row.login, row.full_name or row.login, row.action, detail, row.address)
        for row, detail in zip(rows, trail_queries.in_numbers(connection, study_id, rows), strict=True)
    )


def anchored_states(source: Source, taken: Sequence[Cut], anchor_file: str) -> tuple[AnchoredState, ...]:
    """The lines of the anchor file about states that lie within cuts, and the keys before them."""
    found: list[AnchoredState] = []
    pending: list[AnchoredState] = []
    upto = {one.study_id: {chain: n for chain, n, _ in one.vector} for one in taken}
    for line in anchor.read_file(anchor_file) if anchor_file else ():
        data = line.as_bytes().rstrip(b"\n")
        if isinstance(line, anchor.KeyLine):
            pending.append(AnchoredState(data, "", "", {}))
        elif line.study_id in upto:
            positions = _positions(source, line)
            if all(n <= upto[line.study_id].get(chain, 0) for chain, n in positions.items()):
                found += [*pending, AnchoredState(data, line.study_id, line.root, positions)]
                pending = []
    return tuple(found)


def _positions(source: Source, line: anchor.AnchorLine) -> dict[str, int]:
    try:
        return {chain: n for chain, n, _ in cut.find(source.connection, line.study_id, line.root).vector}
    except NotFound:
        return {}  # whoever checks the trail sees that it is not the state that was anchored
