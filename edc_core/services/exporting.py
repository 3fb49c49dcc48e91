"""Exports: permission, a cut, the registered exporter, hashes and a manifest; requested and produced in the ledger."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import portalocker

from edc_core import __version__
from edc_core.domain import metadata_json
from edc_core.domain.dataset import ExportDataset
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.domain.protection import Protection
from edc_core.errors import ExportRefused
from edc_core.ids import new_id
from edc_core.ledger import cut, dataset_reader
from edc_core.ledger.append import Effect
from edc_core.ledger.replay import above
from edc_core.services.anchoring import anchor_study
from edc_core.services.checking import SYSTEM_ACTOR
from edc_core.services.cuts import TakeCut, take_cut
from edc_core.services.operation import Command, open_study
from edc_core.services.reading import look_at
from edc_core.services.site_scope import scope_of
from edc_core.store import file_entries, readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from edc_core.core import Core
    from edc_core.domain.dataset import Exporter, ExportSubject
    from edc_core.domain.permission import Actor
    from edc_core.ledger.cut import Cut
    from edc_core.services.export_sink import FolderSink
    from edc_core.services.site_scope import SiteScope
    from edc_core.store.unit_of_work import Source

PARTIAL = ".partial-"  #: beginning of the name of the folder that an export is written in
HELD = ".held"  #: file in it that stays locked while the export is under way


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExport(Command):
    """Ask for a study's data in a format.

    :param snapshot: name or root of a kept cut; empty takes the present state, or that of ``as_of``.
    :param as_of: UTC ISO 8601, at least a minute ago.
    :param unlocked: include data that are not locked; the manifest says so.
    """

    format: str
    snapshot: str = ""
    as_of: str = ""
    unlocked: bool = False

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked for, as the ledger and the job have it."""
        return {name: getattr(self, name) for name in ("format", "snapshot", "as_of", "unlocked")}


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySite(RequestExport):
    """Ask for the copy of a site. :param site: its number. :param scheduled: by the schedule of the study, not a person."""

    site: str
    scheduled: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """What an export produced: where, and what stands in its manifest."""

    folder: Path
    manifest: Mapping[str, Any]


def export(
    core: Core,
    actor: Actor,
    command: RequestExport,
    out: Path,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Export:
    """Write an export into a folder: nothing of it is there until all of it is.

    :raises NotAllowed: the actor may not export this population. :raises ExportRefused: an unknown format, or a
        study that the format needs locked.
    """
    exporter = find_exporter(core, command.format)
    site = _site_of(exporter, command)
    with core.write(actor) as uow:
        operation = open_study(uow, command)
        action = right_to(exporter, unlocked=command.unlocked)
        operation.require(action, Place.every_site(command.study_id))  # an export holds every site
        if operation.earlier is None:
            operation.record([Effect(EntryKind.EXPORT_REQUEST, "", command.asked | site)])
            operation.finish({"requested": True})
    if core.settings.anchor_file:
        with core.write(SYSTEM_ACTOR) as uow:
            anchor_study(uow, command.study_id, core.settings)
    taken = _cut(core, actor, command)
    with core.read() as source:
        study = readers.study_by_id(source.connection, command.study_id)
        scope = scope_of(source, taken, command.site) if isinstance(command, CopySite) else None
        picture = look_at(source, scope.reader if scope else actor, study)
        withheld = picture.hidden_at([scope.site.site_id] if scope else picture.all_sites)
        folder, manifest = _write(
            core, source, picture.actor, exporter, taken, command, out, progress, withheld, scope
        )
    _produced(core, actor, command, manifest, site)
    return Export(folder, manifest)


def right_to(exporter: Exporter, *, unlocked: bool) -> Action:
    """What a person has to be allowed, at every site, to have an export."""
    if exporter.of_site:
        return Action.MAKE_COPY
    if exporter.trail:
        return Action.READ_TRAIL
    return Action.EXPORT_WORKING if unlocked else Action.EXPORT_LOCKED


def _site_of(exporter: Exporter, command: RequestExport) -> dict[str, str]:
    """:raises ExportRefused: a copy of a site is asked for as another export, or the other way round."""
    if exporter.of_site != isinstance(command, CopySite):
        raise ExportRefused(f"'{exporter.name}' is made for one site, on the page Copies of sites.")
    return {"site": command.site} if isinstance(command, CopySite) else {}


def find_exporter(core: Core, name: str) -> Exporter:
    """:raises ExportRefused: naming the formats there are."""
    known = {exporter.name: exporter for exporter in core.plugins.exporters()}
    if name not in known:
        raise ExportRefused(f"There is no export format '{name}'. There are: {', '.join(sorted(known))}.")
    return known[name]


def _cut(core: Core, actor: Actor, command: RequestExport) -> Cut:
    if command.snapshot:
        with core.read() as source:
            return cut.find(source.connection, command.study_id, command.snapshot)
    with core.write(actor) as uow:
        return take_cut(uow, TakeCut(study_id=command.study_id, op=f"{command.op}:cut", as_of=command.as_of))


def dataset(
    source: Source,
    taken: Cut,
    counts: dataset_reader.Counts,
    *,
    unlocked: bool,
    withheld: frozenset[str] = frozenset(),
    removed: bool = False,
    scope: SiteScope | None = None,
) -> tuple[ExportDataset, int]:
    """The dataset of a cut, and how many subjects it reads.

    :param withheld: OIDs of items that whoever asks may not see. :param removed: forms that were removed are in it.
    :param scope: what belongs to one site.
    """
    study = readers.study_by_id(source.connection, taken.study_id)
    at = dataset_reader.study_at(source.connection, taken)
    at = scope.narrow(at) if scope else at
    published = [
        row["oid"] for row in sorted(at.study.rows["meta_data_version"].values(), key=lambda row: row["seq"])
    ]

    def subjects() -> Iterator[ExportSubject]:
        fresh = dataset_reader.Counts()
        yield from dataset_reader.read_subjects(
            source.connection, at, fresh, unlocked=unlocked, withheld=withheld, removed=removed
        )
        counts.included, counts.left_out, counts.by_site = fresh.included, fresh.left_out, fresh.by_site
        counts.versions, counts.content_sha256 = fresh.versions, fresh.content_sha256

    whole = ExportDataset(
        study_oid=study.oid,
        study_name=study.name,
        environment=study.environment,
        versions={oid: source.versions.get(source.connection, taken.study_id, oid) for oid in published},
        cut=taken.root,
        created_at=taken.at,
        sites=at.sites,
        users=dataset_reader.user_names(source.connection),
        meanings=at.meanings,
        subjects=subjects,
        unlocked=unlocked,
        imported=at.imported,
    )
    return scope.narrowed(whole, source) if scope else whole, len(at.subjects)


def _write(
    core: Core,
    source: Source,
    actor: Actor,
    exporter: Exporter,
    taken: Cut,
    command: RequestExport,
    out: Path,
    progress: Callable[[int, int], None],
    withheld: frozenset[str],
    scope: SiteScope | None,
) -> tuple[Path, dict[str, Any]]:
    from edc_core.services.export_files import NamedFiles
    from edc_core.services.export_sink import FolderSink, Within
    from edc_core.services.signed_pictures import signed_files

    counts = dataset_reader.Counts()
    data, total = dataset(
        source, taken, counts,
        unlocked=command.unlocked, withheld=withheld, removed=exporter.removed, scope=scope,
    )  # fmt: skip
    parts = {folder: find_exporter(core, name) for folder, name in exporter.holds.items()}
    named, read = NamedFiles(data.versions.values()), data.subjects
    data = replace(
        data,
        subjects=lambda: named.watch(read()),
        signed_files=lambda: signed_files(core, source, actor, scope.trail_cut(source) if scope else taken),
    )
    if exporter.trail or exporter.of_site:
        from edc_core.services.trail import with_trail

        data = with_trail(data, source, actor, taken, core.settings.anchor_file, scope)
    if exporter.needs_locked_study and not command.unlocked and not _study_is_locked(source, taken):
        raise ExportRefused(f"'{exporter.name}' needs a locked study. Lock it first, or say --unlocked.")
    out.mkdir(parents=True, exist_ok=True)
    _clear_left_behind(out)
    partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=out))
    handle = (partial / HELD).open("w")
    try:
        portalocker.lock(handle, portalocker.LockFlags.EXCLUSIVE)
        rounds = len(parts) + 1
        sink = FolderSink(partial, lambda done: progress(done, total * rounds))
        for number, (folder, part) in enumerate(parts.items()):
            part.write(data, Within(sink, folder, total * number))
        exporter.write(data, Within(sink, "", total * len(parts)))
        if scope:
            _vouch_for_trail(
                scope.trail_cut(source), sink, next(f for f, part in parts.items() if part.trail)
            )
        if not counts.content_sha256:
            for _ in data.subjects():
                continue  # an exporter of metadata alone still states what the cut holds
        scans, then = (
            file_entries.scans(source.connection, taken.study_id, upto=n) for n in (None, taken.study_n)
        )
        of_files = named.copy(core.files, sink, scans, then)
        counts.left_out["files with a virus"] = len(of_files["infected_files"])
        published = {
            oid: source.versions.get(source.connection, taken.study_id, oid) for oid in data.versions
        }
        manifest = _manifest(core, replace(data, versions=published), exporter, counts, sink.files) | of_files
        if scope:
            manifest["site"] = scope.site.number
        if withheld:
            manifest["withheld_items"] = sorted(withheld)
        (partial / "manifest.json").write_bytes(manifest_file(manifest))
        for name in (*sorted(sink.files), "manifest.json"):
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (partial / name).replace(out / name)
    finally:
        handle.close()
        shutil.rmtree(partial, ignore_errors=True)
    progress(total * rounds, total * rounds)
    return out, manifest


def _vouch_for_trail(own: Cut, sink: FolderSink, folder: str) -> None:
    """A manifest of its own for the trail in the copy of a site, by which its verifier finds the state of these chains."""
    inside = {
        name.removeprefix(f"{folder}/"): facts
        for name, facts in sink.files.items()
        if name.startswith(f"{folder}/")
    }
    with sink.open(f"{folder}/manifest.json") as file:
        file.write(manifest_file({"cut": own.root, "files": inside}))


def manifest_file(manifest: Mapping[str, Any]) -> bytes:
    """What stands in ``manifest.json``."""
    return orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"


def _clear_left_behind(out: Path) -> None:
    """Remove what an export that was killed had written: its folder is held by nobody."""
    for marker in out.glob(f"{PARTIAL}*/{HELD}"):
        try:
            with marker.open("w") as handle:
                portalocker.lock(handle, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
        except (OSError, portalocker.LockException):
            continue  # another export writes there now, or has just ended
        shutil.rmtree(marker.parent, ignore_errors=True)


def _study_is_locked(source: Source, taken: Cut) -> bool:
    at = dataset_reader.study_at(source.connection, taken)
    return Protection.LOCKED in above(at.study, "")


def _manifest(
    core: Core,
    data: ExportDataset,
    exporter: Exporter,
    counts: dataset_reader.Counts,
    files: Mapping[str, Any],
) -> dict[str, Any]:
    """No clock, no actor, no host: the same cut and the same versions give the same bytes."""
    return {
        "study": data.study_oid,
        "environment": data.environment,
        "meta_data_versions": {
            oid: metadata_json.sha256(index.version) for oid, index in data.versions.items()
        },
        "cut": data.cut,
        "data_until": data.created_at,
        "format": exporter.name,
        "unlocked": data.unlocked,
        "software": _software(core, exporter),
        "counts": dict(sorted(counts.included.items())),
        "counts_by_site": dict(sorted(counts.by_site.items())),
        "left_out": dict(sorted((name, number) for name, number in counts.left_out.items() if number)),
        "content_sha256": counts.content_sha256,
        "files": {name: dict(sorted(facts.items())) for name, facts in sorted(files.items())},
    }


def _software(core: Core, exporter: Exporter) -> dict[str, str]:
    found = {"edc-core": __version__}
    for name in (exporter.name, *exporter.holds.values()):
        found |= core.plugins.exporter_identity(name)
    return found


def _produced(
    core: Core, actor: Actor, command: RequestExport, manifest: Mapping[str, Any], site: Mapping[str, str]
) -> None:
    digest = hashlib.sha256(orjson.dumps(dict(manifest), option=orjson.OPT_SORT_KEYS)).hexdigest()
    done = Command(study_id=command.study_id, op=f"{command.op}:produced:{new_id()}")
    with core.write(actor) as uow:
        operation = open_study(uow, done)
        payload = {"format": command.format, "cut": manifest["cut"], "manifest_sha256": digest, **site}
        operation.record([Effect(EntryKind.EXPORT_PRODUCE, "", payload)])
        operation.finish({})
